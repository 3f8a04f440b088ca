// Random work for a supervisor and for a GenServer, in a form that both Erlang and Underway can play. See otp.escript.

import fc from "fast-check";
import type { Term } from "../../src/tools/erlang/term.ts";
import { atom, tuple } from "../../src/tools/erlang/term.ts";

export const IDS = ["a", "b", "c", "d"] as const;
export type Id = (typeof IDS)[number];

export type SuperviseStep =
  | readonly ["start" | "terminate" | "restart" | "delete" | "kill", Id]
  | readonly ["stop", Id, string]
  | readonly ["fail" | "ignore", Id, number];

export interface SuperviseCase {
  readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
  readonly intensity: number;
  readonly autoShutdown: "never" | "any_significant" | "all_significant";
  readonly children: readonly {
    readonly id: Id;
    readonly restart: "permanent" | "transient" | "temporary";
    readonly significant: boolean;
  }[];
  readonly steps: readonly SuperviseStep[];
}

export type Action =
  | readonly ["reply" | "reply_continue" | "answer", number]
  | readonly ["noreply" | "noreply_continue" | "bad" | "error"]
  | readonly ["stop" | "exit", string]
  | readonly ["stop_reply", string, number];

export interface ServeCase {
  readonly init: "ok" | "continue" | "ignore" | "stop" | "error" | "bad";
  readonly steps: readonly (readonly ["call" | "cast" | "info", Action])[];
}

const id = fc.constantFrom(...IDS);
const reason = fc.constantFrom("normal", "shutdown", "boom");
const few = fc.integer({ min: 1, max: 2 });
const word = <const W extends string>(...words: readonly W[]) => fc.constantFrom(...words);

const superviseStep: fc.Arbitrary<SuperviseStep> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(word("start", "terminate", "restart", "delete", "kill"), id) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("stop" as const), id, reason) },
  { weight: 1, arbitrary: fc.tuple(word("fail", "ignore"), id, few) },
);

/** Only what the specifications allow: a significant child is not permanent, and wants an autoShutdown. */
export const superviseCase: fc.Arbitrary<SuperviseCase> = fc
  .record({
    strategy: word("one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"),
    intensity: fc.nat(5),
    autoShutdown: word("never", "never", "any_significant", "all_significant"),
    restarts: fc.array(fc.tuple(word("permanent", "transient", "temporary"), fc.boolean()), {
      minLength: IDS.length,
      maxLength: IDS.length,
    }),
    count: fc.integer({ min: 0, max: IDS.length }),
    steps: fc.array(superviseStep, { minLength: 1, maxLength: 15 }),
  })
  .map(({ strategy, intensity, autoShutdown, restarts, count, steps }) => {
    const dynamic = strategy === "simple_one_for_one";
    const auto = dynamic ? "never" : autoShutdown;
    const children = IDS.map((one, n) => {
      const [restart, significant] = restarts[n] ?? ["permanent", false];
      return { id: one, restart, significant: significant && auto !== "never" && restart !== "permanent" };
    });
    // A step about a child that the specifications do not have adds it.
    const first = dynamic ? children.slice(0, 1) : children;
    return {
      strategy,
      intensity,
      autoShutdown: auto,
      children: first,
      steps: dynamic ? onlyDynamic(steps) : steps,
      count,
    };
  })
  .map(({ count: _, ...rest }) => rest);

/**
 * A dynamic child has no id: it is neither restarted nor deleted by one. Nor does any ignore: OTP keeps one whose restart is
 * ignored as a child `undefined` for ever; ours is forgotten.
 */
const onlyDynamic = (steps: readonly SuperviseStep[]): readonly SuperviseStep[] =>
  steps.map((step) => {
    const [what, id] = step;
    if (what === "restart" || what === "delete") return ["start", id];
    return what === "ignore" ? ["fail", id, step[2]] : step;
  });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(word("reply", "reply_continue", "answer"), fc.nat(9)) },
  { weight: 5, arbitrary: fc.tuple(word("noreply", "noreply_continue")) },
  { weight: 1, arbitrary: fc.tuple(word("bad", "error")) },
  { weight: 1, arbitrary: fc.tuple(word("stop", "exit"), reason) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("stop_reply" as const), reason, fc.nat(9)) },
);

export const serveCase: fc.Arbitrary<ServeCase> = fc.record({
  init: fc.oneof(
    { weight: 6, arbitrary: word("ok", "continue") },
    { weight: 1, arbitrary: word("ignore", "stop", "error", "bad") },
  ),
  steps: fc.array(fc.tuple(word("call", "call", "cast", "info"), action), { maxLength: 10 }),
});

// As questions to OTP.

const termOf = (value: string | number | boolean): Term => (typeof value === "number" ? value : atom(String(value)));
const step = (parts: readonly (string | number)[]): Term =>
  parts.length === 1 ? termOf(parts[0] as string) : tuple(...parts.map(termOf));

export const superviseQuestion = ({ strategy, intensity, autoShutdown, children, steps }: SuperviseCase): Term =>
  tuple(
    atom("supervise"),
    tuple(atom(strategy), intensity, atom(autoShutdown)),
    children.map((child) => tuple(atom(child.id), atom(child.restart), termOf(child.significant))),
    steps.map(step),
  );

export const serveQuestion = ({ init, steps }: ServeCase): Term =>
  tuple(
    atom("serve"),
    atom(init),
    steps.map(([kind, one]) => tuple(atom(kind), step(one))),
  );
