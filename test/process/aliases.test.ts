// Addresses that a process takes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, idler, inProcess, refused } from "./support.ts";

collectReports();

/** Everything that waits for the calling process. */
const rest = async (): Promise<unknown[]> => {
  const found: unknown[] = [];
  for (;;) {
    const message = await Process.receive({ afterMs: 0 });
    if (message === undefined) return found;
    found.push(message);
  }
};

test("alias is an address that ends with unalias: what comes later is dropped, what has arrived stays", async () => {
  const { ended, messages } = await inProcess(async () => {
    const one = Process.alias();
    Process.send(one, "a");
    Process.send(one, "b");
    const ended = [Process.unalias(one), Process.unalias(one)];
    Process.send(one, "late");
    return { ended, messages: await rest() };
  });
  assert.deepEqual(ended, [true, false]);
  assert.deepEqual(messages, ["a", "b"]);
});

test("alias with reply takes one message", async () => {
  const messages = await inProcess(async () => {
    const one = Process.alias({ reply: true });
    Process.send(one, "answer");
    Process.send(one, "again");
    return [...(await rest()), Process.unalias(one)];
  });
  assert.deepEqual(messages, ["answer", false]);
});

test("alias of another process is not ended by unalias, and ends with its process", async () => {
  const { promise, resolve } = Promise.withResolvers<Process.Alias>();
  const run = async (): Promise<void> => {
    resolve(Process.alias());
    await Process.receive();
  };
  const owner = Process.spawn({ run }, "run");
  const one = await promise;
  assert.equal(await inProcess(() => Process.unalias(one)), false);
  assert.notEqual(one.receiver(), null);
  Process.exit(owner, "kill");
  assert.equal(one.receiver(), null);
  assert.doesNotThrow(() => Process.send(one, "to nobody"));
});

test("alias outside a process is refused", () => {
  assert.throws(() => Process.alias(), refused("process/no_process", { operation: "alias" }));
});

// What arrives when: the answer, then the end of whom is watched; or the end, and then an answer.
const cases: readonly [Process.MonitorAlias, answerFirst: readonly unknown[], endFirst: readonly unknown[]][] = [
  ["explicit_unalias", ["answer", "DOWN", "later"], ["DOWN", "answer"]],
  ["demonitor", ["answer", "DOWN"], ["DOWN"]],
  ["reply_demonitor", ["answer"], ["DOWN"]],
];
for (const [ends, answerFirst, endFirst] of cases) {
  const seen = (messages: readonly unknown[], ref: Process.Ref): unknown[] =>
    messages.map((message) => {
      const down = message as Partial<Process.DownMessage>;
      if (down.type !== "DOWN") return message;
      assert.equal(down.ref, ref);
      return "DOWN";
    });

  test(`monitor with the alias "${ends}": an answer and then the end`, async () => {
    const server = idler();
    const messages = await inProcess(async () => {
      const one = Process.monitor(server, { alias: ends });
      Process.send(one, "answer");
      Process.exit(server, "kill");
      Process.send(one, "later");
      return seen(await rest(), one);
    });
    assert.deepEqual(messages, answerFirst);
  });

  test(`monitor with the alias "${ends}": the end and then an answer; no second end`, async () => {
    const server = idler();
    const messages = await inProcess(async () => {
      const one = Process.monitor(server, { alias: ends });
      Process.exit(server, "kill");
      Process.send(one, "answer");
      return seen(await rest(), one);
    });
    assert.deepEqual(messages, endFirst);
  });

  test(`monitor with the alias "${ends}" of a process that has ended tells noproc`, async () => {
    const server = idler();
    Process.exit(server, "kill");
    const messages = await inProcess(async () => {
      const one = Process.monitor(server, { alias: ends });
      return seen(await rest(), one);
    });
    assert.deepEqual(messages, ["DOWN"]);
  });
}

test("demonitor ends the alias that ends with the monitor, and flush takes the DOWN out of the mailbox", async () => {
  const [server, other] = [idler(), idler()];
  const messages = await inProcess(async () => {
    const [one, kept] = [
      Process.monitor(server, { alias: "demonitor" }),
      Process.monitor(server, { alias: "explicit_unalias" }),
    ];
    Process.demonitor(one);
    Process.demonitor(kept);
    Process.send(one, "dropped");
    Process.send(kept, "arrives");
    const ref = Process.monitor(other);
    Process.exit(other, "kill");
    return [Process.demonitor(ref, { flush: true }), ...(await rest())];
  });
  assert.deepEqual(messages, [false, "arrives"]);
  Process.exit(server, "kill");
});
