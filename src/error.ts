// The table of error codes: with `error/`, the only files that every layer may import. The table of an area stands in
// `error/<area>.ts`.
//
// A code is `area/reason`; the reason is OTP's own reason atom where one exists. Each entry turns the typed details into
// what happened, why, and the cure. Ask by code with `isUnderwayError(e, "gen_server/noproc")`, never with `instanceof`:
// two versions of a class are two classes.

import { application } from "./error/application.ts";
import { appup } from "./error/appup.ts";
import { assemble } from "./error/assemble.ts";
import { code } from "./error/code.ts";
import { compile } from "./error/compile.ts";
import { config } from "./error/config.ts";
import { connection } from "./error/connection.ts";
import { control } from "./error/control.ts";
import { erlang } from "./error/erlang.ts";
import { genServer } from "./error/gen-server.ts";
import { http } from "./error/http.ts";
import { node } from "./error/node.ts";
import { process } from "./error/process.ts";
import { release } from "./error/release.ts";
import { relup } from "./error/relup.ts";
import { resource } from "./error/resource.ts";
import { supervisor } from "./error/supervisor.ts";
import { sys } from "./error/sys.ts";
import { task } from "./error/task.ts";
import { testing } from "./error/testing.ts";
import type { Explanation } from "./error/words.ts";

export type { Explanation, ScriptPlace } from "./error/words.ts";

/** Explains each code. `docs/errors.md` is made of it. */
export const explanations = {
  ...application,
  ...appup,
  ...assemble,
  ...code,
  ...compile,
  ...config,
  ...connection,
  ...control,
  ...erlang,
  ...genServer,
  ...http,
  ...node,
  ...process,
  ...release,
  ...relup,
  ...resource,
  ...supervisor,
  ...sys,
  ...task,
  ...testing,
};

/** Every code that Underway raises. */
export type ErrorCode = keyof typeof explanations;
/** The typed details of a code. */
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof explanations)[C]>[0];

/** An error with a code to ask by, and details that nobody needs to parse out of the message. */
export class UnderwayError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "UnderwayError";
  readonly code: C;
  readonly details: ErrorDetails<C>;

  constructor(code: C, details: ErrorDetails<C>, options?: ErrorOptions) {
    const { what, why, cure } = (explanations[code] as (details: ErrorDetails<C>) => Explanation)(details);
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
