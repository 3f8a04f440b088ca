// Messages across a switch: those that wait are converted or, if the new code would not know them, refuse the install;
// those that come later in the other version's words crash nobody.

import { setImmediate as nextTurn } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import { rememberOtherVersion } from "../behaviour/foreign-messages.ts";
import {
  addConversion,
  type Conversion,
  changesMessages,
  convertMessage,
  messageIn,
  removeConversion,
} from "../behaviour/message-change.ts";
import type { CodeChangeRequest } from "../process/body.ts";
import { codeEpoch, nextCodeEpoch } from "../process/code-epoch.ts";
import type { Envelope } from "../process/mailbox.ts";
import type { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { processesOf } from "../process/table.ts";
import { pendingTimers } from "../process/timers.ts";
import type { Affected } from "./migration.ts";
import { forSlice } from "./slices.ts";

export class Messages {
  readonly #changed: readonly Affected[];
  #conversions: readonly { readonly handle: object; readonly conversion: Conversion }[] = [];

  /** `loaded`: the modules that get a new version, whether or not their states change. */
  constructor(loaded: readonly Affected[]) {
    this.#changed = loaded;
  }

  /** Rejects with `release/unknown_messages` when a message waits that the new code would not know. Changes nothing. */
  async check(): Promise<void> {
    const unknown = new Map<string, { readonly module: ModuleId; readonly what: string; count: number }>();
    for (const { module, handle, change } of this.#changed) {
      if (!forgetsClauses(change) && !changesMessages(change)) continue;
      const look = (process: Process): void => {
        for (const envelope of process.body.upgrade?.queued() ?? []) {
          const problem = problemOf(envelope, change);
          if (problem === null) continue;
          const what = `${process.registeredName ?? process.pid}: ${problem}`;
          const found = unknown.get(what) ?? { module, what, count: 0 };
          found.count++;
          unknown.set(what, found);
        }
      };
      const rest = processesOf(handle).values();
      while (forSlice(rest, look)) await nextTurn();
    }
    if (unknown.size > 0) throw new UnderwayError("release/unknown_messages", { messages: [...unknown.values()] });
  }

  /** In the turn of the switch. Returns what to do in the turn that takes it back. Cannot fail. */
  switch(): () => void {
    const switchedAt = nextCodeEpoch();
    this.#conversions = this.#register(({ change }) => ({ change, first: 0, last: switchedAt - 1 }));
    for (const { handle, change } of this.#changed) rememberOtherVersion(handle, change.from);
    return () => {
      for (const { handle, conversion } of this.#conversions) removeConversion(handle, conversion);
      const last = codeEpoch;
      nextCodeEpoch();
      this.#conversions = this.#register(({ change: { from, to, ...rest } }) => ({
        change: { ...rest, from: to, to: from },
        first: switchedAt,
        last,
      }));
      for (const { handle, change } of this.#changed) rememberOtherVersion(handle, change.to);
    };
  }

  /** After success or undo: converts what still waits, and keeps nothing of the other version but its names. */
  async close(): Promise<void> {
    if (this.#conversions.length === 0) return;
    for (const { handle } of this.#conversions) {
      const rest = processesOf(handle).values();
      while (forSlice(rest, (process) => process.body.upgrade?.convertQueue())) await nextTurn();
    }
    const timers = pendingTimers();
    while (forSlice(timers, (timer) => timer.convert())) await nextTurn();
    for (const { handle, conversion } of this.#conversions) removeConversion(handle, conversion);
    this.#conversions = [];
  }

  // Internal.

  #register(conversionOf: (affected: Affected) => Conversion): readonly { handle: object; conversion: Conversion }[] {
    const registered = this.#changed
      .filter(({ change }) => changesMessages(change))
      .map((affected) => ({ handle: affected.handle, conversion: conversionOf(affected) }));
    for (const { handle, conversion } of registered) addConversion(handle, conversion);
    return registered;
  }
}

/** Why the new code could not take this message; null if it can. */
const problemOf = (envelope: Envelope, change: CodeChangeRequest): string | null => {
  const message = messageIn(envelope);
  if (message === null) return null;
  try {
    const converted = convertMessage(message, change);
    if (converted === null || converted.kind === "info") return null;
    const [table, other] = tablesOf(converted.kind, change);
    // What neither knows has crashed, or will crash, its process in any version.
    return table(converted.tag) || !other(message.kind === "info" ? "" : message.tag)
      ? null
      : `${converted.kind} "${converted.tag}"`;
  } catch (error) {
    return `messageChange: ${formatReason({ error })}`;
  }
};

const clausesOf = (exports: Readonly<Record<string, unknown>>, kind: "call" | "cast"): object =>
  (exports[kind === "call" ? "handleCall" : "handleCast"] ?? {}) as object;

/** Whether the new code, and the old one, has a clause. */
const tablesOf = (kind: "call" | "cast", { to, from }: CodeChangeRequest) =>
  [to, from].map((exports) => (tag: string) => Object.hasOwn(clausesOf(exports, kind), tag)) as [
    (tag: string) => boolean,
    (tag: string) => boolean,
  ];

const forgetsClauses = ({ from, to }: CodeChangeRequest): boolean =>
  (["call", "cast"] as const).some((kind) =>
    Object.keys(clausesOf(from, kind)).some((tag) => !Object.hasOwn(clausesOf(to, kind), tag)),
  );
