// Who keeps old code in memory, although no process runs it: a timer, a listener, a closure or an instance in a state, a
// generator. Asked of a heap snapshot, answered in the words of the sources.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { writeHeapSnapshot } from "node:v8";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { ModuleId } from "../../release/data.ts";
import { findRetained, type Hop, type Retained } from "./heap-snapshot.ts";
import { allRecords } from "./modules.ts";
import { sourcePlace } from "./stack-trace.ts";
import { purgedVersions, type Version } from "./version.ts";

/** A version that is not current and still in memory. */
export interface HeldCode {
  readonly module: ModuleId;
  /** Content hash. */
  readonly version: string;
  /** Application, version and hash, as stacks call it: `chat-0.1.0 (3f2a91bc)`. */
  readonly title: string;
  /** A purged one stays only as long as somebody holds it; the runtime itself holds an old one until it is purged. */
  readonly state: "old" | "purged";
  /**
   * Who holds it, besides the runtime: `setInterval of process <0.42.0>: closure (chat-0.1.0/src/room.ts:12:3)`. Null:
   * nobody does.
   */
  readonly heldBy: string | null;
  /** The whole way from a root of the heap to the version's code. */
  readonly path: readonly string[];
}

/**
 * Takes a heap snapshot and finds for each version that is not current what keeps it in memory: the shortest way to it.
 *
 * The node stands still while V8 writes the snapshot, about a second for each 100 MB of heap; it is read in a thread of
 * its own. Versions that nobody held have been collected before and are not in the answer.
 *
 * Limit: a snapshot whose text is longer than a string may be (512 MB) rejects.
 */
export const traceOldCode = async (): Promise<HeldCode[]> => {
  const suspects = suspectsOf();
  // Whoever has looked at a weak reference holds its target until the present job is over.
  await nextTurn();
  const retained = new Map((await readSnapshot(suspects.map(({ serial }) => serial))).map((one) => [one.serial, one]));
  return suspects.flatMap(({ serial, filename, ...suspect }) => {
    const found = retained.get(serial);
    // What was collected is not there; a purged one that nobody holds is about to be.
    if (found === undefined || (found.hops === null && suspect.state === "purged")) return [];
    const hops = found.hops ?? [];
    return { ...suspect, heldBy: found.hops === null ? null : describe(hops, filename), path: hops.map(describeHop) };
  });
};

// Internal.

type Suspect = Omit<HeldCode, "heldBy" | "path"> & { readonly serial: number; readonly filename: string };

const suspectsOf = (): Suspect[] => {
  const suspect = (version: Version, state: Suspect["state"]): Suspect => {
    const { module, hash, title, serial, filename } = version;
    return { module, version: hash, title, state, serial, filename };
  };
  const old = [...allRecords()].flatMap((record) => (record.old === null ? [] : suspect(record.old, "old")));
  const purged = purgedVersions().map((version) => suspect(version, "purged"));
  return [...old, ...purged].sort((a, b) => (a.module < b.module ? -1 : a.module > b.module ? 1 : a.serial - b.serial));
};

interface Order {
  readonly underwaySnapshot: string;
  readonly serials: readonly number[];
}

const readSnapshot = async (serials: readonly number[]): Promise<Retained[]> => {
  if (serials.length === 0) return [];
  // Only its owner can enter it: a heap is full of secrets.
  const folder = await mkdtemp(join(tmpdir(), "underway-"));
  try {
    const file = writeHeapSnapshot(join(folder, "heap.heapsnapshot"), { exposeNumericValues: true });
    const order: Order = { underwaySnapshot: file, serials };
    const worker = new Worker(new URL(import.meta.url), { workerData: order });
    return await new Promise<Retained[]>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => reject(new Error("the thread that reads the heap snapshot ended without an answer")));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const isOrder = (data: unknown): data is Order =>
  typeof data === "object" && data !== null && "underwaySnapshot" in data;

// This very file is what the worker runs. Not awaited: whoever imports it shall not become asynchronous by that.
if (!isMainThread && isOrder(workerData)) {
  const { underwaySnapshot, serials } = workerData;
  void readFile(underwaySnapshot, "utf8").then((text) => parentPort?.postMessage(findRetained(text, serials)));
}

/** The last thing on the way that a person knows by name, the way from there, and what of the version it holds. */
const describe = (hops: readonly Hop[], filename: string): string => {
  const at = hops.findIndex(({ place }) => place?.file === filename);
  if (at === -1) return describeHop(hops[0] as Hop);
  const before = hops.slice(0, at);
  const owner = before.findLastIndex(isKnown);
  const known = before[owner];
  const from = known === undefined ? "" : ownerOf(known, hops[owner + 1]);
  // What is behind the name of a listener, a timer's own callback, says nothing more.
  const rest = known === undefined || isTimer(known) || known.edge === "_events" ? [] : before.slice(owner);
  const path = rest
    .map(stepOf)
    .join("")
    .replace(/^\.body\.(?=state)/, ".")
    .replace(/^\./, "");
  return `${from}${path === "" ? "" : `${from === "" ? "" : ", "}${path}`}: ${entryOf(hops[at] as Hop)}`;
};

const isTimer = ({ name, type }: Hop): boolean => type === "object" && (name === "Timeout" || name === "Immediate");

const isKnown = (hop: Hop): boolean =>
  isTimer(hop) || hop.edge === "_events" || hop.pid !== null || hop.edgeType === "context" || /^global/.test(hop.name);

const ownerOf = (hop: Hop, next: Hop | undefined): string => {
  const process = hop.pid === null ? null : `process <0.${hop.pid}.0>`;
  if (isTimer(hop)) {
    const kind = hop.name === "Immediate" ? "setImmediate" : hop.repeats ? "setInterval" : "setTimeout";
    return process === null ? kind : `${kind} of ${process}`;
  }
  if (hop.edge === "_events") return `listener of "${next?.edge ?? ""}" on ${hop.name}`;
  if (process !== null) return process;
  return hop.edgeType === "context" ? "variable" : "global object";
};

const stepOf = ({ edgeType, edge }: Hop): string => {
  if (edgeType === "element") return `[${edge}]`;
  return edgeType === "property" || edgeType === "context" ? `.${edge}` : "";
};

/** What a version's code is held by: the first object on the way that has its place in it. */
const entryOf = (hop: Hop): string => {
  const place = placeOf(hop);
  if (hop.type === "closure") return `closure ${hop.name === "" ? "" : `"${hop.name}" `}(${place})`;
  // A generator, or the frame of an async function, leads to its context at once; an instance through its class.
  if (hop.edge === "context") return `generator "${hop.name}", suspended (${place})`;
  return `instance of class "${hop.name}" (${place})`;
};

const placeOf = ({ place }: Hop): string => {
  if (place === null) return "";
  return sourcePlace(place.file, place.line, place.column) ?? `${place.file}:${place.line}:${place.column}`;
};

const describeHop = (hop: Hop): string => {
  const place = placeOf(hop);
  const name = hop.name.length > 80 ? `${hop.name.slice(0, 80)}…` : hop.name;
  const step = hop.edgeType === "property" || hop.edgeType === "context" ? stepOf(hop) : ` ${hop.edgeType} ${hop.edge}`;
  return `${hop.type} ${name || "(no name)"}${place === "" ? "" : ` (${place})`}${step}`;
};
