// The whole life of releases, built, packed, started as processes of their own, upgraded, downgraded, killed, started again.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Bank, buildBank } from "./bank.ts";
import { TargetDirectory, waitFor } from "./target.ts";

let bank: Bank;
const targets: TargetDirectory[] = [];

before(async () => {
  bank = await buildBank(["1.1.0", "1.1.1", "1.1.2", "1.1.3", "2.0.0"]);
});
after(async () => {
  await Promise.all(targets.map((target) => target.remove()));
  bank?.remove();
});

/** A running 1.0.0 with three accounts: ann has 1, bob 2, eve 3. */
const running = async (): Promise<TargetDirectory> => {
  const target = new TargetDirectory(bank.package("1.0.0"));
  targets.push(target);
  await target.ok("daemon");
  for (const [owner, amount] of [
    ["ann", 1],
    ["bob", 2],
    ["eve", 3],
  ] as const) {
    await target.call("open", owner);
    await target.call("deposit", owner, amount);
  }
  return target;
};

const balances = async (target: TargetDirectory): Promise<unknown> =>
  Promise.all(["ann", "bob", "eve"].map((owner) => target.call("balance", owner)));
const before11 = [
  { vsn: 1, balance: 1 },
  { vsn: 1, balance: 2 },
  { vsn: 1, balance: 3 },
];
const after11 = [
  { vsn: 2, cents: 100 },
  { vsn: 2, cents: 200 },
  { vsn: 2, cents: 300 },
];

