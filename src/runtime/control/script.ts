// The control script of a release: what `bin/<release>` runs. It reads the command line and hands over to a command.
//
//   bin/chat [--instance NAME] COMMAND [ARGUMENTS] [OPTIONS]
//
// Results go to stdout, as a text or, with --json, as one JSON value; everything else goes to stderr.

import { main } from "./main.ts";

// Whoever reads the output, or a node's log, may stop reading; that ends neither command nor node.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
process.exitCode = await main(process.argv.slice(2), process.env);
