// What a supervisor's `init` returns: how to supervise, and whom. Types, constructors and checks; pure.
// OTP: supervisor's flags and child specifications, supervisor:check_childspecs/1.

import { UnderwayError } from "../../error.ts";
import type { Mfa } from "../process/mfa.ts";
import type { Pid } from "../process/pid.ts";
import { type Ignore, ignore } from "./gen-server-types.ts";

/** What starts a child: it returns the pid of a new process, linked to the supervisor that calls it. */
export type Started = Pid | Promise<Pid>;

/** Which children are restarted when one has ended. */
export type Strategy =
  /** That one. */
  | "one_for_one"
  /** All. */
  | "one_for_all"
  /** That one and all that were started after it. */
  | "rest_for_one"
  /** That one, of many of one kind, each started by `startChild` with arguments of its own. */
  | "simple_one_for_one";

/** When a child that ended by itself is started again: always; when it ended abnormally; never. */
export type Restart = "permanent" | "transient" | "temporary";

/** How long a child may take to end when it is told to: milliseconds, no time at all, or as long as it needs. */
export type Shutdown = number | "brutal_kill" | "infinity";

/** Whether a supervisor ends by itself when significant children have. */
export type AutoShutdown = "never" | "any_significant" | "all_significant";

export interface Flags {
  /** Default: `one_for_one`. */
  readonly strategy?: Strategy;
  /** The supervisor gives up at one restart more than this in `periodMs`. Default: 1. */
  readonly intensity?: number;
  /** In milliseconds. OTP's is in seconds. Default: 5000. */
  readonly periodMs?: number;
  /** Default: `never`. */
  readonly autoShutdown?: AutoShutdown;
}

/**
 * One child. `Extra` are the arguments that `startChild` adds, for a supervisor of many children of one kind.
 *
 * OTP: child_spec(). Deviation: there is no `modules`, since processes are found by their callback module.
 */
export interface ChildSpec<Extra extends readonly unknown[] = [], out R extends Started = Started> {
  /** Names the child within its supervisor. */
  readonly id: string;
  /** As data, so that the child is started again in the version that is current then. */
  readonly start: Mfa<Extra, R>;
  /** Default: `permanent`. */
  readonly restart?: Restart;
  /** Default: 5000 for a worker, `infinity` for a supervisor. */
  readonly shutdown?: Shutdown;
  /** Default: `worker`. */
  readonly type?: "worker" | "supervisor";
  /** Counts for the supervisor's `autoShutdown`. Default: false. */
  readonly significant?: boolean;
}

/** A child specification of whatever arguments, as the supervisor keeps it. */
// biome-ignore lint/suspicious/noExplicitAny: only `any` is accepted in the place of every list of parameters.
export type AnyChildSpec = ChildSpec<any, Started>;

/** Result of a supervisor's `init`. OTP: {ok, {SupFlags, ChildSpecs}}. */
export interface StaticOk {
  readonly kind: "ok";
  readonly flags: Flags;
  readonly children: readonly ChildSpec[];
}

/** Result of the `init` of a simple_one_for_one supervisor, which knows its children's arguments and pids. */
export interface DynamicOk<Extra extends readonly unknown[] = readonly unknown[], out R extends Started = Started> {
  readonly kind: "ok";
  readonly flags: Flags & { readonly strategy: "simple_one_for_one" };
  readonly children: readonly [ChildSpec<Extra, R>];
}

/** `ok` of whatever strategy. */
export interface AnyOk {
  readonly kind: "ok";
  readonly flags: Flags;
  readonly children: readonly AnyChildSpec[];
}

type FlagsOf<S extends Strategy> = Omit<Flags, "strategy" | "autoShutdown"> & {
  readonly strategy?: S;
  readonly autoShutdown?: S extends "simple_one_for_one" ? "never" : AutoShutdown;
};

/** A supervisor module. Its `init` is synchronous: it is asked again when its code changes. */
export interface SupervisorCallbacks {
  readonly behaviour: "supervisor";
  readonly vsn?: number;
  init(arg: never): AnyOk | Ignore;
}

// API.

/**
 * How to supervise, and the children in the order in which they are started; or, for `simple_one_for_one`, the one
 * specification of all children.
 *
 * OTP: the result {ok, {SupFlags, ChildSpecs}} of Module:init/1.
 */
export function ok<
  const S extends Strategy = "one_for_one",
  Extra extends readonly unknown[] = [],
  R extends Started = Started,
>(
  flags: FlagsOf<S>,
  children: S extends "simple_one_for_one" ? readonly [ChildSpec<Extra, R>] : readonly ChildSpec[],
): S extends "simple_one_for_one" ? DynamicOk<Extra, R> : StaticOk;
export function ok(flags: Flags, children: readonly AnyChildSpec[]): AnyOk {
  return { kind: "ok", flags, children };
}

export { ignore };

/** Flags with nothing left out. */
export type CompleteFlags = Required<Flags>;
/** A child specification with nothing left out. */
export type CompleteSpec = Required<AnyChildSpec>;

/** A result of `init` that has been checked. */
export interface CheckedOk {
  readonly flags: CompleteFlags;
  readonly specs: readonly CompleteSpec[];
}

