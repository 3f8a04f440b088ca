// Upgrades of a set of modules with many processes, as the release handler does them: stage, migrate, switch, purge.

import type { ObjectCode } from "../../src/release/object-code.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import type { Callbacks } from "../../src/runtime/behaviour/gen-server-types.ts";
import { exportsOf, purge } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { stage } from "../../src/runtime/code/stage.ts";
import { Migration } from "../../src/runtime/handler/migration.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

const SERVER = "upgrades/server";
/** Stands for the version in the compiled code. */
const MARK = 987_654_321;

const server = `
  import { ok, reply } from "underway/gen-server";
  import * as M0 from "./m0.ts";
  export const vsn = ${MARK};
  export const version = ${MARK};
  export const init = (total: number) => ok({ total, seen: ${MARK} });
  export const handleCall = { get: ({ state }: any) => reply(state, state), other: ({ state }: any) => reply(M0.f0(1), state) };
  export const codeChange = { up: { [${MARK} - 1]: (state: any) => ({ ...state, seen: ${MARK} }) }, down: {} };`;

const other = (i: number): string =>
  Array.from({ length: 10 }, (_, k) => `export const f${k} = (x: number): number => x + ${MARK} + ${i};`).join("\n");

/** Resolves with what does one upgrade to a version; versions go up by one. */
export const startServers = async (
  processes: number,
  modules: number,
): Promise<(version: number) => Promise<number>> => {
  const names = Array.from({ length: modules - 1 }, (_, i) => [`upgrades/m${i}`, other(i)]);
  const objects = compileModules({ [SERVER]: server, ...Object.fromEntries(names) });
  const at = (version: number): ObjectCode[] =>
    objects.map((object) => ({
      ...object,
      code: object.code.replaceAll(String(MARK), String(version)),
      vsn: object.module === SERVER ? version : 1,
      hash: version.toString(16).padStart(64, "0"),
    }));
  (await stage(at(0))).switch();
  const handle = handleOf(SERVER) as unknown as Callbacks;
  for (let n = 0; n < processes; n++) await GenServer.start(handle, n as never);
  return async (version) => {
    const staged = await stage(at(version));
    const change = { from: exportsOf(SERVER, "current") ?? {}, to: staged.exportsOf(SERVER) ?? {}, extra: [], env: {} };
    const migration = new Migration([{ module: SERVER, handle: handleOf(SERVER), change }], (fn) => staged.run(fn));
    await migration.precopy();
    migration.finish();
    staged.switch();
    migration.switch();
    await migration.close();
    for (const module of staged.modules) purge(module);
    return handleOf(SERVER).version as number;
  };
};
