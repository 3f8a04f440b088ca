import assert from "node:assert/strict";
import { test } from "node:test";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { type StoppedChild, startProcesses, stopProcesses } from "../../src/runtime/handler/effects.ts";
import { mfa } from "../../src/runtime/process/mfa.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { setReporter } from "../../src/runtime/process/report.ts";
import { whereis } from "../../src/runtime/process/signals.ts";
import { loadSource } from "../code/support.ts";

setReporter(() => {});

const child = `
  import * as GenServer from "underway/gen-server";
  import * as self from "./child.ts";
  export const startLink = (name: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name });
  export const init = (_: null) => GenServer.ok<null>(null);
`;

/** A supervisor with children `a`, `b` (temporary) and `c`, named after the application. */
const tree = async (application: string): Promise<Pid> => {
  await loadSource(`${application}/child`, child);
  const handle = handleOf(`${application}/child`) as unknown as { startLink(name: string): Promise<Pid> };
  const Sup = {
    behaviour: "supervisor" as const,
    init: (_: null) =>
      Supervisor.ok(
        { strategy: "one_for_one" },
        (["a", "b", "c"] as const).map((id) => ({
          id,
          start: mfa(handle, "startLink", `${application}.${id}`),
          restart: id === "b" ? ("temporary" as const) : ("permanent" as const),
        })),
      ),
  };
  return Supervisor.startLink(Sup, null);
};

const alive = (application: string): string =>
  ["a", "b", "c"].filter((id) => whereis(`${application}.${id}`) !== null).join("");

test("stopProcesses ends the supervised processes of a module, and startProcesses brings back each, temporary ones too", async () => {
  await tree("fx1");
  const stopped: StoppedChild[] = [];
  await stopProcesses(["fx1/child"], stopped);
  assert.equal(alive("fx1"), "");
  await startProcesses(stopped, "anew");
  assert.equal(alive("fx1"), "abc");
});

test("startProcesses goes on when a child runs already or cannot be started, and says which could not", async () => {
  const sup = await tree("fx2");
  const stopped: StoppedChild[] = [];
  await stopProcesses(["fx2/child"], stopped);
  await Supervisor.restartChild(sup, "a");
  await Supervisor.deleteChild(sup, "c");
  await assert.rejects(startProcesses(stopped, "anew"), (thrown: { code: string; details: { reasons: string[] } }) => {
    assert.equal(thrown.code, "release/not_restarted");
    assert.equal(thrown.details.reasons.length, 1);
    assert.match(thrown.details.reasons[0] ?? "", /"c"/);
    return true;
  });
  assert.equal(alive("fx2"), "ab");
});

test("startProcesses twice does nothing the second time", async () => {
  await tree("fx3");
  const stopped: StoppedChild[] = [];
  await stopProcesses(["fx3/child"], stopped);
  await startProcesses(stopped, "anew");
  await startProcesses(stopped, "anew");
  assert.equal(alive("fx3"), "abc");
});
