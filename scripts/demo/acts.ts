// The acts of the demo, in their order. Each shows what a person would type, and claims what it has counted.

import { setTimeout as sleep } from "node:timers/promises";
import {
  BUSY_ROOMS,
  CLIENTS,
  change,
  claimComplete,
  claimSameSockets,
  claimStatuses,
  type Demo,
  numbered,
  QUIET_MESSAGES,
  QUIET_ROOM,
  quietHistory,
  sameTexts,
  showMessages,
  showReleases,
} from "./demo-context.ts";
import { formatCount, formatMs } from "./transcript.ts";
import type { Built } from "./workspace.ts";

/** Time in which clients talk before something happens to them. */
const TALK_MS = 1_500;
/** Time that V8 takes to compile what is used most; what is seen before says little. */
const WARM_UP_MS = 2_000;

export type Act = (demo: Demo) => Promise<void>;

const build: Act = async ({ transcript, workspace }) => {
  await transcript.act("Three releases of a chat server are built");
  const first = await workspace.build("0.1.0");
  transcript.command(first.command);
  transcript.output(summary(first, "the runtime included"));
  const second = await workspace.build("0.2.0", "--upgrade", "--from", "0.1.0");
  transcript.command(second.command);
  transcript.output(second.story);
  const third = await workspace.build("0.2.1", "--upgrade", "--from", "0.2.0");
  transcript.command(third.command);
  transcript.output(summary(third, "with a mistake in it, see below"));
};

const start: Act = async (demo) => {
  const { transcript, workspace, node, crowd } = demo;
  await transcript.act(`0.1.0 starts, and ${CLIENTS} clients begin to talk`);
  transcript.command("tar -xzf chat-0.1.0.tar.gz");
  await workspace.unpack(workspace.packageOf("0.1.0"));
  demo.port = await node.start(0);
  transcript.output(`the page: http://127.0.0.1:${demo.port}`);
  await crowd.ask("connect", { port: demo.port, clients: CLIENTS, rooms: BUSY_ROOMS, quietRoom: QUIET_ROOM });
  await crowd.ask("talkQuietly", { messages: QUIET_MESSAGES });
  await crowd.ask("talk");
  await sleep(WARM_UP_MS);
  await crowd.ask("watch");
  await sleep(2 * TALK_MS);
  demo.calm = await crowd.ask("watched");
  const { longestGapMs, roundTripP50Ms, roundTripMaxMs } = demo.calm;
  transcript.say(
    `The clients live in an operating-system process of their own. ${BUSY_ROOMS.length} rooms never fall silent: nobody ` +
      `is without a message for longer than ${formatMs(longestGapMs)}, and a message comes back to its sender in ` +
      `${formatMs(roundTripP50Ms)} (at worst ${formatMs(roundTripMaxMs)}). In a ninth one, "${QUIET_ROOM}", little is said.`,
  );
  await claimComplete(demo);
  await claimStatuses(demo, { "0.1.0": "permanent" });
};

const unpack: Act = async (demo) => {
  const { transcript, workspace, node, crowd } = demo;
  await crowd.ask("talk");
  await transcript.act("The package of 0.2.0 is unpacked into the running node's directory");
  await node.must("unpack", workspace.packageOf("0.2.0"));
  await claimStatuses(demo, { "0.2.0": "unpacked", "0.1.0": "permanent" });
};

const upgrade: Act = async (demo) => {
  const { transcript, crowd } = demo;
  await transcript.act("0.1.0 becomes 0.2.0 while everybody talks");
  transcript.say(
    "A room's messages get an id and a time, and clients may react to them. So every room's state changes its shape; a " +
      "module comes, one goes, a supervisor gets another child, and a third application starts.",
  );
  const before = await quietHistory(demo);
  await change(demo, "install", "0.2.0");
  await claimSameSockets(demo, "0.2.0");
  const after = await quietHistory(demo);
  transcript.say(`What "${QUIET_ROOM}" remembers, before and after:`);
  showMessages(demo, [...before.slice(-1), ...after.slice(-1)]);
  const migrated =
    before.length === QUIET_MESSAGES && sameTexts(before, after) && numbered(after) && after[0]?.id === 1;
  transcript.claim(migrated, "its history was migrated: the same messages, numbered from 1");
  const { withId, wrongId } = await crowd.ask("counts");
  transcript.claim(
    withId > 0 && wrongId === 0,
    "new messages carry the next ids of their rooms",
    `${formatCount(withId)} seen, ${formatCount(wrongId)} wrong`,
  );
  await claimComplete(demo);
  await claimStatuses(demo, { "0.2.0": "current", "0.1.0": "permanent" });
};

