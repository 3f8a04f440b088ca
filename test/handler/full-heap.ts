// Run by full-heap.test.ts in a process of its own with little memory: states that fit once, but not twice.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { exportsOf } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { Migration } from "../../src/runtime/handler/migration.ts";
import { loadSource, stageSources } from "../code/support.ts";

const module = "store/store";
const source = (vsn: number): string => `
  import { ok, reply } from "underway/gen-server";
  export const vsn = ${vsn};
  export const init = (n: number) => ok<any>({ rows: Array.from({ length: 2_000 }, (_, row) => ({ row, n })) });
  export const handleCall = { size: ({ state }: any) => reply(state.rows.length, state) };
  export const codeChange = { up: { 1: ({ rows }: any) => ({ rows: rows.map((row: any) => ({ ...row, v: 2 })) }) } };
`;
await loadSource(module, source(1));
const handle = handleOf(module);
const pids = [];
for (let n = 0; n < 400; n++) pids.push(await GenServer.start(handle as never, n as never));
const staged = await stageSources({ [module]: source(2) });
const change = { from: exportsOf(module, "current") ?? {}, to: staged.exportsOf(module) ?? {}, extra: null, env: {} };
const migration = new Migration([{ module, handle, change }], (fn) => staged.run(fn));
const refusal = await migration.precopy().catch((error: { code?: string }) => error.code);
await migration.abandon();
staged.abort();
const [first] = pids;
const size = await (GenServer.call as unknown as (pid: unknown, tag: string) => Promise<number>)(first, "size");
console.log(JSON.stringify({ refusal: refusal ?? null, size }));
