// The forms in which module code can wait or clean up, one row each: a program, where it is killed, and what it traces when
// nobody kills it.
//
// Each program exports `run(gate, log)`. `gate()` is a promise that the test opens, one after the other; `log` traces.

export interface Form {
  readonly code: string;
  /** What a run that is not killed traces. */
  readonly trace: readonly string[];
}

const resource = `
  const sync = (name, log) => ({ [Symbol.dispose]() { log("dispose " + name); } });
  const later = (name, log, gate) => ({ async [Symbol.asyncDispose]() { log("dispose " + name); await gate(); log("disposed " + name); } });`;
const source = `
  async function* source(gate, log, n = 2) {
    try { for (let i = 0; i < n; i++) { await gate(); log("give " + i); yield { i }; } } finally { log("source ends"); }
  }`;

export const forms: Readonly<Record<string, Form>> = {
  "an async function": {
    code: "export async function run(gate, log) { log('a'); await gate(); log('b'); await gate(); log('c'); }",
    trace: ["a", "b", "c"],
  },
  "an async arrow with an expression": {
    code: "const step = async (gate, log) => log(await gate()); export const run = (gate, log) => step(gate, log);",
    trace: ["go"],
  },
  "an async method": {
    code: `class W { async work(gate, log) { log('a'); await gate(); log('b'); } static async all(gate, log) { await new W().work(gate, log); log('c'); } }
      export const run = (gate, log) => W.all(gate, log);`,
    trace: ["a", "b", "c"],
  },
  "an async method of an object": {
    code: "const o = { async work(gate, log) { await gate(); log('b'); } }; export const run = (g, log) => o.work(g, log);",
    trace: ["b"],
  },
  "an await within an await": {
    code: `const f = async (gate, x) => { await gate(); return x; };
      export const run = async (gate, log) => { log(await f(gate, await gate())); log(await (await f(gate, f))(gate, "x")); };`,
    trace: ["go", "x"],
  },
  "a default value of a parameter": {
    code: `const f = async (log, x = log("default")) => { log("in"); };
      export const run = async (gate, log) => { await gate(); await f(log); const { a = log("a") } = {}; };`,
    trace: ["default", "in", "a"],
  },
  "catch, finally and what follows": {
    code: `export const run = async (gate, log) => {
      try { await gate(); throw new Error(); } catch { log("catch"); } finally { log("finally"); } log("on"); };`,
    trace: ["catch", "finally", "on"],
  },
  "a catch of a rejection": {
    code: `export const run = async (gate, log) => {
      try { await gate("fail"); } catch (e) { log("catch " + e.message); await gate(); log("on"); } };`,
    trace: ["catch fail", "on"],
  },
  "a destructuring catch": {
    code: `export const run = async (gate, log) => {
      try { await gate("fail"); } catch ({ message: m, x = log("default"), y: { z = log("deep") } = {} }) { let own = m; log(own); } };`,
    trace: ["default", "deep", "fail"],
  },
  "a destructuring catch whose block hides a name": {
    code: `export const run = async (gate, log) => { const y = "outer";
      try { await gate("fail"); } catch ({ x = y }) { const y = "inner"; log(x + y); } };`,
    trace: ["outerinner"],
  },
  "return in a finally": {
    code: `const f = async (gate, log) => { try { await gate(); } finally { log("finally"); return 1; } };
      export const run = async (gate, log) => { await f(gate, log); log("on"); };`,
    trace: ["finally", "on"],
  },
  "break and continue in a finally": {
    code: `export const run = async (gate, log) => {
      for (let i = 0; i < 3; i++) { try { await gate(); } finally { log("finally " + i); if (i < 1) continue; break; } } log("on"); };`,
    trace: ["finally 0", "finally 1", "on"],
  },
  "nested try": {
    code: `export const run = async (gate, log) => {
      try { try { await gate("fail"); } catch { await gate(); log("inner"); throw new Error("again"); } finally { log("f1"); } }
      catch (e) { log(e.message); } finally { log("f2"); } };`,
    trace: ["inner", "f1", "again", "f2"],
  },
  "a caller that waits": {
    code: `const inner = async (gate) => { await gate(); };
      export const run = async (gate, log) => { try { await inner(gate); log("on"); } catch { log("catch"); } finally { log("finally"); } };`,
    trace: ["on", "finally"],
  },
  "for await": {
    code: "export const run = async (gate, log) => { for await (const one of [gate(), gate()]) { log(one); } log('on'); };",
    trace: ["go", "go", "on"],
  },
  "for await without braces": {
    code: "export const run = async (gate, log) => { for await (const one of [gate(), gate()]) log(one); if (gate) for await (const x of [1]) log(x); else log('no'); };",
    trace: ["go", "go", "1"],
  },
  "for await with a pattern and defaults": {
    code: `${source} export const run = async (gate, log) => {
      for await (const { i, x = log("default " + i) } of source(gate, log)) log("take " + i); log("on"); };`,
    trace: ["give 0", "default 0", "take 0", "give 1", "default 1", "take 1", "source ends", "on"],
  },
  "for await into a target": {
    code: `${source} export const run = async (gate, log) => { let i; const o = { set i(v) { log("set " + v); } };
      for await ({ i = 0 } of source(gate, log, 1)) log("take " + i);
      for await ({ i: o.i } of source(gate, log, 1)) log("took"); for await ([i] of [[5]]) log(i); };`,
    trace: ["give 0", "take 0", "source ends", "give 0", "set 0", "took", "source ends", "5"],
  },
  "for await with continue, break and labels": {
    code: `${source} export const run = async (gate, log) => {
      outer: for await (const { i } of source(gate, log, 3)) {
        for (const x of [1, 2]) { if (i === 0) continue outer; if (x === 2) continue; if (i === 2) break outer; log(i + " " + x); }
      } log("on"); };`,
    trace: ["give 0", "give 1", "1 1", "give 2", "source ends", "on"],
  },
  "an async generator": {
    code: `${source} export const run = async (gate, log) => { const it = source(gate, log); log((await it.next()).value.i); await gate();
      log("between"); log((await it.next()).value.i); log((await it.next()).done); };`,
    trace: ["give 0", "0", "between", "give 1", "1", "source ends", "true"],
  },
  "an async generator's yield *": {
    code: `${source} async function* twice(gate, log) { try { yield* source(gate, log, 1); log("second"); yield* source(gate, log, 1); } finally { log("twice ends"); } }
      export const run = async (gate, log) => { for await (const { i } of twice(gate, log)) log(i); };`,
    trace: ["give 0", "0", "source ends", "second", "give 0", "0", "source ends", "twice ends"],
  },
  "an async generator's return and throw": {
    code: `async function* g(gate, log) { try { const got = yield gate(); log("got " + got); yield 2; } catch (e) { log(e.message); await gate(); log("caught"); } finally { await gate(); log("end"); } }
      export const run = async (gate, log) => {
        const a = g(gate, log); log((await a.next()).value); await a.return(); log("returned");
        const b = g(gate, log); await b.next(); await b.next("x"); await b.throw(new Error("thrown")); log("on"); };`,
    trace: ["go", "end", "returned", "got x", "thrown", "caught", "end", "on"],
  },
  "an async iterator written by hand": {
    code: `const by = (gate, log) => ({ i: 0, [Symbol.asyncIterator]() { return this; },
        async next() { await gate(); log("next"); return { value: this.i, done: this.i++ > 0 }; },
        return() { log("return"); return Promise.resolve({}); } });
      export const run = async (gate, log) => { for await (const x of by(gate, log)) log(x);
        for await (const x of by(gate, log)) { await gate(); log("break"); break; } log("on"); };`,
    trace: ["next", "0", "next", "next", "break", "return", "on"],
  },
  "an iterator's return and throw around an await": {
    code: `const by = (log) => ({ [Symbol.iterator]() { return this; }, i: 0, next() { return { value: this.i++, done: false }; },
        return: () => (log("return"), {}), throw: function () { log("throw"); return {}; } });
      export const run = async (gate, log) => { for (const x of by(log)) { await gate(); log(x); if (x === 1) break; } log("on"); };`,
    trace: ["0", "1", "return", "on"],
  },
  "a plain generator's finally around an await": {
    code: `function* g(log) { try { yield 0; log("resumed"); yield 1; } catch { log("catch"); } finally { log("finally"); } }
      export const run = async (gate, log) => { for (const x of g(log)) { await gate(); log(x); } const [a] = g(log); await gate(); log("on"); };`,
    trace: ["0", "resumed", "1", "finally", "finally", "on"],
  },
  "using around an await": {
    code: `${resource} export const run = async (gate, log) => {
      { using a = sync("a", log), b = sync("b", log); await gate(); log("in"); } await gate(); log("on"); };`,
    trace: ["in", "dispose b", "dispose a", "on"],
  },
  "await using in a block": {
    code: `${resource} export const run = async (gate, log) => {
      { await using a = later("a", log, gate); await using b = later("b", log, gate); await gate(); log("in"); } log("on"); };`,
    trace: ["in", "dispose b", "disposed b", "dispose a", "disposed a", "on"],
  },
  "await using in a function's body": {
    code: `${resource} const f = async (gate, log) => { await using a = later("a", log, gate); log("in"); return 1; };
      export const run = async (gate, log) => { await f(gate, log); log("on"); };`,
    trace: ["in", "dispose a", "disposed a", "on"],
  },
  "await using left by break, continue and return": {
    code: `${resource} const f = async (gate, log) => { a: { { await using a = later("a", log, gate); break a; } } log("broken");
        for (const i of [1, 2]) { await using b = later("b" + i, log, gate); if (i === 1) continue; return "returned"; } };
      export const run = async (gate, log) => { log(await f(gate, log)); };`,
    trace: [
      ...["dispose a", "disposed a", "broken", "dispose b1", "disposed b1", "dispose b2", "disposed b2", "returned"],
    ],
  },
  "await using in the head of a loop": {
    code: `${resource} export const run = async (gate, log) => {
        for (await using a of [later("a", log, gate), later("b", log, gate)]) { log("turn"); } log("on");
        l: for (await using c = later("c", log, gate); ; ) { for (;;) { log("once"); break l; } } log("end");
        for await (await using d of [later("d", log, gate)]) log("d"); log("done"); };`,
    trace: [
      ...["turn", "dispose a", "disposed a", "turn", "dispose b", "disposed b", "on"],
      ...["once", "dispose c", "disposed c", "end", "d", "dispose d", "disposed d", "done"],
    ],
  },
  "await using of something foreign": {
    code: `const foreign = (gate) => ({ [Symbol.asyncDispose]: () => gate() });
      export const run = async (gate, log) => { { await using a = foreign(gate); log("in"); } log("on");
        b: { await using b = foreign(gate); break b; } log("broken"); for await (await using d of [foreign(gate)]) log("d"); log("done"); };`,
    trace: ["in", "on", "broken", "d", "done"],
  },
  "an async handler with a default value": {
    code: `export const run = (gate, log) => gate().then(async (x, y = log("default")) => { log(x); await gate(); log("on"); });`,
    trace: ["default", "go", "on"],
  },
  "using whose disposal throws": {
    code: `const bad = (name, log) => ({ [Symbol.dispose]() { log("dispose " + name); throw new Error(name); } });
      export const run = async (gate, log) => {
        try { using a = bad("a", log); using b = bad("b", log); await gate(); throw new Error("c"); }
        catch (e) { log(e.name + " " + e.error.message + " " + e.suppressed.error.message); } };`,
    trace: ["dispose b", "dispose a", "SuppressedError a b"],
  },
  "a handler given to then, catch and finally": {
    code: `export const run = (gate, log) => gate().then((x) => { log(x); return gate("fail"); }).catch(function (e) { log(e.message); return gate(); })
        .finally(() => log("finally")).then(undefined, () => log("no")).then(() => log("on"));`,
    trace: ["go", "fail", "finally", "on"],
  },
  "a named handler given to then": {
    code: `export const run = (gate, log) => { const step = (x) => log("step " + x); const fail = () => log("fail");
        return gate().then(step, fail).then(async () => { log("async"); await gate(); log("on"); }); };`,
    trace: ["step go", "async", "on"],
  },
  "Promise.any of frames": {
    code: `const f = async (gate, log, i) => { await gate("fail"); };
      export const run = async (gate, log) => { try { await Promise.any([f(gate, log, 1), f(gate, log, 2)]); }
        catch (e) { log(e.name + e.errors.length); } log("on"); };`,
    trace: ["AggregateError2", "on"],
  },
  "Promise.all, allSettled and race of frames": {
    code: `const f = async (gate, log, i) => { await gate(); log(i); return i; };
      export const run = async (gate, log) => { log((await Promise.all([f(gate, log, 1), f(gate, log, 2)])).join());
        const s = await Promise.allSettled([f(gate, log, 3), gate("fail")]); log(s.map((one) => one.status).join());
        log(await Promise.race([f(gate, log, 4), f(gate, log, 5)])); };`,
    trace: ["1", "2", "1,2", "3", "fulfilled,rejected", "4", "4"],
  },
  "an async function within one": {
    code: `export const run = async (gate, log) => { const inner = async (x) => { try { await gate(); log("inner " + x); } finally { log("f"); } };
        await inner(1); const left = Promise.allSettled([2].map(async (x) => { await inner(x); })); await gate(); log("on"); };`,
    trace: ["inner 1", "f", "inner 2", "f", "on"],
  },
};
