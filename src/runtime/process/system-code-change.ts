// The migration of a special process: the arguments of the function it loops in, brought from one shape to another.
// Pure. OTP: Module:system_code_change/4.

import { UnderwayError } from "../../error.ts";
import type { CodeChangeRequest } from "./body.ts";
import { moduleName } from "./module-name.ts";

/** What a migration step gets beside what it migrates. */
export interface CodeChangeContext {
  /** From the appup's `{ advanced: extra }`. */
  readonly extra: unknown;
  /** The vsn of the state when the whole chain began. */
  readonly fromVsn: number;
  /** The application's new configuration. */
  readonly env: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the shapes of former versions are known to the steps only.
type Any = any;
type LoopStep<To extends readonly unknown[]> = (args: Any, context: CodeChangeContext) => To;

/**
 * Export it from the module of a special process: one whose loop stands in `receive` and goes on by `become`.
 *
 * It names each function that the process loops in, with the steps between neighbouring shapes of that function's
 * arguments: `up[n]` makes those of vsn n + 1 out of those of n, `down[n]` those of n out of those of n + 1. Always
 * chained, and none is called while `vsn` is the same. A step gets the arguments as one array and returns an array.
 *
 * ```ts
 * export const vsn = 2;
 * export const loop = async (total: number, step: number): Promise<Become> => {
 *   const add = await receive<number>();
 *   return become(self, "loop", total + add * step, step);
 * };
 * export const systemCodeChange = {
 *   loop: {
 *     up: { 1: ([total]: [number]) => [total, 1] },
 *     down: { 1: ([total]: [number, number]) => [total] },
 *   },
 * } satisfies SystemCodeChange<{ loop: typeof loop }>;
 * ```
 *
 * At an upgrade that changes the module, a process that waits in the first `receive` of such a function, called by that
 * function itself, leaves it there and begins it anew in the new version, with the migrated arguments. So whatever stands
 * before the `receive` runs once more, and an `afterMs` starts again. No message is lost: one that has come is taken by
 * the new version. A process that is anywhere else in the function finishes it in the old code; what it hands to
 * `become` is migrated then.
 *
 * Synchronous and pure: a step may run more than once, and its result may be thrown away. A step that is missing, throws,
 * or returns no array refuses the install (`release/migration_failed`).
 *
 * OTP: Module:system_code_change/4, and the receive clause `{system, From, Request}`. Deviation: OTP hands the old
 * module's version over once, and jumps.
 */
export type SystemCodeChange<Loops extends Readonly<Record<string, (...args: never[]) => unknown>>> = {
  readonly [F in keyof Loops]: {
    readonly up?: { readonly [fromVsn: number]: LoopStep<readonly unknown[]> };
    readonly down?: { readonly [toVsn: number]: LoopStep<readonly unknown[]> };
    readonly [args]?: Parameters<Loops[F]>;
  };
};
declare const args: unique symbol;

/** Arguments of a loop, and the version of their shape. */
export interface VersionedArgs {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly vsn: number;
}

/** What a version of a module exports. */
type Exports = Readonly<Record<string, unknown>>;
type Steps = { readonly [direction in "up" | "down"]?: { readonly [vsn: number]: LoopStep<readonly unknown[]> } };

/** Version of the shape of the states and arguments that this version of a module makes. */
export const vsnOf = (exports: { readonly vsn?: unknown }): number =>
  typeof exports.vsn === "number" ? exports.vsn : 1;

/** True if the functions that a module loops in have update points. */
export const isSpecial = (exports: Exports): boolean =>
  typeof exports.systemCodeChange === "object" && exports.systemCodeChange !== null;

/** True if one of the two versions says that the processes which loop in this function may be brought over. */
export const hasUpdatePoint = ({ from, to }: CodeChangeRequest, fn: string): boolean =>
  stepsOf(from, fn) !== undefined || stepsOf(to, fn) !== undefined;

/**
 * Runs the missing steps of the function that the arguments are for. A function that neither version names keeps its
 * arguments.
 *
 * Throws `process/undef` when the new version has no such function, `process/no_code_change` when a step is missing,
 * `process/bad_code_change` when a step does not return an array; passes on what a step throws.
 */
export const migrateArgs = (held: VersionedArgs, module: object, change: CodeChangeRequest): VersionedArgs => {
  const { fn } = held;
  const { from, to } = change;
  const toVsn = vsnOf(to);
  if (!hasUpdatePoint(change, fn)) return { ...held, vsn: toVsn };
  const name = moduleName(module);
  if (typeof to[fn] !== "function") throw new UnderwayError("process/undef", { module: name, function: fn });
  const context: CodeChangeContext = { extra: change.extra, fromVsn: held.vsn, env: change.env };
  let { args, vsn } = held;
  while (vsn !== toVsn) {
    const up = vsn < toVsn;
    const [key, direction] = up ? ([vsn, "up"] as const) : ([vsn - 1, "down"] as const);
    const step = stepsOf(up ? to : from, fn)?.[direction]?.[key];
    const place = { module: name, function: fn, direction, key };
    if (step === undefined) throw new UnderwayError("process/no_code_change", { ...place, toVsn });
    args = step(args, context);
    if (!Array.isArray(args)) throw new UnderwayError("process/bad_code_change", place);
    vsn += up ? 1 : -1;
  }
  return { fn, args, vsn };
};

// Internal.

const stepsOf = (exports: Exports, fn: string): Steps | undefined => {
  const { systemCodeChange } = exports;
  if (typeof systemCodeChange !== "object" || systemCodeChange === null) return undefined;
  return Object.hasOwn(systemCodeChange, fn) ? (systemCodeChange as Record<string, Steps>)[fn] : undefined;
};
