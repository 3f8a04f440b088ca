// rehearse: what an upgrade would be like, on copies of the states of the running node.

import { UnderwayError } from "../../../error.ts";
import { counted } from "../../handler/words.ts";
import { ask } from "../client.ts";
import type { Command, CommandContext } from "../command.ts";
import { releaseOf } from "./release-argument.ts";

export const rehearse: Command = {
  name: "rehearse",
  usage: "VSN|FILE",
  arguments: [1, 1],
  options: { "max-pause": { type: "string" }, "forward-only": { type: "boolean" } },
  summary:
    "tries an upgrade on copies of all states: what would refuse it, how long the pause would be; changes nothing",
  details: `  --max-pause MS  refuses as upgrade would: a pause longer than MS milliseconds
  --forward-only  allows, as upgrade would, states that cannot be brought back
The release is unpacked if need be, and stays so.`,
  examples: ["rehearse 0.2.0", "rehearse ../chat-0.2.0.tar.gz --max-pause 5"],
  async run(context) {
    const { address, progress, result } = context;
    const args = {
      release: releaseOf(context),
      maxPauseMs: maxPauseOf(context),
      forwardOnly: context.options["forward-only"] === true,
    };
    const value = await ask(address, "rehearse", args, { onProgress: progress });
    result(value, tell(value as unknown as Rehearsal));
    return undefined;
  },
};

/** `--max-pause`, in milliseconds; null if it is not given. Throws `control/bad_usage`. */
export function maxPauseOf({ options }: CommandContext): number | null {
  const given = options["max-pause"];
  if (given === undefined) return null;
  const ms = Number(given);
  if (given === "" || !(ms >= 0)) {
    throw new UnderwayError("control/bad_usage", {
      problem: `--max-pause ${String(given)} is no number of milliseconds`,
      cure: "say --max-pause 5 for 5 milliseconds",
    });
  }
  return ms;
}

// Internal.

/** Of the release handler's result, what a person is told. */
interface Rehearsal {
  readonly vsn: string;
  readonly report: {
    readonly from: string;
    readonly switches: number;
    readonly effects: number;
    readonly modules: readonly Module[];
    readonly expectedPauseMs: number;
    readonly durationMs: number;
  } | null;
}

interface Module {
  readonly module: string;
  readonly tried: number;
  readonly durationMs: number;
  readonly slow: readonly { readonly process: string; readonly ms: number }[];
  readonly lossy: { readonly processes: number; readonly path: string } | null;
  readonly oneWay: { readonly processes: number; readonly reason: string } | null;
  readonly memoryBytes: number | null;
}

function tell({ vsn, report }: Rehearsal): string {
  if (report === null) return `${vsn} can only be installed by a restart (--cold), of which nothing can be tried`;
  const { from, switches, effects, modules } = report;
  return [
    `${from} -> ${vsn} can be installed: ${counted(switches, "switch", "switches")}, ${counted(effects, "other instruction")}`,
    ...modules.flatMap(tellModule),
    `expected pause ${report.expectedPauseMs.toFixed(2)} ms, rehearsed in ${Math.round(report.durationMs)} ms; nothing was changed`,
  ].join("\n");
}

function tellModule({ module, tried, durationMs, slow, lossy, oneWay, memoryBytes }: Module): string[] {
  const memory = memoryBytes === null ? "" : `, ${(memoryBytes / 1e6).toFixed(1)} MB until the switch`;
  return [
    `  ${module}: ${counted(tried, "process", "processes")} in ${durationMs.toFixed(1)} ms${memory}`,
    ...slow.map(({ process, ms }) => `    ${process} alone takes ${ms.toFixed(1)} ms`),
    ...(lossy === null ? [] : [`    going back loses something in ${lossy.processes} of them, first at ${lossy.path}`]),
    ...(oneWay === null ? [] : [`    ${oneWay.processes} of them cannot go back: ${oneWay.reason}`]),
  ];
}
