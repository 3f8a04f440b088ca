// Development: what leaves a process is made a value, and whoever changes one is named. Off unless asked for; then the
// places that ask `development !== null` cost nothing else. (design.md 2, invariant 10; docs/values.md)
//
//   message, reply, argument, timer, row, environment ──► leaves: is it data? frozen, and nobody's
//   state that a callback returns ─────────────────────► holds: is it data? frozen, and its process's
//   a write all the same ──────────────────────────────► value_changed: who, what, where in it, at which line
//
// Limit: a write to a frozen object in code that is not strict (an old npm package) does nothing, and nobody hears of it.

import { UnderwayError } from "../../error.ts";
import { currentProcess } from "./context.ts";
import { dataFault, formatFault } from "./data-fault.ts";
import type { Envelope } from "./mailbox.ts";
import { moduleName, moduleOf } from "./module-name.ts";
import { changedAt, type Guardian, latest, type Owned, Ownership, type SeenBytes, seeAgain } from "./ownership.ts";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import { placesOfWrite, refusedWrite, thrownAt } from "./refused-write.ts";
import { report } from "./report.ts";
import type { From } from "./request.ts";
import { onProcessEnd } from "./table.ts";

/** The checks of development; null in production. */
export let development: Development | null = null;

/**
 * Switches the checks of development on or off, for what happens from now on. They are on from the start where the
 * environment variable `UNDERWAY_DEVELOPMENT` is `1`, as `--development` of a release's control script sets it.
 */
export const setDevelopment = (on: boolean): void => {
  if (on) development ??= new Development();
  else development = null;
};

/** How a value leaves: `the message "say"`, and to whom, if that is a process. */
export interface Departure {
  readonly what: string;
  readonly to?: Process | null;
  /** The value is a list of arguments: the callee gets each of them, and nobody has the list. */
  readonly args?: boolean;
}

export class Development implements Guardian {
  /** Values that have left of late, for an error that does not say which one it was about. */
  readonly #recent: Recent[] = [];
  /** Messages of timers: they leave when the timer is set, and come later. */
  readonly #posted = new WeakSet<object>();
  /** The state of each process. */
  readonly #states = new WeakMap<Process, unknown>();
  /** Bytes that each process has sent, got or holds. */
  readonly #bytes = new Map<Pid, Set<SeenBytes>>();
  readonly #reported = new Set<string>();
  /** Who has a part in what is being looked at. */
  #parties: readonly Party[] = [];
  /** The migration under way: nobody may change anything. */
  #migration: string | null = null;

