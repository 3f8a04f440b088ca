// Writes relups and appups for people: an instruction a line, and behind it where it comes from.

import type { ScriptPlace } from "../../error.ts";
import type { Appup } from "../../release/appup.ts";
import type { Lines } from "../../release/json-lines.ts";
import type { RelupResult } from "../../release/make-relup.ts";
import type { RelupEntry } from "../../release/relup.ts";
import { describeInstruction } from "./format-script.ts";

/** A relup, in the order of its entries. */
export function describeRelup({ relup, places }: RelupResult): readonly string[] {
  const entry = (title: string, { script }: RelupEntry, comesFrom: readonly (readonly ScriptPlace[])[] = []) => [
    "",
    title,
    ...aligned(script.map((instruction, n) => [describeInstruction(instruction), describePlaces(comesFrom[n] ?? [])])),
  ];
  return [
    `relup of ${relup.vsn}`,
    ...relup.up.flatMap((one, n) => entry(`up: ${one.vsn} -> ${relup.vsn}`, one, places.up[n])),
    ...relup.down.flatMap((one, n) => entry(`down: ${relup.vsn} -> ${one.vsn}`, one, places.down[n])),
  ];
}

/** An appup, with the lines of its instructions where they are known. */
export function describeAppup(app: string, appup: Appup, lines?: Lines): readonly string[] {
  const entries = (direction: "upFrom" | "downTo") =>
    appup[direction].flatMap(({ vsn, script }) => [
      "",
      `${direction} ${typeof vsn === "string" ? vsn : `/${vsn.regexp}/`}`,
      ...(script.length === 0 ? ["    nothing to do"] : []),
      ...aligned(
        script.map((instruction) => {
          const line = lines?.of(instruction);
          return [describeInstruction(instruction), line === undefined ? "" : `line ${line}`];
        }),
      ),
    ]);
  return [`appup of ${app} ${appup.vsn}`, ...entries("upFrom"), ...entries("downTo")];
}

// Internal.

/** Behind a longer instruction the reason is not aligned with the others. */
const columnMax = 70;

function aligned(rows: readonly (readonly [what: string, why: string])[]): readonly string[] {
  const width = Math.min(columnMax, Math.max(0, ...rows.map(([what]) => what.length)));
  return rows.map(([what, why]) => `    ${what.padEnd(width)}${why === "" ? "" : `  # ${why}`}`.trimEnd());
}

/** `chat.appup.json, upFrom "0.1.0", lines 5, 7`: a script is named once. */
function describePlaces(places: readonly ScriptPlace[]): string {
  const scripts = Map.groupBy(places, ({ script }) => script);
  const describe = ([script, list]: [string, ScriptPlace[]]) => {
    const lines = [...new Set(list.map(({ line }) => line))].filter((line) => line !== undefined);
    const numbers = lines.length > 0 ? lines : [...new Set(list.map(({ position }) => position))];
    const noun = lines.length > 0 ? "line" : "instruction";
    return /^the /.test(script) ? script : `${script}, ${noun}${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")}`;
  };
  return [...scripts].map(describe).join("; ");
}
