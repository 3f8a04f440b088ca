// The operating-system process with the clients; started by load.ts, ends with it.

import { CallLoad } from "./call-load.ts";
import type { AnswerMessage, Argument, Handlers, RequestMessage } from "./load-protocol.ts";
import { TalkLoad } from "./talk-load.ts";

let calls: CallLoad | null = null;
let talk = new TalkLoad();

const handlers: Handlers = {
  beginCalls: async (options: Argument<"beginCalls">) => {
    await new Promise<void>((ready) => {
      calls = new CallLoad(options, ready);
    });
    calls?.start();
  },
  endCalls: async ({ graceMs }: Argument<"endCalls">) => {
    if (calls === null) throw new Error("no calls were begun");
    return calls.end(graceMs);
  },
  openSockets: (options: Argument<"openSockets">) => {
    talk = new TalkLoad();
    return talk.open(options);
  },
  beginTalk: async ({ ratePerS }: Argument<"beginTalk">) => talk.begin(ratePerS),
  endTalk: ({ graceMs }: Argument<"endTalk">) => talk.end(graceMs),
  closeSockets: async () => talk.close(),
};

const reply = (message: AnswerMessage): void => void process.send?.(message);

process.on("message", async ({ id, name, argument }: RequestMessage) => {
  try {
    reply({ id, value: await handlers[name](argument as never) });
  } catch (thrown) {
    reply({ id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
  }
});
process.on("disconnect", () => process.exit());
// Ctrl-C reaches the whole group: the bench says when this process ends.
process.on("SIGINT", () => {});
