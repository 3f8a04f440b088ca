// dynohot replaces what the entry imports, when the file changes; so this is an entry of its own. It is copied beside
// `m.mjs`, which it writes.
//
//   node --import dynohot/register dynohot.mjs COUNT URL-OF-CONTESTANTS

import { writeFileSync } from "node:fs";
import { version } from "./m.mjs";

const [count, contestants] = process.argv.slice(2);
const { measure, moduleText } = await import(contestants);
// The watcher does not keep the process alive.
setInterval(() => {}, 1000);
let reloaded = () => {};
import.meta.hot.accept("./m.mjs", () => reloaded());
void measure(
  (next) =>
    new Promise((resolve) => {
      reloaded = () => resolve(version);
      writeFileSync(new URL("m.mjs", import.meta.url), moduleText(next));
    }),
  Number(count),
);
