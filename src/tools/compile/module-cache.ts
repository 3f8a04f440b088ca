// What is remembered of compiled modules between two builds: one file, by module; an entry holds as long as the source and
// the compiler are the same. What a module gets from other modules is checked when it is used (remembered-module.ts).
//
//   underway-modules <CRC-32 of the rest> <length of the list>
//   the list    { compiler, entries: { module, source: SHA-256, bytes, evaluationBytes }[] }, as JSON
//   the memories, one after the other, as v8.serialize has them; of each what concerns its evaluation comes last
//
// A file that is missing, cut short, altered, or of another compiler is no file. It is replaced as a whole, by rename. With
// one module changed, of 500 nearly all the time is spent here: so memories are copied from file to file as they
// are, the source is not stored in them, and what concerns the evaluation is only taken apart when it is asked for.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import type { ModuleId } from "../../release/data.ts";
import type { EvaluationSummary } from "./evaluation.ts";
import type { Memory } from "./remembered-module.ts";

/** One module in the file. */
interface Entry {
  readonly module: ModuleId;
  /** Hash of the source. */
  readonly source: string;
  readonly bytes: number;
  readonly evaluationBytes: number;
}

interface List {
  readonly compiler: string;
  readonly entries: readonly Entry[];
}

interface Stored extends Entry {
  readonly data: Buffer;
  readonly evaluation: Buffer;
  /** What was made of it. */
  memory: Memory | null;
}

export class ModuleCache {
  readonly #file: string;
  readonly #before: ReadonlyMap<ModuleId, Stored>;
  readonly #now = new Map<ModuleId, Stored>();
  #changed = false;

  constructor(file: string) {
    this.#file = file;
    this.#before = read(file);
  }

  /** What is remembered of a module, if its source is the same. */
  get(module: ModuleId, source: string): Memory | undefined {
    const stored = this.#before.get(module);
    if (stored?.source !== sha256(source)) return undefined;
    stored.memory ??= take(stored, source);
    return stored.memory;
  }

  set(module: ModuleId, source: string, memory: Memory): void {
    const before = this.#before.get(module);
    // A memory that was taken as it is is the very object.
    if (before !== undefined && before.memory?.compiled === memory.compiled) {
      this.#now.set(module, before);
      return;
    }
    this.#changed = true;
    this.#now.set(module, store(module, source, memory));
  }

  /** Writes what was set, and nothing else. A cache that cannot be written is none, and no reason not to build. */
  save(): void {
    if (!this.#changed && this.#now.size === this.#before.size) return;
    const stored = [...this.#now.values()];
    const entries = stored.map(({ data: _, evaluation: __, memory: ___, ...entry }) => entry);
    const list = Buffer.from(JSON.stringify({ compiler: compilerName(), entries } satisfies List));
    const body = Buffer.concat([list, ...stored.flatMap(({ data, evaluation }) => [data, evaluation])]);
    const aside = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(aside, Buffer.concat([headOf(body, list.length), body]));
      renameSync(aside, this.#file);
    } catch {
      rmSync(aside, { force: true });
    }
  }
}

// Internal.

const HEAD_BYTES = 40;

const headOf = (body: Buffer, listBytes: number): Buffer =>
  Buffer.from(`underway-modules ${crc32(body).toString(16).padStart(8, "0")} ${listBytes}`.padEnd(HEAD_BYTES));

const read = (file: string): ReadonlyMap<ModuleId, Stored> => {
  const found = new Map<ModuleId, Stored>();
  try {
    const content = readFileSync(file);
    const body = content.subarray(HEAD_BYTES);
    const listBytes = Number(content.toString("latin1", 26, HEAD_BYTES));
    if (!content.subarray(0, HEAD_BYTES).equals(headOf(body, listBytes))) return found;
    const { compiler, entries } = JSON.parse(body.toString("utf8", 0, listBytes)) as List;
    if (compiler !== compilerName()) return found;
    let at = listBytes;
    for (const entry of entries) {
      const data = body.subarray(at, at + entry.bytes);
      at += entry.bytes;
      const evaluation = body.subarray(at, at + entry.evaluationBytes);
      at += entry.evaluationBytes;
      found.set(entry.module, { ...entry, data, evaluation, memory: null });
    }
    return found;
  } catch {
    return new Map();
  }
};

/** A memory without its source and the rest of its evaluation. */
interface Kept extends Omit<Memory, "compiled"> {
  readonly compiled: Omit<Memory["compiled"], "evaluation">;
  readonly quiet: boolean;
}

const store = (module: ModuleId, source: string, memory: Memory): Stored => {
  const { compiled, ...rest } = memory;
  const { evaluation, object, ...others } = compiled;
  const { sourcesContent: _, ...map } = object.map;
  const kept: Kept = { ...rest, compiled: { ...others, object: { ...object, map } }, quiet: evaluation.quiet };
  const data = serialize(kept);
  const late = serialize(evaluation);
  const sizes = { bytes: data.length, evaluationBytes: late.length };
  return { module, source: sha256(source), ...sizes, data, evaluation: late, memory };
};

const take = ({ data, evaluation }: Stored, source: string): Memory => {
  const { compiled, quiet, ...rest } = deserialize(data) as Kept;
  const { version, sources, names, mappings } = compiled.object.map;
  const map = { version, sources, sourcesContent: [source], names, mappings };
  const object = { ...compiled.object, map };
  return { ...rest, compiled: { ...compiled, object, evaluation: new LateSummary(quiet, evaluation) } };
};

/** Most are never asked. */
class LateSummary implements EvaluationSummary {
  readonly quiet: boolean;
  readonly #data: Buffer;
  #taken: EvaluationSummary | null = null;

  constructor(quiet: boolean, data: Buffer) {
    this.quiet = quiet;
    this.#data = data;
  }

  get reads(): EvaluationSummary["reads"] {
    return this.#summary.reads;
  }

  get called(): EvaluationSummary["called"] {
    return this.#summary.called;
  }

  get sources(): EvaluationSummary["sources"] {
    return this.#summary.sources;
  }

  get #summary(): EvaluationSummary {
    this.#taken ??= deserialize(this.#data) as EvaluationSummary;
    return this.#taken;
  }
}

let known: string | null = null;

/** Names what compiles: this folder's files, Underway's exact dependencies, Node. */
const compilerName = (): string => {
  if (known !== null) return known;
  const folder = import.meta.dirname;
  const files = readdirSync(folder)
    .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const { dependencies } = JSON.parse(readFileSync(join(folder, "../../../package.json"), "utf8"));
  known = sha256(JSON.stringify([process.version, dependencies, files]));
  return known;
};

const sha256 = (data: string): string => createHash("sha256").update(data).digest("hex");
