import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as statuses from "../../src/runtime/handler/statuses.ts";

const release = (vsn: string, status: statuses.Status): statuses.KnownRelease => ({
  name: "chat",
  vsn,
  applications: [`chat-${vsn}`],
  status,
});
const statusOf = (releases: statuses.Releases): Record<string, string> =>
  Object.fromEntries(releases.map(({ vsn, status }) => [vsn, status]));

test("installed makes a release current and the former current one old, as RX-13", () => {
  const before = [release("3", "unpacked"), release("2", "current"), release("1", "permanent")];
  assert.deepEqual(statusOf(statuses.installed(before, "3")), { 3: "current", 2: "old", 1: "permanent" });
});

test("installed leaves a permanent release permanent, as RX-12", () => {
  const before = [release("2", "current"), release("1", "permanent")];
  assert.deepEqual(statusOf(statuses.installed(before, "1")), { 2: "old", 1: "permanent" });
  assert.equal(statuses.running(statuses.installed(before, "1"))?.vsn, "1");
});

test("madePermanent makes the former permanent release old, as RH-09", () => {
  const before = [release("2", "current"), release("1", "permanent")];
  assert.deepEqual(statusOf(statuses.madePermanent(before, "2")), { 2: "permanent", 1: "old" });
});

test("atStart boots the permanent release and finds an installed one unpacked, as RH-03", () => {
  const { boots, memory } = statuses.atStart(statuses.onDisk([release("2", "current"), release("1", "permanent")]));
  assert.equal(boots?.vsn, "1");
  assert.deepEqual(statusOf(memory), { 2: "unpacked", 1: "permanent" });
});

test("atStart boots a release once after a cold restart, and the permanent one after that, as RX-11", () => {
  const disk = statuses.onDisk(statuses.restarting([release("2", "unpacked"), release("1", "permanent")], "2"));
  const first = statuses.atStart(disk);
  assert.equal(first.boots?.vsn, "2");
  assert.deepEqual(statusOf(first.memory), { 2: "current", 1: "permanent" });
  assert.equal(statuses.atStart(statuses.onDisk(first.memory)).boots?.vsn, "1");
});

type Operation = "unpack" | "install" | "commit" | "remove" | "cold" | "restart";
const operation = fc.record({
  kind: fc.constantFrom<Operation>("unpack", "install", "commit", "remove", "cold", "restart"),
  vsn: fc.constantFrom("1", "2", "3", "4"),
});

/** Carries out what the release handler would allow. */
const step = (releases: statuses.Releases, { kind, vsn }: { kind: Operation; vsn: string }): statuses.Releases => {
  const status = statuses.find(releases, vsn)?.status;
  const runs = statuses.running(releases)?.vsn;
  switch (kind) {
    case "unpack":
      return status === undefined ? statuses.add(releases, release(vsn, "unpacked")) : releases;
    case "install":
      return status === undefined || runs === vsn ? releases : statuses.installed(releases, vsn);
    case "commit":
      return status === "current" ? statuses.madePermanent(releases, vsn) : releases;
    case "remove":
      return status === "unpacked" || status === "old" ? statuses.remove(releases, vsn) : releases;
    case "cold":
      if (status === undefined || runs === vsn) return releases;
      return statuses.atStart(statuses.onDisk(statuses.restarting(releases, vsn))).memory;
    case "restart":
      return statuses.atStart(statuses.onDisk(releases)).memory;
  }
};

test("statuses have one permanent and at most one current release, and a restart boots the permanent one", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      let releases: statuses.Releases = [release("1", "permanent")];
      for (const each of operations) {
        const permanentBefore = statuses.permanent(releases)?.vsn;
        releases = step(releases, each);
        const of = (status: statuses.Status) => releases.filter((known) => known.status === status);
        assert.equal(of("permanent").length, 1);
        assert.ok(of("current").length <= 1);
        assert.equal(of("tmp_current").length, 0);
        assert.equal(statuses.atStart(statuses.onDisk(releases)).boots?.vsn, statuses.permanent(releases)?.vsn);
        if (each.kind !== "commit") assert.equal(statuses.permanent(releases)?.vsn, permanentBefore);
      }
    }),
  );
});
