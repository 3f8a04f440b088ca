// GenServer: a process with a state, asked by calls and told by casts. OTP: gen_server.

import { UnderwayError } from "../../error.ts";
import { Envelope } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import type { Dest, Pid } from "../process/pid.ts";
import { currentProcess, Process } from "../process/process.ts";
import { type ExitReason, formatReason } from "../process/reason.ts";
import { formatDest, lookUp } from "../process/registry.ts";
import { From, type Settle } from "../process/request.ts";
import { GenServerLoop } from "./gen-server-loop.ts";
import type { Callbacks, Calls, Casts, ClauseArgs, InitArg, ReplyOf } from "./gen-server-types.ts";
import type { Handshake } from "./loop.ts";

/** OTP's default timeout of calls. */
const CALL_TIMEOUT_MS = 5_000;

export interface StartOptions {
  /** Registers the server under this name; a name that is taken refuses the start. */
  readonly name?: string;
  /** How long `init` may take. Default: no limit, as in OTP. */
  readonly timeoutMs?: number;
}

// API.

/**
 * Starts a server linked to the calling process and waits for its `init`.
 *
 * Resolves with the pid when `init` returned `ok`. Rejects with `gen_server/ignore` when it returned `ignore`, with
 * `gen_server/init_failed` when it refused, threw, or took longer than `timeoutMs`, or when the name is taken; the
 * process has ended then, and a starter that does not trap exits has been sent the exit signal.
 *
 * OTP: gen_server:start_link/3,4
 */
export const startLink = <M extends Callbacks>(module: M, arg: InitArg<M>, options?: StartOptions): Promise<Pid<M>> =>
  startServer<M>(
    (handshake) => new GenServerLoop(startArgs(module, arg, options, handshake)),
    options,
    currentProcess(),
  );

/** As `startLink`, without a link. OTP: gen_server:start/3,4. */
export const start = <M extends Callbacks>(module: M, arg: InitArg<M>, options?: StartOptions): Promise<Pid<M>> =>
  startServer<M>((handshake) => new GenServerLoop(startArgs(module, arg, options, handshake)), options, null);

/**
 * Calls a clause of the server's `handleCall` and waits for its reply, at most 5000 ms.
 *
 * Rejects with `gen_server/noproc` if there is no such process, `gen_server/exited` if it ends before it answers,
 * `gen_server/timeout` when the time is over (a reply that comes later is dropped), `gen_server/calling_self` when a
 * server calls itself. While the server is suspended the call waits, and the version that is current then answers it.
 *
 * OTP: gen_server:call/2 <https://www.erlang.org/doc/apps/stdlib/gen_server.html#call/2>
 * Deviation: a late reply never reaches the caller's mailbox.
 */
export const call = <M, T extends keyof Calls<M> & string>(
  server: Dest<M>,
  tag: T,
  ...args: ClauseArgs<Calls<M>[T]>
): Promise<ReplyOf<Calls<M>[T]>> => request(server, "call", tag, args, CALL_TIMEOUT_MS);

/** As `call`, waiting at most `timeoutMs` milliseconds, or for ever with `infinity`. OTP: gen_server:call/3. */
export const callWithin = <M, T extends keyof Calls<M> & string>(
  server: Dest<M>,
  timeoutMs: number | "infinity",
  tag: T,
  ...args: ClauseArgs<Calls<M>[T]>
): Promise<ReplyOf<Calls<M>[T]>> => request(server, "call", tag, args, timeoutMs);

/**
 * Tells a server something: a clause of its `handleCast` will run. Returns at once, whether or not the server lives.
 *
 * OTP: gen_server:cast/2
 */
export const cast = <M, T extends keyof Casts<M> & string>(
  server: Dest<M>,
  tag: T,
  ...args: ClauseArgs<Casts<M>[T]>
): void => {
  lookUp(server)?.deliver(new Envelope("cast", tag, args, null));
};

/** Answers a call whose clause returned `noreply`. A second answer is dropped. OTP: gen_server:reply/2. */
export const replyTo = <R>(from: From<R>, value: R): void => {
  from.resolve(value);
};

/**
 * Ends a server for `reason` through its `terminate`, and waits until it has ended.
 *
 * Rejects with `gen_server/noproc` or `gen_server/timeout`.
 *
 * OTP: gen_server:stop/3
 */
export const stopServer = async (
  server: Dest,
  reason: ExitReason = "normal",
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<void> => {
  await request(server, "system", "terminate", { request: "terminate", reason }, timeoutMs);
};

// Internal, also for the other behaviours.

/** @internal Sends a request and waits for the answer. */
export const request = <R>(
  dest: Dest,
  kind: "call" | "system",
  tag: string,
  payload: unknown,
  timeoutMs: number | "infinity",
): Promise<R> =>
  new Promise<R>((resolve, reject) => {
    const caller = currentProcess();
    const target = lookUp(dest);
    const server = formatDest(dest);
    if (target === null) return reject(new UnderwayError("gen_server/noproc", { server }));
    if (target === caller) return reject(new UnderwayError("gen_server/calling_self", { server, tag }));
    const settle: Settle = {
      resolve: resolve as (value: unknown) => void,
      fail(reason) {
        if (reason === "noproc") reject(new UnderwayError("gen_server/noproc", { server }));
        else reject(new UnderwayError("gen_server/exited", { server, tag, reason: formatReason(reason) }));
      },
      expire() {
        reject(new UnderwayError("gen_server/timeout", { server, tag, timeoutMs: Number(timeoutMs) }));
      },
    };
    const from = new From(caller?.pid ?? null, settle);
    if (timeoutMs !== "infinity") from.waitAtMost(timeoutMs);
    target.deliver(new Envelope(kind, tag, payload, from));
  });

/** @internal Starts a process for a behaviour's loop and waits for the handshake. */
export const startServer = <M>(
  makeLoop: (handshake: Handshake) => GenServerLoop,
  options: StartOptions | undefined,
  parent: Process | null,
): Promise<Pid<M>> =>
  new Promise((resolve, reject) => {
    let module = "";
    let limit: NodeJS.Timeout | undefined;
    const loop = makeLoop({
      started() {
        clearTimeout(limit);
        resolve(process.pid as Pid<M>);
      },
      refused(reason) {
        clearTimeout(limit);
        if (reason === "ignore") reject(new UnderwayError("gen_server/ignore", { module }));
        else
          reject(
            new UnderwayError("gen_server/init_failed", { module, reason: formatReason(reason) }, causeOf(reason)),
          );
      },
    });
    module = moduleName(loop.module);
    const process = new Process(loop, { parent, initialCall: `${module}:init` });
    if (parent !== null) process.link(parent);
    if (options?.timeoutMs !== undefined) limit = setTimeout(() => process.end("timeout"), options.timeoutMs);
  });

const startArgs = (module: Callbacks, arg: unknown, options: StartOptions | undefined, handshake: Handshake) => ({
  module,
  arg,
  name: options?.name ?? null,
  handshake,
});

const causeOf = (reason: ExitReason): ErrorOptions | undefined =>
  typeof reason === "object" && "error" in reason ? { cause: reason.error } : undefined;

// The words that callback modules use, so that one import suffices.
export { type Dest, type Named, named, type Pid } from "../process/pid.ts";
export type { ExitReason } from "../process/reason.ts";
export type { From } from "../process/request.ts";
export {
  type Callbacks,
  type CallClauses,
  type CastClauses,
  type CodeChange,
  type Context,
  ignore,
  noreply,
  ok,
  reply,
  stop,
  stopInit,
} from "./gen-server-types.ts";
