// Prints what a build tells, as a person reads it.

import { styleText } from "node:util";
import type { Story } from "../assemble/story.ts";

/** Wide enough for `npm packages`; a longer label pushes its text aside. */
const labelWidth = 12;

/** Prints a story to a stream, in colours where it is a terminal that wants them. */
export function printStory(stream: NodeJS.WriteStream): Story {
  const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream });
  const print = (line: string) => stream.write(`${line.trimEnd()}\n`);
  return {
    step: (what, subject) => print(`${style("cyan", "==>")} ${style("bold", `${what} ${subject}`)}`),
    detail(label, text, durationMs) {
      const duration = durationMs === undefined ? "" : style("dim", ` (${formatDuration(durationMs)})`);
      print(`    ${label.padEnd(labelWidth)}  ${text}${duration}`);
    },
    warning: (text) => print(`    ${style("yellow", "warning".padEnd(labelWidth))}  ${text}`),
  };
}

/** 412.3 -> `412 ms`, 2412 -> `2.4 s`. */
export const formatDuration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
