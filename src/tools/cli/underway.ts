#!/usr/bin/env node
// The command `underway`: looks at the Node that it runs on, before it loads what needs a new one.

import { UnderwayError } from "../../error.ts";
import { isTooOld } from "./node-version.ts";

const { node } = process.versions;
if (isTooOld(node)) {
  process.stderr.write(`\nerror ${new UnderwayError("config/old_node", { vsn: node }).message}\n`);
  process.exitCode = 1;
} else {
  const { run } = await import("./program.ts");
  process.exitCode = await run(process.argv);
}
