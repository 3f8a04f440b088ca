// Commands that run something in a node: rpc, eval, remote_console.

import { UnderwayError } from "../../../error.ts";
import type { Json } from "../../../release/data.ts";
import { varFile } from "../../handler/target.ts";
import { ask, openRemoteSession } from "../client.ts";
import type { Command } from "../command.ts";
import { Repl } from "../repl.ts";

export const rpc: Command = {
  name: "rpc",
  usage: "MODULE FUNCTION [ARGUMENTS]",
  arguments: [2, 3],
  summary: "calls a function that a module exports, and prints its result as JSON",
  details:
    "MODULE is application, slash, path: src/api.ts of shop is shop/api. ARGUMENTS is a JSON array. A promise is awaited. The call is made in a process of its own.",
  examples: ["rpc APP/MODULE FUNCTION", `rpc APP/MODULE FUNCTION '["lobby", 10]'`],
  async run(context) {
    const [module, name, given] = context.arguments;
    const args = given === undefined ? [] : parseArguments(given);
    const request = { module: module as string, function: name as string, args };
    const value = await ask(context.address, "rpc", request, { onProgress: context.progress });
    context.result(value, JSON.stringify(value, null, 2));
    return undefined;
  },
};

export const evalCommand: Command = {
  name: "eval",
  usage: "EXPRESSION",
  arguments: [1, 1],
  summary: "evaluates JavaScript in the node, as its console does, and prints the value",
  examples: ["eval 'Process.processes().length'", `eval 'await sys.getState("lobby")'`],
  async run(context) {
    const request = { source: context.arguments[0] as string };
    const value = await ask(context.address, "eval", request, { onProgress: context.progress });
    const { text, value: result } = value as { readonly text: string; readonly value: Json };
    context.result({ value: result, text }, text);
    return undefined;
  },
};

export const remoteConsole: Command = {
  name: "remote_console",
  summary: "opens a console in the node that runs; leaving it leaves the node running",
  async run({ address }) {
    const session = await openRemoteSession(address, {
      colors: process.stdout.isTTY === true,
      print: (text) => repl.print(text),
      onEnd: () => {
        if (!left) repl.print("\nThe node has ended\n");
        repl.leave();
      },
    });
    let left = false;
    const repl: Repl = new Repl(session, {
      input: process.stdin,
      output: process.stdout,
      prompt: `${address.name}> `,
      historyFile: varFile(address, "console.history"),
    });
    await repl.run();
    left = true;
    return undefined;
  },
};

// Internal.

function parseArguments(given: string): readonly Json[] {
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value)) return value as readonly Json[];
  const problem = `Cannot use ${given} as arguments: it is no JSON array`;
  throw new UnderwayError("control/bad_usage", { problem, cure: `write them as in '["lobby", 10]'` });
}
