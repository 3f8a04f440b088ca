// Plays a case of a GenServer as otp.escript does, and tells the same story in the same words.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type Context,
  type From,
  ignore,
  noreply,
  ok,
  reply,
  stop,
  stopInit,
  stopReply,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import type { Action, ServeCase } from "./cases.ts";
import { endOf, endWord, kindOf, type Trace } from "./world.ts";

const lines: string[] = [];
const takeLog = (): string[] => lines.splice(0);
const purpose = (): never => {
  throw new Error("on purpose");
};

type Kept = readonly From<number>[];
const act = (kept: Kept, from: From<number> | null, [what, first, second]: Action): never => {
  const keeping = from === null ? kept : [...kept, from];
  switch (what) {
    case "reply":
      return reply(first, kept) as never;
    case "reply_continue":
      return reply(first, kept, { continue: "behind_reply" }) as never;
    case "noreply":
      return noreply(keeping) as never;
    case "noreply_continue":
      return noreply(keeping, { continue: "behind_noreply" }) as never;
    case "stop":
      return stop(first as string, kept) as never;
    case "stop_reply":
      return stopReply(first as string, second, kept) as never;
    case "answer":
      for (const waiting of kept) GenServer.replyTo(waiting, first as never);
      return (from === null ? noreply([]) : reply(first, [])) as never;
    case "bad":
      return "nonsense" as never;
    case "error":
      return purpose();
    case "exit":
      return Process.exit(first as string);
  }
};

const Server = {
  init(begin: ServeCase["init"]) {
    lines.push("init");
    if (begin === "ignore") return ignore;
    if (begin === "stop") return stopInit("refused");
    if (begin === "error") return purpose();
    if (begin === "bad") return "nonsense" as never;
    return ok<Kept>([], begin === "continue" ? { continue: "first" } : undefined);
  },
  handleCall: {
    act({ state, from }: Context<Kept> & { readonly from: From<number> }, action: Action) {
      lines.push(`call ${action[0]}`);
      return act(state, from, action);
    },
  },
  handleCast: {
    act({ state }: Context<Kept>, action: Action) {
      lines.push(`cast ${action[0]}`);
      return act(state, null, action);
    },
  },
  handleInfo({ state }: Context<Kept>, action: Action) {
    lines.push(`info ${action[0]}`);
    return act(state, null, action);
  },
  handleContinue({ state }: Context<Kept>, what: string) {
    lines.push(`continue ${what}`);
    return noreply<Kept>(state);
  },
  terminate: (_: Context<Kept>, reason: Process.ExitReason) => void lines.push(`terminate ${endWord(reason)}`),
};

/** What happens, a list of lines for the start, for each step and for the end. */
export const serve = async ({ init, steps }: ServeCase): Promise<Trace> => {
  lines.length = 0;
  let pid: Process.Pid<typeof Server>;
  try {
    pid = await GenServer.start(Server as never, init as never);
  } catch (error) {
    const kind = kindOf(error);
    return [[...takeLog(), kind === "ignore" ? "ignored" : `not started ${endWord(error)}`]];
  }
  const end = endOf(pid);
  const trace: string[][] = [[...(await quietLog(pid)), "started"]];
  for (const [n, [kind, action]] of steps.entries()) {
    if (!Process.isAlive(pid)) {
      trace.push([]);
      continue;
    }
    if (kind === "call") {
      const told = (line: string): void => void lines.push(`caller ${n + 1} ${line}`);
      void GenServer.callWithin(pid as never, "infinity", "act" as never, ...([action] as never)).then(
        (value) => told(`got ${value}`),
        (error) => told(`exit ${endWord(error)}`),
      );
    } else if (kind === "cast") GenServer.cast(pid as never, "act" as never, ...([action] as never));
    else Process.send(pid, action);
    trace.push(await quietLog(pid));
  }
  await GenServer.stopServer(pid).catch(() => {});
  const reason = await end;
  await new Promise((resolve) => setImmediate(resolve));
  return [...trace, [...takeLog().sort(), `ended ${endWord(reason)}`]];
};

// Internal.

/** What has happened when everything is handled; callers are told by then. */
const quietLog = async (pid: Process.Pid): Promise<string[]> => {
  await Sys.getState(pid).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  return takeLog();
};