/**
 * Checks what a supervisor's `init` returned and fills in the defaults; null for `ignore`.
 *
 * Throws `supervisor/bad_return` and what `checkFlags` and `checkSpecs` throw.
 */
export const checkInit = (module: string, result: unknown): CheckedOk | null => {
  if (isObject(result) && result.kind === "ignore") return null;
  if (!isObject(result) || result.kind !== "ok" || !Array.isArray(result.children)) {
    throw new UnderwayError("supervisor/bad_return", { module, value: shown(result) });
  }
  const flags = checkFlags(result.flags);
  const specs = checkSpecs(result.children, flags);
  if (flags.strategy === "simple_one_for_one" && specs.length !== 1) {
    throw new UnderwayError("supervisor/one_child_expected", { module, count: specs.length });
  }
  return { flags, specs };
};

/** Throws `supervisor/bad_flags`, `invalid_strategy`, `invalid_intensity`, `invalid_period` or `invalid_auto_shutdown`. */
export const checkFlags = (flags: unknown): CompleteFlags => {
  if (!isObject(flags)) throw new UnderwayError("supervisor/bad_flags", { value: shown(flags) });
  const { strategy = "one_for_one", intensity = 1, periodMs = 5_000, autoShutdown = "never" } = flags;
  check(oneOf(strategy, STRATEGIES), "supervisor/invalid_strategy", null, strategy);
  check(isCount(intensity), "supervisor/invalid_intensity", null, intensity);
  check(isCount(periodMs) && periodMs > 0, "supervisor/invalid_period", null, periodMs);
  check(oneOf(autoShutdown, AUTO_SHUTDOWNS), "supervisor/invalid_auto_shutdown", null, autoShutdown);
  return { strategy, intensity, periodMs, autoShutdown };
};

/** Throws what `checkSpec` throws, and `supervisor/duplicate_child_name`. */
export const checkSpecs = (specs: readonly unknown[], flags: CompleteFlags): readonly CompleteSpec[] => {
  const ids = new Set<string>();
  return specs.map((one) => {
    const spec = checkSpec(one, flags);
    check(!ids.has(spec.id), "supervisor/duplicate_child_name", spec.id, spec.id);
    ids.add(spec.id);
    return spec;
  });
};

/**
 * Checks one specification and fills in the defaults.
 *
 * Throws `supervisor/` and `invalid_child_spec`, `missing_id`, `missing_start`, `invalid_mfa`, `invalid_restart_type`,
 * `invalid_shutdown`, `invalid_child_type`, `invalid_significant` or `bad_combination`.
 */
export const checkSpec = (value: unknown, flags: CompleteFlags): CompleteSpec => {
  check(isObject(value), "supervisor/invalid_child_spec", null, value);
  const { id, start, restart = "permanent", type = "worker", significant = false } = value;
  check(typeof id === "string" && id !== "", "supervisor/missing_id", null, value);
  check(start !== undefined, "supervisor/missing_start", id, value);
  check(isMfa(start), "supervisor/invalid_mfa", id, start);
  check(oneOf(restart, RESTARTS), "supervisor/invalid_restart_type", id, restart);
  check(oneOf(type, CHILD_TYPES), "supervisor/invalid_child_type", id, type);
  check(typeof significant === "boolean", "supervisor/invalid_significant", id, significant);
  const shutdown = value.shutdown ?? (type === "worker" ? WORKER_SHUTDOWN_MS : "infinity");
  check(isShutdown(shutdown), "supervisor/invalid_shutdown", id, shutdown);
  const combines = !significant || (restart !== "permanent" && flags.autoShutdown !== "never");
  check(combines, "supervisor/bad_combination", id, { restart, significant, autoShutdown: flags.autoShutdown });
  return { id, start, restart, shutdown, type, significant };
};

// Internal.

const STRATEGIES = ["one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"] as const;
const AUTO_SHUTDOWNS = ["never", "any_significant", "all_significant"] as const;
const RESTARTS = ["permanent", "transient", "temporary"] as const;
const CHILD_TYPES = ["worker", "supervisor"] as const;
/** OTP's default. */
const WORKER_SHUTDOWN_MS = 5_000;

type SpecError =
  | "supervisor/bad_combination"
  | "supervisor/duplicate_child_name"
  | "supervisor/invalid_auto_shutdown"
  | "supervisor/invalid_child_spec"
  | "supervisor/invalid_child_type"
  | "supervisor/invalid_intensity"
  | "supervisor/invalid_mfa"
  | "supervisor/invalid_period"
  | "supervisor/invalid_restart_type"
  | "supervisor/invalid_shutdown"
  | "supervisor/invalid_significant"
  | "supervisor/invalid_strategy"
  | "supervisor/missing_id"
  | "supervisor/missing_start";

function check(holds: boolean, code: SpecError, id: unknown, value: unknown): asserts holds {
  if (!holds) throw new UnderwayError(code, { id: typeof id === "string" ? id : null, value: shown(value) });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const oneOf = <T extends string>(value: unknown, words: readonly T[]): value is T => words.includes(value as T);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isShutdown = (value: unknown): value is Shutdown =>
  isCount(value) || value === "brutal_kill" || value === "infinity";
const isMfa = (value: unknown): value is CompleteSpec["start"] =>
  isObject(value) && isObject(value.module) && typeof value.function === "string" && Array.isArray(value.args);

const shown = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};
