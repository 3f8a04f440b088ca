// Commands about releases: releases, unpack, install, commit, upgrade, downgrade, remove.

import { isUnderwayError } from "../../../error.ts";
import type { Json } from "../../../release/data.ts";
import { readJson } from "../../handler/durable.ts";
import { varFile } from "../../handler/target.ts";
import { counted } from "../../handler/words.ts";
import { ask, type NodeAddress } from "../client.ts";
import type { Command, CommandContext } from "../command.ts";
import { maxPauseOf } from "./rehearse.ts";
import { releaseOf } from "./release-argument.ts";

const installing = {
  cold: { type: "boolean" },
  "forward-only": { type: "boolean" },
  "max-pause": { type: "string" },
} as const;
const installingHelp = `  --cold          allows an upgrade that can only be done by a restart; connections are lost then
  --forward-only  allows an upgrade that cannot be undone with the states: codeChange has no \`down\` for them
  --max-pause MS  refuses if the pause would be longer than MS milliseconds, as far as that can be foreseen`;

export const releases: Command = {
  name: "releases",
  summary: "lists the releases that are known, newest first, with their statuses",
  details: `  unpacked    can be installed
  current     runs, but would not survive a restart: commit makes it permanent
  permanent   is booted
  old         ran before`,
  async run({ address, result, progress }) {
    const value = await ask(address, "releases", {}).catch((thrown) => {
      const known = isUnderwayError(thrown, "control/no_node") && thrown.details.holder === null && written(address);
      if (!known) throw thrown;
      progress("no node runs; when one starts, these are known:");
      return known;
    });
    result(value, table(value as unknown as readonly Release[]));
    return undefined;
  },
};

export const unpack: Command = {
  name: "unpack",
  usage: "VSN|FILE",
  arguments: [1, 1],
  summary: "unpacks a package, FILE or releases/<name>-VSN.tar.gz, and makes its release known",
  examples: ["unpack ../chat-0.2.0.tar.gz", "unpack 0.2.0"],
  async run(context) {
    const value = await asking(context, "unpack", { release: releaseOf(context) });
    context.result(value, `unpacked ${(value as { vsn: string }).vsn}`);
    return undefined;
  },
};

export const install: Command = {
  name: "install",
  usage: "VSN",
  arguments: [1, 1],
  options: installing,
  summary: "makes an unpacked release current: its code runs, states are migrated, nobody is disconnected",
  details: installingHelp,
  run: (context) => runInstall(context, "install", { release: context.arguments[0] as string }),
};

export const upgrade: Command = {
  name: "upgrade",
  usage: "VSN|FILE",
  arguments: [1, 1],
  options: { ...installing, "commit-now": { type: "boolean" } },
  summary: "unpacks a release if need be, checks it, installs it; then says how to commit",
  details: `${installingHelp}\n  --commit-now    makes it permanent at once`,
  examples: ["upgrade ../chat-0.2.0.tar.gz", "upgrade 0.2.0 --commit-now"],
  run: (context) =>
    runInstall(context, "upgrade", {
      release: releaseOf(context),
      commitNow: context.options["commit-now"] === true,
    }),
};

export const downgrade: Command = {
  name: "downgrade",
  usage: "VSN",
  arguments: [1, 1],
  options: installing,
  summary: "checks and installs a release that ran before, with the states migrated back",
  details: installingHelp,
  run: (context) => runInstall(context, "downgrade", { release: context.arguments[0] as string }),
};

export const commit: Command = {
  name: "commit",
  usage: "[VSN]",
  arguments: [0, 1],
  summary: "makes the running release permanent: from now on it is the one that boots",
  async run(context) {
    const value = await asking(context, "commit", { release: context.arguments[0] ?? null });
    context.result(value, `${(value as { vsn: string }).vsn} is permanent`);
    return undefined;
  },
};

export const remove: Command = {
  name: "remove",
  usage: "VSN",
  arguments: [1, 1],
  summary: "forgets a release that does not run, and deletes the files that no other one needs",
  async run(context) {
    const value = await asking(context, "remove", { release: context.arguments[0] as string });
    context.result(value, `removed ${(value as { vsn: string }).vsn}`);
    return undefined;
  },
};

// Internal.

/** The releases as the last node has left them; null when none has run yet. */
function written(address: NodeAddress): Json | null {
  const file = readJson(varFile(address, "RELEASES.json")) as { readonly releases: Json } | undefined;
  return file?.releases ?? null;
}

interface Release {
  readonly name: string;
  readonly vsn: string;
  readonly status: string;
  readonly applications: readonly string[];
}

interface Installation {
  readonly vsn: string;
  readonly otherVsn: string;
  readonly status: "current" | "permanent" | "restarting";
  readonly report: Report | null;
}

/** Of the release handler's report, what a person is told. */
interface Report {
  readonly from: string;
  readonly modulesLoaded: number;
  readonly modulesRemoved: number;
  readonly processes: number;
  readonly late: number;
  readonly lostMessages: { readonly calls: number; readonly others: number };
  readonly pauseMs: number;
  readonly durationMs: number;
  readonly oldCode: readonly { readonly module: string; readonly processes: readonly string[] }[];
}

const asking = (
  { address, progress }: CommandContext,
  command: string,
  args: { [name: string]: Json },
): Promise<Json> => ask(address, command, args, { onProgress: progress });

async function runInstall(
  context: CommandContext,
  command: string,
  args: { [name: string]: Json },
): Promise<undefined> {
  const value = await asking(context, command, {
    ...args,
    cold: context.options.cold === true,
    maxPauseMs: maxPauseOf(context),
    forwardOnly: context.options["forward-only"] === true,
  });
  context.result(value, tellInstallation(value as unknown as Installation, context.address));
  return undefined;
}

function tellInstallation({ vsn, status, report }: Installation, { name, instance }: NodeAddress): string {
  const commit = `bin/${name} commit ${vsn}${instance === "default" ? "" : ` --instance ${instance}`}`;
  if (report === null) return `The node restarts into ${vsn}. If it runs well: ${commit}`;
  const facts = [
    `${counted(report.modulesLoaded, "module")} loaded`,
    ...(report.modulesRemoved > 0 ? [`${report.modulesRemoved} removed`] : []),
    `${counted(report.processes, "process", "processes")} migrated${report.late > 0 ? `, ${report.late} of them late` : ""}`,
    `pause ${report.pauseMs.toFixed(2)} ms`,
  ];
  const { calls, others } = report.lostMessages;
  const lost =
    calls + others === 0
      ? []
      : [`lost: ${counted(calls, "call")} and ${counted(others, "message")} that only the other version knows`];
  const inUse = report.oldCode.map(({ module, processes }) => `  ${module}: ${processes.join(", ")}`);
  return [
    `${report.from} -> ${vsn} in ${Math.round(report.durationMs)} ms: ${facts.join(", ")}`,
    ...lost,
    ...(inUse.length > 0 ? ["old code is still in use:", ...inUse] : []),
    status === "permanent"
      ? `${vsn} is permanent: it is the one that boots`
      : `${vsn} is current; a restart would boot the permanent release. If it runs well: ${commit}`,
  ].join("\n");
}

function table(known: readonly Release[]): string {
  const width = Math.max(0, ...known.map(({ vsn }) => vsn.length));
  return known
    .map(({ name, vsn, status, applications }) =>
      `${name}  ${vsn.padEnd(width)}  ${status.padEnd("permanent".length)}  ${applications.join(" ")}`.trimEnd(),
    )
    .join("\n");
}
