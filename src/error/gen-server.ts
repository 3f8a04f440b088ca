// Errors of the area `gen_server`, sorted by reason.

import type { Entries } from "./words.ts";

export const genServer = {
  "gen_server/already_started": (d: { name: string; pid: string }) => ({
    what: `Cannot start a process as "${d.name}": ${d.pid} runs under this name`,
    cure: "use that one, or choose another name",
  }),
  "gen_server/bad_code_change": (d: { module: string; direction: string; key: number; got: string }) => ({
    what: `Cannot migrate the state of "${d.module}": codeChange.${d.direction}[${d.key}] returned ${d.got}`,
    why: "a migration is synchronous and returns the state in its new shape",
    cure: `return the new state from codeChange.${d.direction}[${d.key}]`,
  }),
  "gen_server/bad_return_value": (d: { module: string; value: string }) => ({
    what: `Cannot go on: a callback of "${d.module}" returned ${d.value}`,
    cure: "return what ok, reply, noreply, stop or ignore make",
  }),
  "gen_server/calling_self": (d: { server: string; tag: string }) => ({
    what: `Cannot call "${d.tag}" of ${d.server}: the caller is that process itself`,
    why: "it would wait for its own answer",
    cure: "call the function, or cast",
  }),
  "gen_server/exited": (d: { server: string; tag: string; reason: string }) => ({
    what: `Call "${d.tag}" of ${d.server} was not answered: the process ended (${d.reason})`,
  }),
  "gen_server/ignore": (d: { module: string }) => ({
    what: `A process of "${d.module}" was not started: its init returned ignore`,
  }),
  "gen_server/impure_code_change": (d: {
    module: string;
    direction: string;
    key: number;
    path: string;
    at: string | null;
  }) => ({
    what: `Cannot migrate the state of "${d.module}": codeChange.${d.direction}[${d.key}] changed ${d.path} of the state it was given${d.at === null ? "" : `, at ${d.at}`}`,
    why: "the process may still need that state: the migration may be run again, or taken back",
    cure: "make a new state: { ...state, … }, new Map(state.map), [...state.list]",
  }),
  "gen_server/init_failed": (d: { module: string; reason: string }) => ({
    what: `Cannot start a process of "${d.module}": ${d.reason}`,
  }),
  "gen_server/lost_message": (d: { module: string; tag: string; why: string }) => ({
    what: `Message "${d.tag}" to a process of "${d.module}" was lost across a change of code`,
    why: d.why,
    cure: "keep the clause for as long as somebody may use it, or convert the message in messageChange",
  }),
  "gen_server/no_clause": (d: { module: string; callback: string; tag: string }) => ({
    what: `Module "${d.module}" has no clause "${d.tag}" in ${d.callback}`,
    cure: "add the clause, or correct the tag at the sender",
  }),
  "gen_server/no_code_change": (d: { module: string; direction: string; key: number; toVsn: number }) => ({
    what: `Cannot migrate the state of "${d.module}" to vsn ${d.toVsn}: codeChange.${d.direction}[${d.key}] is missing`,
    cure: `export codeChange with ${d.direction}: { ${d.key}: (state) => … }`,
  }),
  "gen_server/noproc": (d: { server: string }) => ({
    what: `Cannot call ${d.server}: no such process`,
    why: "the process has ended, or no process is registered under this name",
    cure: "start it, or monitor it and handle its end",
  }),
  "gen_server/timeout": (d: { server: string; tag: string; timeoutMs: number }) => ({
    what: `Call "${d.tag}" of ${d.server} was not answered in ${d.timeoutMs} ms`,
    cure: "give it more time with callWithin, or find out what keeps the server",
  }),
} satisfies Entries;
