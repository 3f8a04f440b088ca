// Errors of the area `appup`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted, shown } from "./words.ts";

/** A state that an entry of an appup must bring to another shape. */
export interface StateChange {
  readonly application: string;
  readonly module: string;
  readonly direction: "upFrom" | "downTo";
  /** Version of the application to come from or go back to. */
  readonly other: string;
  readonly fromVsn: number;
  readonly toVsn: number;
}

const betweenVsns = ({ direction, other }: StateChange) => `${direction === "upFrom" ? "from" : "back to"} ${other}`;
const sourceFile = (module: string) => `src/${module.slice(module.indexOf("/") + 1)}.ts`;
const steps = ({ fromVsn, toVsn }: StateChange) => {
  const step = fromVsn < toVsn ? fromVsn : toVsn;
  return `up: { ${step}: … } and down: { ${step}: … }`;
};

export const appup = {
  "appup/bad_module": (d: { file: string; reason: string }) => ({
    what: `Cannot read "${d.file}": ${d.reason}`,
    cure: "correct it; it is plain TypeScript, run by Node, and exports by default what `appup` of underway/appup makes",
  }),
  "appup/no_code_change": (d: StateChange) => ({
    what: `Cannot upgrade module "${d.module}" ${betweenVsns(d)}: its state goes from vsn ${d.fromVsn} to ${d.toVsn}, and it has no export "codeChange"`,
    why: "processes that live through the upgrade bring a state of the other vsn along",
    cure: `export codeChange with ${steps(d)} from ${sourceFile(d.module)}, or restart what holds the state in the appup`,
  }),
  "appup/no_such_application": (d: { application: string; release: string; applications: readonly string[] }) => ({
    what: `Cannot find the appup of "${d.application}": release "${d.release}" has no such application`,
    why: `it has ${quoted(d.applications)}`,
    cure: "correct its name, or name the file: *.appup.json or appup.ts",
  }),
  "appup/no_such_file": (d: { file: string }) => ({
    what: `Cannot find the appup "${d.file}": there is no such file`,
    cure: "correct its path, or name the application",
  }),
  "appup/other_vsn": (d: { file: string; application: string; appupVsn: string; vsn: string }) => ({
    what: `Cannot use "${d.file}": it is for version ${d.appupVsn} of "${d.application}", which is ${d.vsn}`,
    why: "no base recorded this appup, so replacing it could lose what somebody wrote",
    cure: "write its entries for the new version, delete it, or let --generate replace it",
  }),
  "appup/state_kept": (d: StateChange & { instruction: unknown }) => ({
    what: `Cannot upgrade module "${d.module}" ${betweenVsns(d)} by ${shown(d.instruction)}: its state goes from vsn ${d.fromVsn} to ${d.toVsn}`,
    why: "this instruction leaves states as they are",
    cure: `write ["update", "${d.module}", { "change": { "advanced": [] } }] into the appup of "${d.application}", or let "underway release --upgrade --generate" make it anew`,
  }),
  "appup/two_files": (d: { application: string; files: readonly string[] }) => ({
    what: `Cannot tell which is the appup of "${d.application}": there are ${quoted(d.files)}`,
    cure: "keep one of them",
  }),
} satisfies Entries;
