// Object code -> a version: compiled, bound to the handles of its imports, its functions hoisted, not evaluated yet.
//
// The body is a generator (tools/compile/rewrite.ts): the first step hands over the exports, the second evaluates and
// returns the values of those that stay as they are.

import { url as inspectorUrl } from "node:inspector";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { currentProcess } from "../process/context.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { externalOf, loadExternal } from "./externals.ts";
import { checkFrame, disposeAt, type Frame, leaveFrame, resumeFrame, waitAt } from "./frames.ts";
import type { Handle } from "./handle.ts";
import { registerSourceMap } from "./stack-trace.ts";
import { filenameOf, type Getters, type Origin, Version } from "./version.ts";

/** A version whose exports are known and whose body has not run. */
export interface Instance {
  readonly object: ObjectCode;
  readonly version: Version;
  /** Runs the module's top level. Synchronous; throws what the module throws. */
  evaluate(): void;
}

/** What the body of a module gets as `runtime`. */
interface ModuleRuntime {
  enter(): Frame;
  resume<T>(frame: Frame, value: T): T;
  check(frame: Frame): void;
  leave(frame: Frame): void;
  at<T>(frame: Frame, line: number, value: T): T;
  dispose(frame: Frame, line: number): Disposable;
  alive<T>(value?: T): T | undefined;
  guard<T>(handler: T): T;
  importModule(module: ModuleId): Promise<Handle>;
  importExternal(specifier: unknown): Promise<Handle>;
  nameDefault(value: object): void;
}

/** What the body of a module gets as `import.meta`. */
interface ImportMeta {
  readonly url: string;
  readonly filename?: string;
  readonly dirname?: string;
}

type Body = (
  imports: readonly Handle[],
  exports: (getters: Getters) => void,
  runtime: ModuleRuntime,
  meta: ImportMeta,
) => Iterator<void, Readonly<Record<string, unknown>>>;

/** Where modules are found by name: handles for static imports, what is loaded for dynamic ones. */
export interface Handles {
  handleOf(module: ModuleId): Handle;
  isLoaded(module: ModuleId): boolean;
}

/**
 * Compiles and links object code. Its externals must have been loaded.
 *
 * @throws code/bad_format, code/evaluation_failed
 */
export const instantiate = (object: ObjectCode, origin: Origin, handles: Handles): Instance => {
  if (object.format !== 1) throw new UnderwayError("code/bad_format", { module: object.module, format: object.format });
  const filename = filenameOf(object, origin);
  const application = object.module.slice(0, object.module.indexOf("/"));
  const imports = object.imports.map((target) =>
    target.kind === "module" ? handles.handleOf(target.module) : externalOf(application, target.specifier),
  );
  let getters: Getters = {};
  const takeExports = (table: Getters): void => {
    getters = table;
  };
  // Its functions can only be called once `version` is there.
  let version: Version | null = null;
  const runtime = runtimeOf(object, handles, () => version as Version);
  const body = inModule(object, () => {
    const compiled = compileFunction(textOf(object, origin), ["imports", "exports", "runtime", "meta"], {
      filename,
    }) as Body;
    const iterator = compiled(
      imports,
      takeExports,
      runtime,
      metaOf(object, () => (version ?? origin).folder),
    );
    iterator.next();
    return iterator;
  });
  const made = new Version(object, origin, getters, takeExports);
  version = made;
  registerSourceMap(filename, origin.label, object, made);
  return {
    object,
    version: made,
    evaluate: () =>
      inModule(object, () => {
        const { value } = body.next();
        made.settle(value as Readonly<Record<string, unknown>>);
      }),
  };
};

// Internal.

const runtimeOf = (object: ObjectCode, handles: Handles, versionOf: () => Version): ModuleRuntime => ({
  enter() {
    const version = versionOf();
    if (version.purged) refuseDead(version);
    return version.frames.enter();
  },
  resume: resumeFrame,
  check: checkFrame,
  leave: leaveFrame,
  at: waitAt,
  dispose: disposeAt,
  /** As `check`, where there is no frame: in plain functions and generators. Hands on its argument. */
  alive(value) {
    if (currentProcess()?.alive === false || versionOf().purged) refuseDead(versionOf());
    return value;
  },
  /** Around a handler given to `then`, `catch` or `finally`, which whoever settles the promise calls. */
  guard<T>(handler: T): T {
    if (typeof handler !== "function") return handler;
    const version = versionOf();
    const guarded = function (this: unknown, ...args: unknown[]): unknown {
      // It is what a frame left behind: it stops as silently as that frame does.
      if (currentProcess()?.alive === false || version.purged) throw stopSignal;
      return Reflect.apply(handler, this, args);
    };
    return guarded as T;
  },
  async importModule(module) {
    if (handles.isLoaded(module)) return handles.handleOf(module);
    throw new UnderwayError("code/nofile", { module, importedBy: object.module });
  },
  importExternal: (specifier) => loadExternal(object.module, String(specifier)),
  /** As the specification names `export default function () {}`. */
  nameDefault: (value) => void Object.defineProperty(value, "name", { value: "default", configurable: true }),
});

/**
 * The body's lines are the source's, so that a debugger finds them as it is. One that is attached already gets the source
 * itself too; nobody else pays for it.
 */
const textOf = ({ code, map, source }: ObjectCode, { label }: Origin): string => {
  if (inspectorUrl() === undefined) return code;
  const shown = JSON.stringify({ ...map, sources: [`underway-source:///${label}/${source}`] });
  const comment = "//# sourceMapping"; // In two parts: tools that read this very file look for the whole.
  return `${code}\n${comment}URL=data:application/json;base64,${Buffer.from(shown).toString("base64")}`;
};

/** The end of a process unwinds it silently; who calls into purged code otherwise shall know why it fails. */
const refuseDead = (version: Version): never => {
  if (currentProcess()?.alive === false) throw stopSignal;
  throw new UnderwayError("code/badfun", { module: version.module, version: version.title });
};

/** Names the module at fault. What the module threw is the cause. */
const inModule = <T>(object: ObjectCode, work: () => T): T => {
  try {
    return work();
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new UnderwayError(
      "code/evaluation_failed",
      { module: object.module, reason, at: placeIn(object, cause) },
      { cause },
    );
  }
};

/** The innermost place in the module itself, as its source has it. */
const placeIn = ({ source }: ObjectCode, thrown: unknown): string | null => {
  const stack = thrown instanceof Error ? String(thrown.stack) : "";
  const line = stack.split("\n").find((text) => text.includes(`/${source}:`));
  return /([^\s(]+:\d+:\d+)\)?$/.exec(line ?? "")?.[1] ?? null;
};

/** Asked anew at each read, since the application's folder is another one after an upgrade that keeps the module. */
const metaOf = ({ module, source }: ObjectCode, folderOf: () => string | null): ImportMeta => {
  const meta = Object.create(null);
  if (folderOf() === null) return Object.assign(meta, { url: `underway:///${module}` });
  const filename = (): string => `${folderOf()}/${source}`;
  const fields = {
    url: () => pathToFileURL(filename()).href,
    filename,
    dirname: () => filename().slice(0, filename().lastIndexOf("/")),
  };
  for (const [name, get] of Object.entries(fields)) Object.defineProperty(meta, name, { get, enumerable: true });
  return meta;
};