describe("a node", { concurrency: 2 }, () => {
  test("is upgraded, keeps states and configuration in step, and is downgraded again", async () => {
    const target = await running();
    const pid = await target.ok("pid");
    const slow = target.call("depositBehindGate", "bob", 5);
    await waitFor(() => target.call<boolean>("isWaiting"));
    assert.equal(await target.ok<{ vsn: string }>("unpack", bank.package("1.1.0")).then(({ vsn }) => vsn), "1.1.0");
    assert.deepEqual(await target.releases(), { "1.1.0": "unpacked", "1.0.0": "permanent" });

    const installed = await target.ok<{ otherVsn: string; report: { late: number; processes: number } }>(
      "install",
      "1.1.0",
    );
    assert.equal(installed.otherVsn, "1.0.0");
    assert.equal(installed.report.processes, 4, "three accounts and the supervisor");
    assert.equal(installed.report.late, 1, "bob was inside an asynchronous callback, and nobody waited for him");
    assert.deepEqual(await target.releases(), { "1.1.0": "current", "1.0.0": "permanent" });
    assert.equal(await target.call("version"), "1.1.0");
    assert.equal(await target.call("greeting"), "hello from 1.1.0");
    await target.call("openGate");
    assert.equal(await slow, 5);
    assert.deepEqual(await balances(target), [after11[0], { vsn: 2, cents: 700 }, after11[2]]);
    assert.equal(
      await target.ok("rpc", "bank/audit", "startLink", "[]").catch(() => "there"),
      "there",
      "the child runs",
    );
    const status = await target.ok<{ applications: { name: string }[] }>("status");
    assert.ok(
      status.applications.some(({ name }) => name === "mint"),
      "the new application runs",
    );

    await target.ok("downgrade", "1.0.0");
    assert.deepEqual(await target.releases(), { "1.1.0": "old", "1.0.0": "permanent" });
    assert.deepEqual(await balances(target), [before11[0], { vsn: 1, balance: 7 }, before11[2]]);
    assert.equal(await target.call("greeting"), "hello from 1.0.0");
    await target.ok("install", "1.1.0");
    await target.ok("install", "1.0.0");
    assert.deepEqual(await target.ok("pid"), pid, "all the time it was the same operating-system process");
    assert.deepEqual(await target.ok("old_code"), [], "nobody is left in old code");
  });

  test("boots the permanent release after SIGKILL, whatever was installed", async () => {
    const target = await running();
    await target.ok("upgrade", bank.package("1.1.0"));
    await target.crash();
    assert.equal(await target.call("version"), "1.0.0");
    assert.deepEqual(await target.releases(), { "1.1.0": "unpacked", "1.0.0": "permanent" });

    await target.ok("upgrade", "1.1.0");
    assert.equal((await target.ok<{ status: string }>("commit")).status, "permanent");
    assert.deepEqual(await target.releases(), { "1.1.0": "permanent", "1.0.0": "old" });
    await target.ok("commit");
    await target.crash();
    assert.equal(await target.call("version"), "1.1.0");
    assert.deepEqual(await target.releases(), { "1.1.0": "permanent", "1.0.0": "old" });

    await target.ok("downgrade", "1.0.0");
    await target.ok("commit");
    const { exitCode, error } = await target.run("remove", "1.0.0");
    assert.deepEqual([exitCode, error?.code], [3, "release/bad_status"]);
    await target.ok("remove", "1.1.0");
    assert.deepEqual(await target.releases(), { "1.0.0": "permanent" });
    assert.deepEqual(readdirSync(join(target.root, "lib")).sort(), ["bank-1.0.0", "underway-0.1.0"]);
    await target.crash();
    assert.equal(await target.call("version"), "1.0.0");
  });

  test("refuses a release whose migration throws, names who, and changes nothing", async () => {
    const target = await running();
    await target.call("deposit", "eve", 10);
    const { exitCode, error } = await target.run("upgrade", bank.package("1.1.1"));
    assert.deepEqual([exitCode, error?.code], [3, "release/migration_failed"]);
    assert.match(error?.message ?? "", /bank\/account eve: .*RangeError: eve is superstitious/);
    assert.match(error?.message ?? "", /account\.ts:\d+/, "and says where");
    assert.equal(await target.call("version"), "1.0.0");
    assert.deepEqual(await target.call("balance", "eve"), { vsn: 1, balance: 13 });
    assert.deepEqual(await target.releases(), { "1.1.1": "unpacked", "1.0.0": "permanent" });
    assert.deepEqual(await target.ok("old_code"), []);
    await target.ok("upgrade", bank.package("1.1.0"));
    assert.deepEqual(await target.call("balance", "eve"), { vsn: 2, cents: 1300 });
  });

  test("undoes an install that fails after the switch, without a trace", async () => {
    const target = await running();
    const { exitCode, error } = await target.run("upgrade", bank.package("1.1.2"));
    assert.deepEqual([exitCode, error?.code], [4, "release/undone"]);
    assert.match(error?.message ?? "", /the mint is closed/);
    assert.equal(await target.call("version"), "1.0.0");
    assert.equal(await target.call("greeting"), "hello from 1.0.0");
    assert.deepEqual(await balances(target), before11);
    assert.deepEqual(await target.releases(), { "1.1.2": "unpacked", "1.0.0": "permanent" });
    const status = await target.ok<{ applications: { name: string; vsn: string }[] }>("status");
    assert.deepEqual(status.applications.map(({ name, vsn }) => `${name}-${vsn}`).sort(), [
      "bank-1.0.0",
      "underway-0.1.0",
    ]);
    await target.ok("upgrade", bank.package("1.1.0"));
    assert.deepEqual(await balances(target), after11);
  });

  test("undoes a downgrade that fails after effects and a switch: children that were ended are back", async () => {
    const target = await running();
    await target.ok("upgrade", bank.package("1.1.3"));
    await target.call("deposit", "ann", 1);
    const { exitCode, error } = await target.run("downgrade", "1.0.0");
    assert.deepEqual([exitCode, error?.code], [4, "release/undone"]);
    assert.doesNotMatch(error?.message ?? "", /not taken back/);
    assert.equal(await target.call("version"), "1.1.3");
    assert.equal(await target.ok("rpc", "bank/audit", "since", "[]"), "now", "the child that was deleted runs again");
    assert.deepEqual(await balances(target), [{ vsn: 2, cents: 200 }, after11[1], after11[2]]);
    assert.deepEqual(await target.releases(), { "1.1.3": "current", "1.0.0": "permanent" });
  });

  test("restarts into a release that says so, if it is told --cold, and returns to the permanent one", async () => {
    const target = await running();
    await target.ok("unpack", bank.package("2.0.0"));
    const refused = await target.run("install", "2.0.0");
    assert.deepEqual([refused.exitCode, refused.error?.code], [3, "release/cold"]);
    assert.equal(await target.call("version"), "1.0.0");
    await target.run("install", "2.0.0", "--cold");
    await waitFor(async () => (await target.run("ping")).exitCode === 0 && (await target.call("version")) === "2.0.0");
    assert.deepEqual(await target.releases(), { "2.0.0": "current", "1.0.0": "permanent" });
    await target.crash();
    assert.equal(await target.call("version"), "1.0.0");
    assert.deepEqual(await target.releases(), { "2.0.0": "unpacked", "1.0.0": "permanent" });
  });

  test("refuses what it does not know, and what is damaged, and stays as it is", async () => {
    const target = await running();
    const codes = async (...args: readonly string[]) => {
      const { exitCode, error } = await target.run(...args);
      return [exitCode, error?.code];
    };
    assert.deepEqual(await codes("install", "9.9.9"), [2, "release/no_such_release"]);
    assert.deepEqual(await codes("install", "1.0.0"), [3, "release/already_installed"]);
    assert.deepEqual(await codes("unpack", "9.9.9"), [2, "release/no_such_package"]);
    assert.deepEqual(await codes("commit", "9.9.9"), [2, "release/no_such_release"]);

    const damaged = join(target.root, "damaged.tar.gz");
    const content = readFileSync(bank.package("1.1.0"));
    writeFileSync(damaged, content.subarray(0, content.length / 2));
    assert.equal((await target.run("unpack", damaged)).exitCode, 3);

    copyFileSync(bank.package("1.1.0"), join(target.root, "releases/bank-1.1.0.tar.gz"));
    await target.ok("unpack", "1.1.0");
    assert.deepEqual(await codes("unpack", bank.package("1.1.0")), [3, "release/existing_release"]);
    const object = join(target.root, "lib/bank-1.1.0/modules/account.obj.json");
    const text = readFileSync(object, "utf8");
    writeFileSync(object, text.replace("deposit", "depozit"));
    assert.deepEqual(await codes("install", "1.1.0"), [3, "release/hash_mismatch"]);
    writeFileSync(object, text);
    assert.equal(await target.call("version"), "1.0.0");
    assert.deepEqual(await balances(target), before11);

    assert.deepEqual(await codes("foreground"), [3, "node/already_running"]);
    await target.ok("upgrade", "1.1.0");
    assert.deepEqual(await codes("upgrade", "1.1.0"), [3, "release/already_installed"]);
    await target.ok("stop");
    assert.ok(!existsSync(join(target.root, "var/default/control.sock")));
    assert.deepEqual(await codes("ping"), [6, "control/no_node"]);
    assert.deepEqual(await codes("install", "1.1.0"), [6, "control/no_node"]);
  });

  test("removes nothing that another node of the same target directory knows", async () => {
    const target = await running();
    await target.ok("daemon", "--instance", "b");
    await target.ok("upgrade", bank.package("1.1.0"));
    await target.ok("commit");
    const refused = await target.run("remove", "1.0.0");
    assert.deepEqual([refused.exitCode, refused.error?.code], [3, "release/in_use"]);
    assert.match(refused.error?.message ?? "", /\bb\b/);
    await target.ok("stop", "--instance", "b");
    rmSync(join(target.root, "var/b"), { recursive: true });
    await target.ok("remove", "1.0.0");
    await target.ok("daemon", "--instance", "c");
    assert.equal(
      await target.ok("rpc", "bank/api", "version", "[]", "--instance", "c"),
      "1.1.0",
      "the first start, too",
    );
    await target.ok("stop", "--instance", "c");
    await target.ok("unpack", bank.package("1.0.0"));
    await target.ok("downgrade", "1.0.0");
    assert.equal(await target.call("version"), "1.0.0");
  });

  test("tells the second of two operations at once that another one runs", async () => {
    const target = await running();
    await target.ok("unpack", bank.package("1.1.0"));
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => target.run("install", "1.1.0")));
    const won = outcomes.filter(({ exitCode }) => exitCode === 0);
    assert.equal(won.length, 1);
    for (const { exitCode, error } of outcomes) {
      if (exitCode !== 0)
        assert.ok(["release/busy", "release/already_installed"].includes(error?.code ?? ""), error?.message);
    }
    assert.deepEqual(await balances(target), after11);
  });
});
