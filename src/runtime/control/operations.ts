// What the node does when the control script asks: one function a command. Results are data; the script makes sentences.

import { existsSync } from "node:fs";
import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { Json, Name, Vsn } from "../../release/data.ts";
import { whichApplications } from "../behaviour/application.ts";
import { lostMessages } from "../behaviour/foreign-messages.ts";
import { functionExported, oldCode, traceOldCode } from "../code/index.ts";
import type { Installed, InstallOptions, Rehearsed, ReleaseStatus } from "../handler/index.ts";
import { releaseFile, type Target } from "../handler/target.ts";
import { Process as RunningProcess } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { processes } from "../process/signals.ts";
import { loadedModule } from "./bindings.ts";
import type { Args } from "./protocol.ts";
import type { Operation, OperationContext, Operations } from "./server.ts";
import type { Session } from "./session.ts";

/** The release handler, as far as the control script uses it. */
export interface Releases {
  unpackRelease(package_: string): Promise<Vsn>;
  setUnpacked(vsn: Vsn): Promise<Vsn>;
  checkInstallRelease(vsn: Vsn, options?: InstallOptions): Promise<Rehearsed>;
  installRelease(vsn: Vsn, options?: InstallOptions): Promise<Installed>;
  makePermanent(vsn: Vsn): Promise<void>;
  removeRelease(vsn: Vsn): Promise<void>;
  whichReleases(status?: ReleaseStatus["status"]): readonly ReleaseStatus[];
  operationUnderWay(): string | null;
}

/** The node, as the operations see it. */
export interface ControlledNode extends Target {
  readonly name: Name;
  readonly releases: Releases;
  /** Stops the applications, then ends the operating-system process, or starts it anew. Resolves when they have stopped. */
  end(how: "stop" | "restart"): Promise<void>;
  openSession(print: (text: string) => void, colors: boolean): Session;
}

// API.

export function operationsOf(node: ControlledNode): Operations {
  const { releases } = node;
  return {
    ping: () => ({ pong: true, pid: process.pid }),
    status: () => statusOf(node),
    releases: () => releases.whichReleases() as unknown as Json,
    unpack: async ({ release }) => ({ vsn: await releases.unpackRelease(text(release)) }),
    install: (args, context) => install(node, args, context),
    upgrade: (args, context) => upgrade(node, args, context),
    rehearse: (args, context) => rehearse(node, args, context),
    downgrade: (args, context) => downgrade(node, text(args.release), args, context),
    commit: ({ release }) => commit(releases, release === null ? null : text(release)),
    async remove({ release }) {
      await releases.removeRelease(text(release));
      return { vsn: text(release) };
    },
    rpc: (args) => callFunction(text(args.module), text(args.function), args.args as readonly Json[]),
    eval: (args, context) => evaluate(node, text(args.source), context),
    old_code: ({ trace }) => (trace === true ? tracedOldCode() : listedOldCode()),
    stop: ending(node, "stop"),
    restart: ending(node, "restart"),
  };
}

// Internal.

/** The script checks what a person types; here it is only made sure that types hold. */
function text(value: Json | undefined): string {
  if (typeof value === "string") return value;
  throw new UnderwayError("control/bad_protocol", { problem: "an argument is missing" });
}

function statusOf(node: ControlledNode): Json {
  const known = node.releases.whichReleases();
  const permanent = known.find(({ status }) => status === "permanent")?.vsn ?? null;
  return {
    name: node.name,
    vsn: known.find(({ status }) => status === "current")?.vsn ?? permanent,
    permanent,
    instance: node.instance,
    pid: process.pid,
    root: node.root,
    runtime: process.version,
    uptimeMs: Math.round(process.uptime() * 1000),
    applications: whichApplications().map(({ name, vsn, type }) => ({ name, vsn, type })),
    processes: processes().length,
    heapBytes: process.memoryUsage().heapUsed,
    lostMessages: { ...lostMessages() },
    operation: node.releases.operationUnderWay(),
  };
}

const optionsOf = (args: Args, { progress }: OperationContext): InstallOptions => ({
  cold: args.cold === true,
  forwardOnly: args.forwardOnly === true,
  ...(typeof args.maxPauseMs === "number" && { maxPauseMs: args.maxPauseMs }),
  onProgress: progress,
});

async function install(node: ControlledNode, args: Args, context: OperationContext): Promise<Json> {
  const vsn = text(args.release);
  return resultOf(node, vsn, await node.releases.installRelease(vsn, optionsOf(args, context)));
}

/** To go back leads to what ran before; nobody needs to be told how a package is unpacked. */
async function downgrade(node: ControlledNode, vsn: Vsn, args: Args, context: OperationContext): Promise<Json> {
  const known = node.releases.whichReleases().map((release) => release.vsn);
  if (!known.includes(vsn)) throw new UnderwayError("release/no_such_release", { vsn, known, operation: "downgrade" });
  return checkAndInstall(node, vsn, args, context);
}

async function checkAndInstall(node: ControlledNode, vsn: Vsn, args: Args, context: OperationContext): Promise<Json> {
  await node.releases.checkInstallRelease(vsn, { ...optionsOf(args, context), onProgress: () => {} });
  context.progress(`checked ${vsn}: it can be installed`);
  return resultOf(node, vsn, await node.releases.installRelease(vsn, optionsOf(args, context)));
}

