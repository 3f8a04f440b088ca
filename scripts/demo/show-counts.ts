// The last table: everything that was counted, and what of it must be zero.

import type { Demo } from "./demo-context.ts";
import { formatCount, formatMs } from "./transcript.ts";

export const showCounts = async ({ transcript, crowd, changes, calm, undelivered }: Demo): Promise<void> => {
  await transcript.act("What was counted");
  const counts = await crowd.ask("counts");
  transcript.table([
    ["", "longest gap", "round trip", "at worst", "pause", "longest block", "install"],
    ...(calm === null ? [] : [["nothing happens", ...gapsOf(calm), "", "", ""]]),
    ...changes.map(({ what, watched, report }) => [
      what,
      ...gapsOf(watched),
      formatMs(report.pauseMs),
      formatMs(report.longestBlockMs),
      formatMs(report.durationMs),
    ]),
  ]);
  transcript.output(
    "gap: a client without a message; pause: the turn in which code and states change; block: of the event loop",
  );
  const lost = counts.missed + undelivered;
  transcript.counts([
    { what: "messages sent", value: formatCount(counts.sent) },
    { what: "messages received, at all clients", value: formatCount(counts.received), holds: counts.received > 0 },
    { what: "messages lost", value: formatCount(lost), holds: lost === 0 },
    { what: "messages reordered or doubled", value: formatCount(counts.reordered), holds: counts.reordered === 0 },
    { what: "messages with a wrong id", value: formatCount(counts.wrongId), holds: counts.wrongId === 0 },
    { what: "sockets dropped by upgrades", value: formatCount(counts.cut), holds: counts.cut === 0 },
    { what: "upgrades and downgrades", value: formatCount(changes.length) },
    { what: "longest gap during them", value: formatMs(Math.max(...changes.map((each) => each.watched.longestGapMs))) },
    {
      what: "longest pause, as the node reports it",
      value: formatMs(Math.max(...changes.map((each) => each.report.pauseMs))),
    },
    { what: "sockets cut by kill -9, all back", value: formatCount(counts.cutByKill) },
    { what: "messages under way at a kill -9", value: formatCount(counts.lostByKill) },
  ]);
};

const gapsOf = ({
  longestGapMs,
  roundTripP50Ms,
  roundTripMaxMs,
}: {
  readonly longestGapMs: number;
  readonly roundTripP50Ms: number;
  readonly roundTripMaxMs: number;
}): readonly string[] => [formatMs(longestGapMs), formatMs(roundTripP50Ms), formatMs(roundTripMaxMs)];
