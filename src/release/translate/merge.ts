// Merges the scripts of all contributions into one, in two parts: before and after the point of no return.
// OTP: systools_rc:merge_scripts/1.

import type { ScriptPlace } from "../../error.ts";
import { UnderwayError } from "../../error.ts";
import type { Lines } from "../json-lines.ts";
import type { Contribution } from "./item.ts";

/** An element of a script about which nothing is known yet, and where it stands. */
export interface Unchecked {
  readonly value: unknown;
  readonly place: ScriptPlace;
}

export interface Merged {
  readonly before: readonly Unchecked[];
  readonly after: readonly Unchecked[];
}

/**
 * Merges scripts.
 *
 * A script without `point_of_no_return` stands after it as a whole; each `load_object_code` found after it is moved to
 * the end of what that script has before it.
 *
 * @throws `relup/too_many_point_of_no_return`, `relup/bad_op_before_point_of_no_return`.
 */
export function merge(contributions: readonly Contribution[]): Merged {
  const parts = contributions.map(split);
  return { before: parts.flatMap((part) => part.before), after: parts.flatMap((part) => part.after) };
}

/** The place of an element of a script. Its line is only looked for when somebody asks: mostly nobody does. */
export function placeOf(script: string, index: number, element: unknown, lines: Lines | undefined): ScriptPlace {
  if (lines === undefined) return { script, position: index + 1 };
  return {
    script,
    position: index + 1,
    get line() {
      return lines.of(element);
    },
  };
}

// Internal.

function split({ name, script, lines, places }: Contribution): Merged {
  const elements = script.map(
    (value, index): Unchecked => ({ value, place: places?.[index] ?? placeOf(name, index, value, lines) }),
  );
  const points = elements.filter(isPoint);
  if (points[1] !== undefined) throw new UnderwayError("relup/too_many_point_of_no_return", { place: points[1].place });
  const at = points[0] === undefined ? 0 : elements.indexOf(points[0]);
  const before = elements.slice(0, at);
  const after = elements.slice(points[0] === undefined ? 0 : at + 1);
  for (const element of before) {
    if (nameOf(element) === "load_object_code" || nameOf(element) === "apply") continue;
    throw new UnderwayError("relup/bad_op_before_point_of_no_return", {
      instruction: element.value,
      place: element.place,
    });
  }
  const isObjectCode = (element: Unchecked) => nameOf(element) === "load_object_code";
  return {
    before: [...before, ...after.filter(isObjectCode)],
    after: after.filter((element) => !isObjectCode(element)),
  };
}

/** With anything behind its name it is none, and is refused when forms are checked. */
const isPoint = (element: Unchecked): boolean =>
  nameOf(element) === "point_of_no_return" && (element.value as readonly unknown[]).length === 1;

const nameOf = ({ value }: Unchecked): unknown => (Array.isArray(value) ? value[0] : undefined);
