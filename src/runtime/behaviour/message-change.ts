// Messages that cross a change of code: sent for one version, to be handled by another. Each is converted when its turn
// comes, so the switch itself costs nothing; what still waits when the upgrade has succeeded is converted in slices, and
// then nothing keeps the old version's steps.
//
//   epoch 4: sent for the old code ──┐ up                      undone: what was sent for the old code needs nothing,
//   switch ──────────────────────────┤                         what was sent for the new code goes down
//   epoch 5: sent for the new code ──┘ as it is
//
// OTP has nothing like it: a queued message of the old shape is the new code's affair.

import type { CodeChangeRequest } from "../process/body.ts";
import { Envelope } from "../process/mailbox.ts";
import { vsnOf } from "../process/system-code-change.ts";
import { contextOf } from "./code-change.ts";
import type { MessageChange, QueuedMessage } from "./gen-server-types.ts";

/** Converts the messages of one module that were sent in certain epochs. */
export interface Conversion {
  readonly change: CodeChangeRequest;
  /** The first and the last epoch whose messages it concerns. */
  readonly first: number;
  readonly last: number;
}

const conversions = new Map<object, readonly Conversion[]>();
let converted = 0;

// Called by the release handler.

export const addConversion = (module: object, conversion: Conversion): void => {
  conversions.set(module, [...(conversions.get(module) ?? []), conversion]);
};

export const removeConversion = (module: object, conversion: Conversion): void => {
  const rest = (conversions.get(module) ?? []).filter((other) => other !== conversion);
  if (rest.length === 0) conversions.delete(module);
  else conversions.set(module, rest);
};

/** How many messages have been converted since the node began. */
export const messagesConverted = (): number => converted;

/** Whether a version of a module says anything about messages. */
export const changesMessages = ({ from, to }: CodeChangeRequest): boolean =>
  stepsOf(from) !== undefined || stepsOf(to) !== undefined;

/**
 * What a change makes of a queued message: the missing steps of `messageChange`, each of which may be absent. Null: the
 * message is dropped. Pure. Throws what a step throws, and a TypeError when one returns what is no message of the kind.
 */
export const convertMessage = (message: QueuedMessage, change: CodeChangeRequest): QueuedMessage | null => {
  const [fromVsn, toVsn] = [vsnOf(change.from), vsnOf(change.to)];
  const context = contextOf(change, fromVsn);
  let result: QueuedMessage | null = message;
  for (let vsn = fromVsn; vsn !== toVsn && result !== null; vsn += fromVsn < toVsn ? 1 : -1) {
    const step = fromVsn < toVsn ? stepsOf(change.to)?.up?.[vsn] : stepsOf(change.from)?.down?.[vsn - 1];
    if (step === undefined) continue;
    result = step(result, context);
    if (result !== null && !isMessage(result, message.kind)) {
      throw new TypeError(`messageChange has returned no ${message.kind}`);
    }
  }
  return result;
};

/** The message in an envelope; null for what no change of code concerns: frames, system messages. */
export const messageIn = ({ kind, tag, payload }: Envelope): QueuedMessage | null => {
  if (kind === "info") return { kind, message: payload };
  if (kind === "call" || kind === "cast") return { kind, tag, args: payload as readonly unknown[] };
  return null;
};

// Called by each loop.

/** The envelope with its message as the current code knows it; the very same if nothing concerns it; null if it is dropped. */
export const upToDate = (envelope: Envelope, module: object): Envelope | null => {
  const due = conversions.get(module)?.filter(({ first, last }) => first <= envelope.epoch && envelope.epoch <= last);
  const message = due === undefined || due.length === 0 ? null : messageIn(envelope);
  if (message === null) return envelope;
  let result: QueuedMessage | null = message;
  for (const { change } of due ?? []) if (result !== null) result = convertMessage(result, change);
  if (result === message) return envelope;
  converted++;
  return result === null ? null : enclosed(result, envelope);
};

// Internal.

const stepsOf = (exports: Readonly<Record<string, unknown>>): MessageChange | undefined =>
  exports.messageChange as MessageChange | undefined;

const isMessage = (value: unknown, kind: QueuedMessage["kind"]): boolean => {
  if (typeof value !== "object" || value === null || (value as QueuedMessage).kind !== kind) return false;
  const { tag, args } = value as { tag?: unknown; args?: unknown };
  return kind === "info" ? "message" in value : typeof tag === "string" && Array.isArray(args);
};

const enclosed = (message: QueuedMessage, { from, carried }: Envelope): Envelope =>
  message.kind === "info"
    ? new Envelope("info", "", message.message, from, carried)
    : new Envelope(message.kind, message.tag, message.args, from, carried);
