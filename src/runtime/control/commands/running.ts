// Commands about a node that runs: stop, restart, ping, pid, status, old_code.

import { setTimeout as sleep } from "node:timers/promises";
import { UnderwayError } from "../../../error.ts";
import { ask, type NodeAddress } from "../client.ts";
import type { Command } from "../command.ts";

/** How long a node that restarts may need until it answers; it says itself when it fails sooner. */
const restartMs = 60_000;

interface Status {
  readonly name: string;
  readonly vsn: string;
  readonly permanent: string;
  readonly instance: string;
  readonly pid: number;
  readonly root: string;
  readonly runtime: string;
  readonly uptimeMs: number;
  readonly applications: readonly { readonly name: string; readonly vsn: string; readonly type: string }[];
  readonly processes: number;
  readonly heapBytes: number;
  readonly operation: string | null;
}

export const ping: Command = {
  name: "ping",
  summary: "says pong if the node answers",
  async run({ address, result }) {
    result(await ask(address, "ping", {}), "pong");
    return undefined;
  },
};

export const pid: Command = {
  name: "pid",
  summary: "prints the number of the node's operating-system process",
  async run({ address, result }) {
    const answer = (await ask(address, "ping", {})) as { readonly pid: number };
    result({ pid: answer.pid }, String(answer.pid));
    return undefined;
  },
};

export const status: Command = {
  name: "status",
  aliases: ["describe", "info"],
  summary: "tells what runs: release, applications, processes",
  async run({ address, result }) {
    const value = await ask(address, "status", {});
    result(value, describe(value as unknown as Status));
    return undefined;
  },
};

export const stop: Command = {
  name: "stop",
  summary: "stops the applications, last started first, and returns when the node is gone",
  async run({ address, progress, result }) {
    await ask(address, "stop", {}, { onProgress: progress, untilEnd: true });
    result({ stopped: true }, `${address.name} has stopped`);
    return undefined;
  },
};

export const restart: Command = {
  name: "restart",
  summary: "stops the node and starts it anew, with the same options, in the same process",
  details: "What boots is the permanent release: an installed one that was not committed is not running any more.",
  async run({ address, progress, result }) {
    await ask(address, "restart", {}, { onProgress: progress, untilEnd: true });
    const value = (await answering(address)) as unknown as Status;
    result({ pid: value.pid, vsn: value.vsn }, `${address.name} ${value.vsn} is running as process ${value.pid}`);
    return undefined;
  },
};

export const oldCode: Command = {
  name: "old_code",
  summary: "lists old versions of modules that are still in use, and by which processes",
  options: { trace: { type: "boolean" } },
  details: `  --trace   also finds who else keeps old code in memory: a timer, a listener, a closure or an instance in a state.
            The node stands still for about a second for each 100 MB of its heap.`,
  async run({ address, options, result }) {
    const value = await ask(address, "old_code", { trace: options.trace === true });
    const lines = (value as unknown as readonly OldCode[]).flatMap(lineOfOldCode);
    result(value, lines.length === 0 ? "no old code" : lines.join("\n"));
    return undefined;
  },
};

// Internal.

interface OldCode {
  readonly module: string;
  readonly version: string;
  readonly processes: readonly string[];
  readonly otherFrames: number;
  readonly frames: readonly {
    readonly process: string | null;
    readonly detached: boolean;
    readonly at: string | null;
  }[];
  // With --trace:
  readonly state?: "old" | "purged";
  readonly heldBy?: string | null;
  readonly path?: readonly string[];
}

/** So many frames of one version are printed; `--json` has all of them. */
const framesPrinted = 20;

function lineOfOldCode({
  module,
  version,
  processes,
  otherFrames,
  frames,
  state,
  heldBy,
  path = [],
}: OldCode): string[] {
  const counted = (count: number, one: string, many: string) =>
    count === 0 ? [] : [count === 1 ? `1 ${one}` : `${count} ${many}`];
  const users = [
    ...counted(processes.length, "process", "processes"),
    ...counted(otherFrames, "other frame", "other frames"),
  ];
  const use = state === "purged" ? "purged, but in memory" : users.length === 0 ? "nobody runs it" : users.join(", ");
  const inside = frames.slice(0, framesPrinted).map(({ process, detached, at }) => {
    const whose = process === null ? "a frame of no process" : detached ? `a frame left behind by ${process}` : process;
    return `  ${whose} ${at === null ? "has not waited yet" : `waits at ${at}`}`;
  });
  if (frames.length > framesPrinted) inside.push(`  … and ${frames.length - framesPrinted} more`);
  const holder =
    heldBy === undefined || heldBy === null ? [] : [`  held by ${heldBy}`, ...path.map((hop) => `    ${hop}`)];
  return [`${module}  ${version.slice(0, 8)}  ${use}`, ...inside, ...holder];
}

function describe(status: Status): string {
  const { name, vsn, permanent, pid, instance, root, runtime, applications, processes, operation } = status;
  return [
    `${name} ${vsn}${vsn === permanent ? "" : ` (not permanent: a restart boots ${permanent})`}`,
    `process       ${pid}, up ${Math.round(status.uptimeMs / 1000)} s, Node ${runtime}`,
    `instance      ${instance} of ${root}`,
    `applications  ${applications.map((app) => `${app.name} ${app.vsn}`).join(", ") || "none"}`,
    `processes     ${processes}, heap ${(status.heapBytes / 1e6).toFixed(1)} MB`,
    ...(operation === null ? [] : [`under way     ${operation}`]),
  ].join("\n");
}

/** The status of the node that comes up. */
async function answering(address: NodeAddress): Promise<unknown> {
  const until = performance.now() + restartMs;
  for (;;) {
    try {
      return await ask(address, "status", {});
    } catch (thrown) {
      const isNotUp = thrown instanceof UnderwayError && thrown.code === "control/no_node";
      if (!isNotUp || performance.now() > until) throw thrown;
      await sleep(50);
    }
  }
}
