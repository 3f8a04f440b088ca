// Builds `dist/`: the JavaScript and the declarations of `src`, from nothing, so that nothing of a former build is left.

import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
rmSync(join(root, "dist"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")],
  {
    stdio: "inherit",
  },
);
chmodSync(join(root, "dist/tools/cli/underway.js"), 0o755);
