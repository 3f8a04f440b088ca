// What goes over the control socket: JSON, a line each.
//
//   control script ─► node      { "format": 1, "command": "install", "args": { "vsn": "0.2.0" } }      once
//                  ◄─           { "progress": "…" }                                                     any number
//                  ◄─           { "result": … }  or  { "error": { code, message, exitCode } }           once, the end
//
// A console goes on after its request, until the script ends it; answers carry the number of what they answer:
//
//                  ─►           { "id": 1, "evaluate": "1 + 1" }  { "id": 2, "complete": "Rel" }  { "interrupt": true }
//                  ◄─           { "id": 1, "answer": … }  { "id": 2, "completions": [[…], "Rel"] }  { "output": "…" }
//
// A request runs in the node, and goes on when the script that asked goes away.

import type { Socket } from "node:net";
import { type ErrorCode, isUnderwayError, UnderwayError } from "../../error.ts";
import type { Json } from "../../release/data.ts";
import type { Answer, Completions } from "./answer.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";

/** Arguments of a request, by name. */
export type Args = { readonly [name: string]: Json };

export interface Request {
  readonly format: 1;
  readonly command: string;
  readonly args: Args;
}

/** What a script sends in a console. */
export type ConsoleRequest =
  | { readonly id: number; readonly evaluate: string }
  | { readonly id: number; readonly complete: string }
  | { readonly interrupt: true };

/** What the node sends. */
export type Reply =
  | { readonly progress: string }
  | { readonly result: Json }
  | { readonly error: WireError }
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly completions: Completions }
  | { readonly output: string };

/** An error on its way to a person. */
export interface WireError {
  /** Null for an error that is not Underway's: one thrown by a module that was called. */
  readonly code: ErrorCode | null;
  /** What, why and cure; or the stack. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** The format that this version speaks. */
export const format = 1;
/** Characters of a line. Origin: a result as large as this is no longer read by a person. */
export const lineLengthMax = 64 << 20;

// API.

export const send = (socket: Socket, line: Request | ConsoleRequest | Reply): void => {
  // Whoever asked may be gone; what was asked for goes on.
  if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
};

/**
 * Reads lines until the other side ends. Ends quietly when the connection breaks. Leaving the loop ends the connection.
 *
 * Throws `control/bad_protocol` at a line that is too long.
 */
export async function* receiveLines(socket: Socket): AsyncGenerator<string> {
  socket.setEncoding("utf8");
  let rest = "";
  try {
    for await (const chunk of socket) {
      rest += chunk;
      for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
        yield rest.slice(0, end);
        rest = rest.slice(end + 1);
      }
      if (rest.length > lineLengthMax)
        throw new UnderwayError("control/bad_protocol", { problem: "a line is too long" });
    }
  } catch (thrown) {
    // A connection that is reset has ended, too.
    if (isUnderwayError(thrown)) throw thrown;
  }
}

/** The value of a line. Throws `control/bad_protocol`. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new UnderwayError("control/bad_protocol", { problem: "a line is no JSON" }, { cause });
  }
}

/** Checks the first line of a connection. Throws `control/bad_protocol`. */
export function requestOf(line: unknown): Request {
  const { format: found, command, args } = (line ?? {}) as Partial<Request>;
  if (found !== format) {
    throw new UnderwayError("control/bad_protocol", { problem: `the request has format ${found}, known is ${format}` });
  }
  if (typeof command !== "string" || typeof args !== "object" || args === null) {
    throw new UnderwayError("control/bad_protocol", { problem: "the request has no command or no args" });
  }
  return { format, command, args };
}

export function wireError(thrown: unknown, command: string): WireError {
  const code = isUnderwayError(thrown) ? thrown.code : null;
  const message = code === null ? stackOf(thrown) : (thrown as Error).message;
  return { code, message, exitCode: exitCodeOf(code, command) };
}

/** An error that came from the node, as the script reports it. */
export class RemoteError extends Error {
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.message);
    this.wire = wire;
  }
}

// Internal.

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? String(thrown)) : `Thrown: ${String(thrown)}`;
