// Builds `dist/`: the JavaScript and the declarations of `src`. Built aside and moved into place, so that nothing of a
// former build is left and a build that fails leaves the former one.

import { spawnSync } from "node:child_process";
import { chmodSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const aside = join(root, "node_modules/.cache/underway-dist");
rmSync(aside, { recursive: true, force: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", aside], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
chmodSync(join(aside, "tools/cli/underway.js"), 0o755);
rmSync(dist, { recursive: true, force: true });
renameSync(aside, dist);