  constructor() {
    // Limit: a hook stays when the checks are switched off.
    onProcessEnd(({ pid }) => this.#bytes.delete(pid));
  }

  // Called where values leave.

  /** A value leaves the process that runs. */
  leaves(value: unknown, { what, to = null, args = false }: Departure): void {
    const from = currentProcess();
    this.#compare(from, true);
    const of = `${what} from ${nameOf(from)}${to === null ? "" : ` to ${nameOf(to)}`}`;
    const root = args ? "args" : "";
    this.#checkData(value, what, of, from, root);
    this.#parties = [from, to];
    new Ownership(this, thingOf(from, of, true), true).take(value, root);
    this.#remember(value, of, root);
  }

  /** A message comes to a process. What the runtime tells its own loops is none. */
  delivers(to: Process, { kind, tag, payload }: Envelope): void {
    if (kind === "system" || kind === "event") return;
    const { type } = (kind === "info" && typeof payload === "object" && payload !== null ? payload : {}) as Typed;
    // Made by the runtime of what was thrown.
    if (type === "DOWN" || type === "EXIT") return;
    if (typeof payload === "object" && payload !== null && this.#posted.has(payload)) return;
    if (kind === "info") this.leaves(payload, { what: "the message", to });
    else this.leaves(payload, { what: `the ${kind} "${tag}"`, to, args: true });
  }

  /** A message is handed to a timer. */
  posts(message: unknown): void {
    this.leaves(message, { what: "the timer message" });
    if (typeof message === "object" && message !== null) this.#posted.add(message);
  }

  /** A callback has returned. What it replies has left when the state is looked at: a Map may stand in both. */
  returns(process: Process, from: From | null, result: unknown): void {
    if (typeof result !== "object" || result === null) return;
    if ("reply" in result && from !== null) this.replies(from, result.reply);
    if ("state" in result) this.holds(process, result.state);
  }

  replies(from: From<never>, value: unknown): void {
    this.leaves(value, { what: "the reply", to: from.pid?.process ?? null });
  }

  /** A callback of a process has returned its state. */
  holds(process: Process, state: unknown): void {
    this.#compare(process, true);
    const of = `the state of ${nameOf(process)}`;
    this.#checkData(state, "state", of, process, "");
    this.#parties = [process];
    const inPlace = (process.body.module as { precopy?: unknown }).precopy === false;
    new Ownership(this, thingOf(process, of, false), !inPlace).take(state);
    this.#states.set(process, state);
  }

  /** A callback of a process begins. */
  begins(process: Process): void {
    this.#compare(process, false);
  }

  /**
   * Runs one step of a migration, which must not change the state that it is given.
   *
   * Throws `gen_server/impure_code_change`, and passes on what the step throws otherwise.
   */
  migrates<T>(state: unknown, details: Step, inPlace: boolean, step: () => T): T {
    this.#parties = [];
    const thing = { owner: null, left: false, of: `the state of a process of ${details.module}` };
    new Ownership(this, thing, !inPlace).take(state);
    this.#migration = `codeChange.${details.direction}[${details.key}] of ${details.module}`;
    try {
      return step();
    } catch (error) {
      const write = refusedWrite(error);
      const places = write === null ? [] : placesOfWrite(state, write, PLACES_NAMED);
      if (places.length === 0) throw error;
      const where = { ...details, path: places.join(" or "), at: thrownAt(error) };
      throw new UnderwayError("gen_server/impure_code_change", where, { cause: error });
    } finally {
      this.#migration = null;
    }
  }

  /** A process ends for an error, or one was thrown outside any: if it is a write to a value, says to which. */
  explain(process: Process | null, error: unknown): void {
    const write = refusedWrite(error);
    if (write === null) return;
    const mine = this.#recent.filter(({ parties }) => process !== null && parties.includes(process));
    const state = process === null ? undefined : this.#states.get(process);
    const others = this.#recent.filter((one) => !mine.includes(one));
    const held = { value: state, of: `the state of ${nameOf(process)}`, root: "" };
    const candidates = [...mine.reverse().map(alive), held, ...others.reverse().map(alive)];
    for (const { value, of, root } of candidates) {
      const places = placesOfWrite(value, write, PLACES_NAMED, root);
      if (places.length === 0) continue;
      reportChange(culprit(process), places.join(" or "), of, thrownAt(error), "tried to change");
      return;
    }
  }

  // Called by the walk.

  changing(thing: Owned, operation: string): void {
    if (development !== this) return;
    const process = currentProcess();
    // Nobody's yet is what a migration has made.
    const own = thing.owner === null || thing.owner === process?.pid;
    if (own && !thing.left && process !== null && !process.resting && this.#migration === null) return;
    const path = thing.path === "" ? operation : `${thing.path}.${operation}`;
    const by = this.#migration ?? `${culprit(process)}${process?.resting ? ", outside a callback," : ""}`;
    const error = new UnderwayError("process/value_changed", { by, path, of: thing.of });
    reportChange(by, path, thing.of, thrownAt(error), "tried to change");
    throw error;
  }

  sees(bytes: SeenBytes): void {
    for (const process of this.#parties) {
      if (process === null) continue;
      const of = this.#bytes.get(process.pid);
      if (of === undefined) this.#bytes.set(process.pid, new Set([bytes]));
      else of.add(bytes);
    }
  }

  // Internal.

  /** `inside`: a callback of the process is over or under way, and what has changed it has changed. */
  #compare(process: Process | null, inside: boolean): void {
    const all = process === null ? undefined : this.#bytes.get(process.pid);
    if (process === null || all === undefined) return;
    for (const each of all) {
      const seen = latest(each);
      if (seen !== each) all.delete(each);
      if (seen === undefined) continue;
      if (seen !== each) all.add(seen);
      const at = changedAt(seen);
      if (at === null) continue;
      seeAgain(seen);
      if (inside && !seen.left && seen.owner === process.pid) continue;
      const path = `${seen.path}${at < 0 ? "" : `[${at}]`}`;
      const by = inside ? nameOf(process) : `somebody outside the callbacks of ${nameOf(process)}`;
      reportChange(by, path, seen.of, null, "changed");
    }
  }

  #checkData(value: unknown, what: string, of: string, process: Process | null, root: string): void {
    const fault = dataFault(value);
    if (fault === null) return;
    const key = `${process === null ? "" : moduleName(process.body.module)} ${what} ${fault.path.replace(/\d+/g, "0")}`;
    if (this.#reported.has(key) || this.#reported.size >= REPORTED_MAX) return;
    this.#reported.add(key);
    report({
      level: "error",
      kind: "not_data",
      message: `${of} is not data: ${root}${formatFault(fault)}`,
      details: { path: `${root}${fault.path}`, at: thrownAt(new Error()) },
    });
  }

  #remember(value: unknown, of: string, root: string): void {
    if (typeof value !== "object" || value === null) return;
    this.#recent.push({ value: new WeakRef(value), of, root, parties: this.#parties });
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
  }
}

// Internal.

type Party = Process | null;
/** A value that has left. */
interface Recent {
  readonly value: WeakRef<object>;
  readonly of: string;
  /** How paths in it begin. */
  readonly root: string;
  readonly parties: readonly Party[];
}
type Typed = { readonly type?: unknown };
/** A step of a migration. */
interface Step {
  readonly module: string;
  readonly direction: string;
  readonly key: number;
}

/** Departures that are remembered. */
const RECENT_MAX = 256;
/** Places named when it is not certain which one it was. */
const PLACES_NAMED = 3;
/** The same mistake is told once, and so many at all. */
const REPORTED_MAX = 1_000;

const thingOf = (process: Process | null, of: string, left: boolean): Omit<Owned, "path"> => ({
  owner: process?.pid ?? null,
  left,
  of,
});

const nameOf = (process: Process | null): string => {
  if (process === null) return "outside any process";
  const name = process.registeredName ?? moduleOf(process.body.module);
  return name === undefined ? String(process.pid) : `${process.pid} (${name})`;
};

const alive = ({ value, of, root }: Recent) => ({ value: value.deref(), of, root });

const culprit = (process: Process | null): string => (process === null ? "somebody " : "") + nameOf(process);

const reportChange = (by: string, path: string, of: string, at: string | null, did: string): void =>
  report({
    level: "error",
    kind: "value_changed",
    message: `${by} ${did} ${path === "" ? "" : `${path} in `}${of}`,
    details: { by, path, of, at },
  });

if (process.env.UNDERWAY_DEVELOPMENT === "1") setDevelopment(true);
