// The chain of migrations that brings a state from one shape to another. Pure. OTP: code_change/3.

import { UnderwayError } from "../../error.ts";
import type { CodeChangeRequest } from "../process/body.ts";
import { dataFault, formatFault } from "../process/data-fault.ts";
import { development } from "../process/development.ts";
import { type CodeChangeContext, vsnOf } from "../process/system-code-change.ts";
import type { AnyCodeChange } from "./gen-server-types.ts";

/** A state and the version of its shape. */
export interface Versioned {
  readonly state: unknown;
  readonly vsn: number;
}

/** What each step of a change gets beside the state or the message. */
export const contextOf = ({ extra, env }: CodeChangeRequest, fromVsn: number): CodeChangeContext => ({
  extra,
  fromVsn,
  env,
});

/**
 * Runs the missing steps: `up` of the version that shall hold the state, or `down` of the one that made it. Equal
 * versions: the very same state.
 *
 * Throws `gen_server/no_code_change` when a step is missing and `gen_server/bad_code_change` when a step returns a
 * promise or nothing; passes on what a step throws.
 */
export const migrate = (held: Versioned, module: string, change: CodeChangeRequest): Versioned => {
  const toVsn = vsnOf(change.to);
  const context = contextOf(change, held.vsn);
  let { state, vsn } = held;
  while (vsn !== toVsn) {
    const up = vsn < toVsn;
    const key = up ? vsn : vsn - 1;
    const table = (up ? change.to : change.from).codeChange as AnyCodeChange | undefined;
    const direction = up ? "up" : "down";
    const step = table?.[direction]?.[key];
    if (step === undefined) throw new UnderwayError("gen_server/no_code_change", { module, direction, key, toVsn });
    const [from, run] = [state, step];
    state =
      development === null
        ? run(from, context)
        : development.migrates(from, { module, direction, key }, change.from.precopy === false, () =>
            run(from, context),
          );
    const got = notState(state);
    if (got !== null) throw new UnderwayError("gen_server/bad_code_change", { module, direction, key, got });
    vsn += up ? 1 : -1;
  }
  return { state, vsn };
};

// Internal.

/** What a step has returned that cannot be a state; null if it can. Of a large state not everything is looked at. */
const notState = (state: unknown): string | null => {
  if (state === undefined) return "undefined";
  if (state instanceof Promise) return "a promise";
  const fault = dataFault(state, "quick");
  return fault === null ? null : `what is not data: ${formatFault(fault)}`;
};
