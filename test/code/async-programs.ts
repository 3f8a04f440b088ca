// Random async programs: the text of a function `(gate, log) => …` made of every form that waits or cleans up.
//
// `gate()` is a promise, `gate("fail")` one that rejects; `log` traces. A program always ends, whatever the gates do.

import fc from "fast-check";

const prelude = `
  const sync = (name, log) => ({ [Symbol.dispose]() { log("dispose " + name); } });
  const later = (name, gate, log) => ({ async [Symbol.asyncDispose]() { log("begin " + name); await gate(); log("disposed " + name); } });
  const iterator = (gate, log, n = 2) => ({ [Symbol.asyncIterator]() { return this; },
    async next() { await gate(); return { value: {}, done: n-- <= 0 }; }, return() { log("return"); return Promise.resolve({}); } });`;

/** Statements without `await`, for plain functions. */
const plain = [`log("@");`, `throw new Error("@");`, `return "@";`];
const leaves = [...plain, `log("@");`, "await gate();", "await gate();", `await gate("fail");`, "await null;"];

// Where a statement contains others, `#` stands for each of them in turn, and `~` for statements without `await`.
const nodes = [
  "try { # } catch { # }",
  `try { # } catch ({ message, other = log("@") }) { log(message); # }`,
  "try { # } finally { # }",
  "try { # } catch (e) { log(e.message); # } finally { # }",
  "for (const i of [1, 2]) { # if (i === 1) continue; # break; }",
  "for await (const x of [gate(), 2]) { # }",
  `for await (const { y = log("@") } of (async function* () { try { # yield {}; # yield {}; } finally { # } })()) { # }`,
  "for await (const x of iterator(gate, log)) if (x) { # }",
  "for await (const x of iterator(gate, log)) { # continue; }",
  `for (const x of (function* () { try { yield 1; log("@"); yield 2; } finally { ~ } })()) { # }`,
  `{ using r = sync("@", log); # }`,
  `{ await using r = later("@", gate, log); # }`,
  `for (const i of [1, 2]) { await using r = later("@", gate, log); await using n = null; # if (i === 1) continue; # }`,
  'for (await using r of [later("@", gate, log)]) { # }',
  "log(await (async () => { # })());",
  `log(await (async (x = log("@")) => { # })(await gate()));`,
  "await Promise.all([(async () => { # })(), (async () => { # })()]);",
  "log(await Promise.race([(async () => { # })(), (async () => { # })()]));",
  "await Promise.any([(async () => { # })(), (async () => { # })()]);",
  "await Promise.allSettled([(async () => { # })(), (async () => { # })()]);",
  "await gate().then(() => { ~ }).finally(() => { ~ });",
  "await (async () => { # })().catch((e) => { log(e.message); ~ });",
  "{ const f = async () => gate(); await f(); }",
  // Nobody waits, at least not at once: who ends its process in there must be stopped all the same.
  '{ const p = (async () => { # })().catch(() => {}); log("@"); await p; }',
  "void (async () => { # })().catch(() => {});",
  "(async () => { # })().catch(() => {}); #",
  'if (gate) (async () => { # })().catch(() => {}); else log("@");',
  '(() => { void (async () => { # })().catch(() => {}); log("@"); })();',
  'new Promise(() => { ~ }).catch(() => {}); log("@");',
  '(() => { const p = new Promise(() => { ~ }); p.catch(() => {}); log("@"); })();',
];

const { statements } = fc.letrec<{ statement: string; statements: string; plain: string }>((tie) => ({
  plain: fc.array(fc.constantFrom(...plain), { minLength: 1, maxLength: 2 }).map((some) => some.join(" ")),
  statement: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(...leaves),
    ...nodes.map((form) => {
      const holes = form
        .split(/(?=[#~])|(?<=[#~])/)
        .map((part) => (part === "#" ? tie("statements") : part === "~" ? tie("plain") : fc.constant(part)));
      return fc.tuple(...holes).map((parts) => parts.join(""));
    }),
  ),
  statements: fc.array(tie("statement"), { minLength: 1, maxLength: 3 }).map((some) => some.join("\n")),
}));

/** The body of a program, its traces numbered. */
export const programs: fc.Arbitrary<string> = statements.map((text) => {
  let n = 0;
  return `${prelude}
    const run = async (gate, log) => {
      try { log(await (async () => { ${text.replaceAll("@", () => String(++n))} })()); }
      catch (e) { log("thrown " + e.message); }
    };`;
});
