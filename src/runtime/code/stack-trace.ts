// Stacks in the words of the sources: `at join (chat-0.1.0/src/room.ts:12:3)`. Node does not follow source maps of code
// that `vm.compileFunction` has compiled, so we format stacks ourselves. One hook for the whole node: V8 knows only one.

import { SourceMap } from "node:module";
import type { ObjectCode } from "../../release/object-code.ts";
import type { Version } from "./version.ts";

interface Entry {
  readonly label: string;
  readonly source: string;
  readonly payload: ConstructorParameters<typeof SourceMap>[0];
  /** Decoded at the first stack that needs it. */
  map: SourceMap | null;
  /** Loaded texts that have this name: the same object code may be loaded twice. */
  uses: number;
}

const entries = new Map<string, Entry>();

// Limit: stacks through a closure that outlives its purged version name the compiled place, not the source's.
const versions = new FinalizationRegistry<string>((filename) => {
  const entry = entries.get(filename);
  if (entry !== undefined && --entry.uses === 0) entries.delete(filename);
});

/** Lets stacks through this version be mapped, as long as the version is in memory. */
export const registerSourceMap = (filename: string, label: string, object: ObjectCode, version: Version): void => {
  install();
  versions.register(version, filename);
  const known = entries.get(filename);
  if (known !== undefined) {
    known.uses++;
    return;
  }
  const { names, mappings } = object.map;
  const payload = {
    file: "",
    version: 3,
    sources: [object.source],
    sourcesContent: [],
    names: [...names],
    mappings,
    sourceRoot: "",
  };
  entries.set(filename, { label, source: object.source, payload, map: null, uses: 1 });
};

// Internal.

type Prepare = NonNullable<typeof Error.prepareStackTrace>;

let before: Prepare | undefined;

const prepare: Prepare = (error, sites) => {
  if (before !== undefined && !sites.some(isOurs)) return before(error, sites);
  const lines = sites.map((site) => `\n    at ${describe(site)}`);
  return `${headOf(error)}${lines.join("")}`;
};

const install = (): void => {
  if (Error.prepareStackTrace === prepare) return;
  before = Error.prepareStackTrace;
  Error.prepareStackTrace = prepare;
};

const isOurs = (site: NodeJS.CallSite): boolean => entries.has(site.getFileName() ?? "");

const headOf = (error: Error): string => {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "<error>";
  }
};

/** As V8 describes a call, with the place replaced, and without the `Object.` of a call through a handle. */
const describe = (site: NodeJS.CallSite): string => {
  const filename = site.getFileName() ?? "";
  const entry = entries.get(filename);
  if (entry === undefined) return String(site);
  const line = site.getLineNumber() ?? 1;
  const column = site.getColumnNumber() ?? 1;
  return String(site)
    .replace(/^(async )?Object\./, "$1")
    .replace(`${filename}:${line}:${column}`, placeOf(entry, line, column));
};

/** A place in a loaded text, in the words of the source; null if the text is none of ours. Counted from one. */
export const sourcePlace = (filename: string, line: number, column: number): string | null => {
  const entry = entries.get(filename);
  return entry === undefined ? null : placeOf(entry, line, column);
};

const placeOf = (entry: Entry, line: number, column: number): string => {
  entry.map ??= new SourceMap(entry.payload);
  const found = entry.map.findEntry(line - 1, column - 1);
  if (!("originalLine" in found)) return `${entry.label}/${entry.source}`;
  return `${entry.label}/${entry.source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
};
