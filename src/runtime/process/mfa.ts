// Module, function, arguments: what may be called back later, as data. A closure kept instead would be old code kept
// alive; the function of an Mfa is looked up in the module's current version at each call. OTP: `{M, F, A}`.

import { UnderwayError } from "../../error.ts";
import type { DataEach } from "./data.ts";
import { moduleName } from "./module-name.ts";

declare const brand: unique symbol;

/** Names of the functions that a module exports. */
export type FunctionNames<M> = {
  [F in keyof M & string]: M[F] extends (...args: never[]) => unknown ? F : never;
}[keyof M & string];

/** Arguments of an exported function. */
export type ArgsOf<F> = F extends (...args: infer A) => unknown ? A : never;

/**
 * A call to be made later. `Rest` are the arguments that the one who makes it adds at the end, `R` is what it returns.
 *
 * OTP: `{M, F, A}`; with a `Rest`, as the start of a simple_one_for_one child.
 */
export interface Mfa<Rest extends readonly unknown[] = [], out R = unknown> {
  readonly [brand]?: ((...rest: Rest) => R) | undefined;
  /** The module's handle; never a version. */
  readonly module: object;
  readonly function: string;
  readonly args: readonly unknown[];
}

/** An Mfa that may wait for whatever arguments. */
// biome-ignore lint/suspicious/noExplicitAny: only `any` is accepted in the place of every list of parameters.
export type AnyMfa = Mfa<any, unknown>;

// `P` without as many elements in front as `A` has.
type Without<P extends readonly unknown[], A extends readonly unknown[]> = A extends readonly [unknown, ...infer AT]
  ? P extends readonly [_?: unknown, ...infer PT]
    ? Without<PT, AT>
    : []
  : P;

// The beginnings of a list of parameters, the empty and the whole one included.
type Beginning<P extends readonly unknown[]> = P extends readonly []
  ? []
  : number extends P["length"]
    ? P
    : P extends readonly [_?: infer H, ...infer T]
      ? [] | [H, ...Beginning<T>]
      : P;

type Result<F> = F extends (...args: never[]) => infer R ? R : never;

// API.

/**
 * Makes a call to be made later: `mfa(Room, "startLink", "lobby")`. Checked like the call itself; arguments may be left
 * out at the end for the one who makes the call to add.
 */
export const mfa = <M extends object, F extends FunctionNames<M>, A extends Beginning<DataEach<ArgsOf<M[F]>>>>(
  module: M,
  fn: F,
  ...args: A
): Mfa<Without<ArgsOf<M[F]>, A>, Result<M[F]>> => ({ module, function: fn, args });

/**
 * Makes the call, in the module's current version.
 *
 * Throws `process/undef` when that version exports no such function, and what the function throws.
 */
export const applyMfa = <Rest extends readonly unknown[], R>(call: Mfa<Rest, R>, ...rest: Rest): R => {
  const { module, function: fn, args } = call;
  const target = (module as Readonly<Record<string, unknown>>)[fn];
  if (typeof target !== "function") {
    throw new UnderwayError("process/undef", { module: moduleName(module), function: fn });
  }
  return target(...args, ...rest) as R;
};

/** A call as a person writes it: `chat/room:startLink/2`. The module is a handle, or a name in a file. */
export const formatMfa = (
  call: { readonly module: object | string; readonly function: string; readonly args: readonly unknown[] },
  extra = 0,
): string => {
  const { module } = call;
  const name = typeof module === "string" ? module : moduleName(module);
  return `${name}:${call.function}/${call.args.length + extra}`;
};
