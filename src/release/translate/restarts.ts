// Puts restarts of the node where they take effect, once each. OTP: systools_rc:sort_emulator_restart/3.
//
//   up     any restart_new_emulator -> one, in front of everything
//   down   any restart_new_emulator -> a restart_emulator
//   both   any restart_emulator     -> one, at the very end

import type { Instruction } from "../relup.ts";
import type { LowItem, Mode } from "./item.ts";
import { low } from "./item.ts";

/** Joins the two parts of a script around the point of no return, with its restarts in their places. */
export function placeRestarts(mode: Mode, before: readonly LowItem[], after: readonly LowItem[]): readonly LowItem[] {
  const placesOf = (name: Instruction[0]) =>
    after.filter((item) => item.low[0] === name).flatMap((item) => item.places);
  const newEmulator = placesOf("restart_new_emulator");
  const atEnd = [...placesOf("restart_emulator"), ...(mode === "down" ? newEmulator : [])];
  const rest = after.filter((item) => item.low[0] !== "restart_new_emulator" && item.low[0] !== "restart_emulator");
  return [
    ...(mode === "up" && newEmulator.length > 0 ? [low(["restart_new_emulator"], newEmulator)] : []),
    ...before,
    low(["point_of_no_return"], []),
    ...rest,
    ...(atEnd.length > 0 ? [low(["restart_emulator"], atEnd)] : []),
  ];
}
