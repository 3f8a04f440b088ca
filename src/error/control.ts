// Errors of the area `control`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

/** What a command line needs so that it means this node. */
const ofInstance = ({ instance }: { instance: string }) => (instance === "default" ? "" : ` --instance ${instance}`);

export const control = {
  "control/bad_protocol": (d: { problem: string }) => ({
    what: `Cannot talk over the control socket: ${d.problem}`,
    why: "the control script and the node are of versions that do not understand each other, or something else connected",
    cure: "use the control script of the release that runs",
  }),
  "control/bad_usage": (d: { problem: string; cure: string }) => ({
    what: d.problem,
    cure: d.cure,
  }),
  "control/eval_failed": (d: { problem: string }) => ({
    what: d.problem,
    cure: "correct the expression; remote_console lets you try one step by step",
  }),
  "control/interrupted": (d: { command: string }) => ({
    what: `Stopped waiting for "${d.command}": it goes on in the node`,
    cure: `ask with "status" and "releases" how it ended`,
  }),
  "control/no_node": (d: { name: string; instance: string; holder: number | null; socket: string }) => ({
    what:
      d.holder === null
        ? `Cannot reach "${d.name}": no node runs${d.instance === "default" ? "" : ` as instance "${d.instance}"`}`
        : `Cannot reach "${d.name}": operating-system process ${d.holder} does not listen`,
    why:
      d.holder === null
        ? `nobody listens at ${d.socket}`
        : `it holds the node's lock, but not ${d.socket}: it is starting or stopping, or has hung`,
    cure:
      d.holder === null
        ? `start it with: bin/${d.name} daemon${ofInstance(d)}`
        : "try again in a moment, or look into its log",
  }),
  "control/no_socket": (d: { path: string; reason: string }) => ({
    what: `Cannot use the control socket ${d.path}: ${d.reason}`,
    why: "only the user who started the node may open it",
    cure: "run the control script as that user, and see that the folder is writable for it",
  }),
  "control/no_such_function": (d: { module: string; function: string; exports: readonly string[] }) => ({
    what: `Cannot call "${d.function}" of module "${d.module}": its current version exports no such function`,
    why: d.exports.length === 0 ? "it exports none" : `it exports ${quoted(d.exports)}`,
    cure: "correct the name",
  }),
  "control/no_such_module": (d: { module: string }) => ({
    what: `Cannot find module "${d.module}": it is not loaded`,
    cure: `give application, slash, path, such as "chat/room"`,
  }),
  "control/node_ended": (d: { command: string }) => ({
    what: `The node ended before it had answered "${d.command}"`,
    why: "it was stopped, killed or crashed; a release that was not made permanent is not booted again",
    cure: "look into its log, and start it again",
  }),
  "control/not_json": (d: { module: string; function: string; problem: string }) => ({
    what: `Cannot show what "${d.function}" of module "${d.module}" returned: ${d.problem}`,
    why: "the call was made, and did what it does; only its result cannot be written as JSON",
    cure: "use eval, which prints any value",
  }),
  "control/not_ready": (d: { problem: string; log: string; tail: string }) => ({
    what: `Cannot start as a daemon: ${d.problem}`,
    why: d.tail === "" ? "it wrote nothing into its log" : `its log ends with\n${d.tail.replace(/^/gm, "        ")}`,
    cure: `read ${d.log}, or start it with "foreground" to see what it says`,
  }),
} satisfies Entries;
