// The table of error codes: the only file that every layer may import.
//
// A code is `area/reason`; the reason is OTP's own reason atom where one exists. Each entry turns the typed details into
// what happened, why, and the cure. Ask by code with `isUnderwayError(e, "gen_server/noproc")`, never with `instanceof`:
// two versions of a class are two classes.

/** What an entry of the table says to a person. */
export interface Explanation {
  /** One sentence, active, values quoted, no full stop. */
  readonly what: string;
  readonly why?: string;
  readonly cure?: string;
}

type Entry = (details: never) => Explanation;

// Internal. One line a code where it fits; sorted by area, then by reason.
const table = {
  "code/undef": (d: { module: string; export: string; version: string }) => ({
    what: `Cannot call "${d.export}" of module "${d.module}": the current version ${d.version} does not export it`,
    cure: "export it again, or change the caller in the same upgrade",
  }),
  "gen_server/noproc": (d: { server: string }) => ({
    what: `Cannot call ${d.server}: no such process`,
    why: "the process has ended, or no process is registered under this name",
    cure: "start it, or monitor it and handle its end",
  }),
} satisfies Record<string, Entry>;

/** Every code that Underway raises. */
export type ErrorCode = keyof typeof table;
/** The typed details of a code. */
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof table)[C]>[0];

/** An error with a code to ask by, and details that nobody needs to parse out of the message. */
export class UnderwayError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "UnderwayError";
  readonly code: C;
  readonly details: ErrorDetails<C>;

  constructor(code: C, details: ErrorDetails<C>, options?: ErrorOptions) {
    const { what, why, cure } = (table[code] as (details: ErrorDetails<C>) => Explanation)(details);
    const lines = [what, why && `  why:  ${why}`, cure && `  cure: ${cure}`, `  code: ${code}`];
    super(lines.filter(Boolean).join("\n"), options);
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells whether `e` is an Underway error, with this code when one is given.
 *
 * Works across two loaded versions of Underway, where `instanceof` would not.
 */
export const isUnderwayError = <C extends ErrorCode = ErrorCode>(e: unknown, code?: C): e is UnderwayError<C> =>
  e instanceof Error && e.name === "UnderwayError" && "code" in e && (code === undefined || e.code === code);
