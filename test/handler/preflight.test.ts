import assert from "node:assert/strict";
import { test } from "node:test";
import type { RelupEntry } from "../../src/release/relup.ts";
import type { RunningNode } from "../../src/runtime/handler/node.ts";
import { preflight } from "../../src/runtime/handler/preflight.ts";
import type { ReleaseFiles } from "../../src/runtime/handler/release-files.ts";

/** A release with the module `preflight/room` in this version. */
const release = (vsn: string, hash: string): ReleaseFiles => ({
  vsn,
  manifest: {
    format: 1,
    name: "chat",
    vsn,
    runtime: { vsn: "24.21.0", folder: "runtime-24.21.0" },
    underway: { vsn: "0.1.0", folder: "lib/underway-0.1.0" },
    modules: { "preflight/room": { app: "chat", file: `lib/chat-${vsn}/modules/room.obj.json`, hash } },
    packages: [],
    files: {},
  },
  boot: { format: 1, name: "chat", vsn, runtime: "24.21.0", applications: [] },
  config: {},
  relup: null,
});

const node: RunningNode = {
  target: { root: "/nowhere", instance: "default" },
  name: "chat",
  commandLine: {},
  releases: [],
  files: release("0.1.0", "what runs"),
  unpurged: new Map(),
  packagesLoaded: new Set(),
  operation: null,
  restart: () => {},
};

test("preflight says of a script for another build just that, not that it does not lead to the release, either", async () => {
  const entry: RelupEntry = {
    vsn: "0.1.0",
    description: null,
    script: [],
    modules: { "preflight/room": "what was built" },
  };
  await assert.rejects(preflight(node, release("0.2.0", "new"), entry, []), { code: "release/wrong_base" });
});
