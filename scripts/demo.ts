// `npm run demo`: a chat server is upgraded, refused an upgrade, killed, downgraded and upgraded again while 200 clients
// talk in it, and everything that they see is counted.
//
//   --non-interactive   no pauses, no colours; also when CI=true or the output is no terminal
//   --stay              leaves the node running at the end, so that its page can be opened in a browser
//
//   this process ──IPC──► the clients' process ──WebSockets──► the node ◄──bin/chat── this process
//
// Exits with 1 if anything that must be zero is not.

import { parseArgs } from "node:util";
import { acts } from "./demo/acts.ts";
import { ChatNode } from "./demo/chat-node.ts";
import { atEnd, cleanUpAlways } from "./demo/cleanup.ts";
import { Crowd } from "./demo/crowd.ts";
import { CLIENTS, type Demo } from "./demo/demo-context.ts";
import { showCounts } from "./demo/show-counts.ts";
import { Transcript } from "./demo/transcript.ts";
import { Workspace } from "./demo/workspace.ts";

/** Everything takes about a minute; what takes so long hangs. */
const LIMIT_MS = 240_000;

const { values: options } = parseArgs({
  options: { "non-interactive": { type: "boolean", default: false }, stay: { type: "boolean", default: false } },
});
const interactive = process.stdout.isTTY === true && process.env.CI !== "true" && !options["non-interactive"];
process.exitCode = await main();

async function main(): Promise<number> {
  cleanUpAlways();
  const transcript = new Transcript({ colors: interactive, pauseMs: interactive ? 1_500 : 0 });
  const workspace = new Workspace();
  const node = new ChatNode(workspace.target, (command) => transcript.command(command));
  atEnd(() => node.end());
  const crowd = new Crowd();
  atEnd(() => crowd.kill());
  const demo: Demo = { transcript, workspace, node, crowd, changes: [], calm: null, undelivered: 0, port: 0 };
  const limit = setTimeout(() => {
    process.stderr.write(`\nthe demo has not ended in ${LIMIT_MS / 1_000} s\n${workspace.log()}\n`);
    process.exit(1);
  }, LIMIT_MS);
  transcript.title(
    `A chat server is changed while ${CLIENTS} people talk in it`,
    "Nobody is disconnected, and not a word is lost. Everything below is counted, at the clients.",
  );
  try {
    for (const act of acts) await act(demo);
    await showCounts(demo);
    transcript.end();
    clearTimeout(limit);
    if (options.stay) await stay(demo);
    await crowd.ask("close");
    await node.stop();
  } catch (error) {
    process.stderr.write(`\nThe demo broke off: ${error instanceof Error ? error.stack : error}\n`);
    process.stderr.write(`\nThe end of the node's log:\n${workspace.log()}\n`);
    return 1;
  }
  return transcript.broken.length === 0 ? 0 : 1;
}

/** Keeps the chat going until somebody has seen enough. */
async function stay({ transcript, workspace, crowd, port }: Demo): Promise<void> {
  await crowd.ask("settle");
  transcript.say(`The chat goes on: http://127.0.0.1:${port}`);
  transcript.say(`Its node is controlled by ${workspace.target}/bin/chat; Ctrl-C ends both.`);
  for (;;) {
    await crowd.ask("talkQuietly", { messages: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
