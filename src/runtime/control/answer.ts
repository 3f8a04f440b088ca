// What a console answers.

import type { Json } from "../../release/data.ts";

export type Answer =
  /** `text`: the value as it is printed. `json`: the value itself where it can be written as JSON. */
  | { readonly kind: "value"; readonly text: string; readonly json?: Json }
  | { readonly kind: "error"; readonly text: string }
  /** Another line is needed. */
  | { readonly kind: "incomplete" };

/** Candidates, and what they complete. */
export type Completions = readonly [candidates: readonly string[], completed: string];

/** What a console talks to: a session in this very process, or one behind a socket. */
export interface Evaluator {
  evaluate(source: string): Promise<Answer>;
  complete(line: string): Promise<Completions>;
  /** Ends what is being evaluated; its promise resolves with an error. Nothing is evaluated: nothing happens. */
  interrupt(): void;
  /** The console is left. */
  end(): void;
}