async function rehearse(node: ControlledNode, args: Args, context: OperationContext): Promise<Json> {
  const vsn = await makeKnown(node, text(args.release), context);
  return { vsn, ...(await node.releases.checkInstallRelease(vsn, optionsOf(args, context))) } as unknown as Json;
}

async function upgrade(node: ControlledNode, args: Args, context: OperationContext): Promise<Json> {
  const vsn = await makeKnown(node, text(args.release), context);
  const result = await checkAndInstall(node, vsn, args, context);
  if (args.commitNow !== true) return result;
  await node.releases.makePermanent(vsn);
  return { ...(result as object), status: "permanent" };
}

/** `release` is the path of a package, or a version that is known, unpacked, or packed in `releases/`. */
async function makeKnown(node: ControlledNode, release: string, { progress }: OperationContext): Promise<Vsn> {
  const isKnown = (vsn: Vsn): boolean => node.releases.whichReleases().some((each) => each.vsn === vsn);
  if (isKnown(release)) return release;
  const isFile = release.endsWith(".tar.gz");
  if (!isFile && existsSync(releaseFile(node, release, "manifest.json"))) return node.releases.setUnpacked(release);
  try {
    const vsn = await node.releases.unpackRelease(release);
    progress(`unpacked ${vsn}`);
    return vsn;
  } catch (thrown) {
    if (!isUnderwayError(thrown, "release/existing_release") || !isFile) throw thrown;
    progress(`${thrown.details.vsn} is unpacked already`);
    return thrown.details.vsn;
  }
}

const resultOf = (node: ControlledNode, vsn: Vsn, { otherVsn, description, report }: Installed): Json => ({
  vsn,
  otherVsn,
  description,
  report: report as unknown as Json,
  // A downgrade may lead to the permanent release.
  status:
    report === null ? "restarting" : (node.releases.whichReleases().find((each) => each.vsn === vsn)?.status ?? ""),
});

function listedOldCode() {
  return oldCode().map((old) => ({
    ...old,
    processes: old.processes.map(String),
    frames: old.frames.map((frame) => ({ ...frame, process: frame.process === null ? null : String(frame.process) })),
  }));
}

/** Beside the old versions those that were purged and that somebody holds, and who. */
async function tracedOldCode(): Promise<Json> {
  const held = await traceOldCode();
  const listed = listedOldCode().map((old) => {
    const { heldBy = null, path = [] } =
      held.find(({ module, version, state }) => module === old.module && version === old.version && state === "old") ??
      {};
    return { ...old, state: "old", heldBy, path };
  });
  const purged = held.filter(({ state }) => state === "purged");
  return [...listed, ...purged.map((one) => ({ ...one, processes: [], otherFrames: 0, frames: [] }))];
}

/** Without a version the running release is meant. */
async function commit(releases: Releases, vsn: Vsn | null): Promise<Json> {
  const running = releases.whichReleases("current")[0] ?? releases.whichReleases("permanent")[0];
  const committed = vsn ?? running?.vsn ?? "";
  await releases.makePermanent(committed);
  return { vsn: committed, status: "permanent" };
}

/** Runs in a process of its own: it may call, link and receive, and its end ends nothing else. */
function callFunction(module: string, name: string, args: readonly Json[]): Promise<Json> {
  const handle = loadedModule(module) as Readonly<Record<string, unknown>>;
  if (!functionExported(handle, name)) {
    const exports = Object.keys(handle).filter((key) => functionExported(handle, key));
    throw new UnderwayError("control/no_such_function", { module, function: name, exports });
  }
  return inProcess(async () => {
    const result = await (handle[name] as (...args: readonly Json[]) => unknown)(...args);
    try {
      return JSON.parse(JSON.stringify(result ?? null) ?? "null") as Json;
    } catch (cause) {
      const problem = (cause as Error).message.split("\n")[0] ?? "";
      throw new UnderwayError("control/not_json", { module, function: name, problem }, { cause });
    }
  });
}

function inProcess<T>(fn: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const caller = new RunningProcess(
      {
        name: "rpc",
        module: {},
        initialCall: "rpc",
        start: () =>
          fn()
            .then(resolve, reject)
            .finally(() => caller.end("normal")),
        ended: (reason) => reject(new Error(`the call's process ended: ${formatReason(reason)}`)),
      },
      null,
    );
  });
}

async function evaluate(node: ControlledNode, source: string, { progress }: OperationContext): Promise<Json> {
  const session = node.openSession((printed) => progress(printed.replace(/\n$/, "")), false);
  try {
    const answer = await session.evaluate(source);
    if (answer.kind === "value") return { text: answer.text, value: answer.json ?? null };
    const problem = answer.kind === "incomplete" ? "the expression is not complete" : answer.text;
    throw new UnderwayError("control/eval_failed", { problem });
  } finally {
    session.end();
  }
}

const ending =
  (node: ControlledNode, how: "stop" | "restart"): Operation =>
  async (_, { progress, holdUntilEnd }) => {
    holdUntilEnd();
    progress("stopping the applications");
    await node.end(how);
    return { pid: process.pid };
  };