const refusal: Act = async (demo) => {
  const { transcript, workspace, node, crowd } = demo;
  await crowd.ask("talk");
  await transcript.act("0.2.1 has a broken migration, and is refused");
  transcript.say(
    `Its author believed that every message has a time. Those said under 0.1.0 have none, and "${QUIET_ROOM}" still ` +
      "remembers some: no test with fresh rooms would have noticed.",
  );
  await node.must("unpack", workspace.packageOf("0.2.1"));
  const before = { releases: await node.releases(), history: await quietHistory(demo) };
  const { exitCode, stdout, stderr } = await node.run("install", "0.2.1");
  transcript.output(stderr || stdout);
  transcript.claim(
    exitCode === 3,
    "exit code 3: refused, and nothing was changed",
    exitCode === 3 ? "" : `exit code ${exitCode}`,
  );
  transcript.claim(
    /migrat/.test(stderr) && stderr.includes(`room:${QUIET_ROOM}`),
    `the reason names the process, "room:${QUIET_ROOM}"`,
  );
  const after = { releases: await node.releases(), history: await quietHistory(demo) };
  transcript.claim(JSON.stringify(before) === JSON.stringify(after), "statuses and states are what they were");
  await claimSameSockets(demo, "0.2.0");
  await claimComplete(demo);
};

const killBefore: Act = async (demo) => {
  await demo.transcript.act("Power cut before the commit: the permanent release boots");
  await cutPower(demo, "0.1.0");
  await claimStatuses(demo, { "0.2.0": "unpacked", "0.1.0": "permanent" });
};

const again: Act = async (demo) => {
  const { transcript, crowd } = demo;
  await transcript.act("0.1.0 becomes 0.2.0 once more, and the clients use what is new");
  await crowd.ask("talkQuietly", { messages: QUIET_MESSAGES });
  await crowd.ask("talk");
  await change(demo, "install", "0.2.0");
  await crowd.ask("modern", true);
  await sleep(TALK_MS);
  const { newRequests, newEvents, refused } = await crowd.ask("counts");
  transcript.claim(
    newEvents > 0 && refused === 0,
    "reactions and typing notices are understood",
    `${formatCount(newRequests)} sent, ${formatCount(newEvents)} events of the new kinds received, ${refused} refused`,
  );
  await claimSameSockets(demo, "0.2.0");
  await claimComplete(demo);
};

const downgrade: Act = async (demo) => {
  const { transcript, crowd } = demo;
  await transcript.act("0.2.0 becomes 0.1.0 again, while the clients use what is new");
  const before = await quietHistory(demo);
  await crowd.ask("talk");
  await sleep(TALK_MS / 3);
  await change(demo, "downgrade", "0.1.0");
  await claimSameSockets(demo, "0.1.0");
  const after = await quietHistory(demo);
  transcript.claim(
    sameTexts(before, after) && after.every(({ id, timeMs }) => id === undefined && timeMs === undefined),
    "histories were migrated back: the same messages, without ids and times",
  );
  const { refused } = await crowd.ask("counts");
  transcript.claim(
    refused > 0,
    "what 0.1.0 does not know it refuses politely, and nobody is sent away",
    `${formatCount(refused)} requests`,
  );
  await claimComplete(demo);
};

const commit: Act = async (demo) => {
  const { transcript, node, crowd } = demo;
  await transcript.act("Up again, and this time it is made permanent");
  await crowd.ask("talk");
  await change(demo, "upgrade", "0.2.0");
  await claimSameSockets(demo, "0.2.0");
  const history = await quietHistory(demo);
  transcript.claim(
    history.length === QUIET_MESSAGES && numbered(history) && history[0]?.id === 1,
    "a message has the id that it had before the downgrade",
  );
  await node.must("commit");
  await claimStatuses(demo, { "0.2.0": "permanent", "0.1.0": "old" });
  await claimComplete(demo);
};

const killAfter: Act = async (demo) => {
  await demo.transcript.act("Power cut after the commit: now 0.2.0 boots");
  await cutPower(demo, "0.2.0");
  await demo.crowd.ask("talk");
  await sleep(TALK_MS);
  await claimComplete(demo);
  await showReleases(demo);
};

export const acts: readonly Act[] = [
  build,
  start,
  unpack,
  upgrade,
  refusal,
  killBefore,
  again,
  downgrade,
  commit,
  killAfter,
];

// Internal.

const summary = ({ bytes, durationMs }: Built, remark: string): string =>
  `a package of ${(bytes / 1e6).toFixed(1)} MB, ${remark}; built in ${formatMs(durationMs)}`;

/** Kills the node in the middle of the talk, starts it again, and waits until everybody is back. */
const cutPower = async (demo: Demo, boots: string): Promise<void> => {
  const { transcript, node, crowd } = demo;
  await crowd.ask("talk");
  await sleep(TALK_MS / 3);
  const before = await crowd.ask("counts");
  await crowd.ask("killing");
  await node.kill();
  await node.start(demo.port);
  const { afterMs } = await crowd.ask("reconnected");
  const { cutByKill, lostByKill } = await crowd.ask("counts");
  transcript.output(
    `${cutByKill - before.cutByKill} sockets cut, ${lostByKill - before.lostByKill} messages were under way; ` +
      `everybody is back after ${formatMs(afterMs)}`,
  );
  transcript.say("What lived only in memory, the rooms' histories, is gone: no upgrade did that, a power cut did.");
  const found = await crowd.ask("releases");
  const holds = found[boots] === CLIENTS;
  transcript.claim(holds, `${boots} has booted`, holds ? `it answers all ${CLIENTS} clients` : JSON.stringify(found));
};
