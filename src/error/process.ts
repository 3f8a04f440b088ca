// Errors of the area `process`, sorted by reason.

import type { Entries } from "./words.ts";

export const process = {
  "process/already_registered": (d: { name: string; pid: string }) => ({
    what: `Cannot register "${d.name}": the name belongs to ${d.pid}`,
    cure: "end that process first, or choose another name",
  }),
  "process/bad_code_change": (d: { module: string; function: string; direction: string; key: number }) => ({
    what: `Cannot migrate "${d.function}" of "${d.module}": systemCodeChange.${d.function}.${d.direction}[${d.key}] returned no array`,
    why: "a step returns the arguments with which the function goes on, as one array",
    cure: "return [argument, …], at once and not as a promise",
  }),
  "process/bad_mailbox": (d: { lengthMax: string; overflow: string }) => ({
    what: `Cannot bound a mailbox to ${d.lengthMax} messages, overflow "${d.overflow}"`,
    cure: "give a whole number, 1 or more, and one of refuse, drop_newest, drop_oldest, exit",
  }),
  "process/bad_timeout": (d: { value: string }) => ({
    what: `Cannot wait for ${d.value}: it is no number of milliseconds`,
    cure: "give a number, 0 or more",
  }),
  "process/has_name": (d: { name: string; pid: string; registeredName: string }) => ({
    what: `Cannot register "${d.name}": ${d.pid} is registered as "${d.registeredName}"`,
    why: "a process has at most one name",
    cure: "unregister that name first",
  }),
  "process/mailbox_full": (d: { dest: string; lengthMax: number }) => ({
    what: `Cannot reach ${d.dest}: ${d.lengthMax} messages wait for it, and its mailbox takes no more`,
    cure: "send less, or wait; find out what keeps the process",
  }),
  "process/no_code_change": (d: {
    module: string;
    function: string;
    direction: string;
    key: number;
    toVsn: number;
  }) => ({
    what: `Cannot migrate "${d.function}" of "${d.module}" to vsn ${d.toVsn}: systemCodeChange.${d.function}.${d.direction}[${d.key}] is missing`,
    cure: `export systemCodeChange with ${d.function}: { ${d.direction}: { ${d.key}: ([…]) => […] } }`,
  }),
  "process/no_process": (d: { operation: string }) => ({
    what: `Cannot use ${d.operation} here: no process is running`,
    why: "it acts on the calling process, and this code was not called by one",
    cure: "call it from a process: a callback of a behaviour, or a function started by spawn",
  }),
  "process/noproc": (d: { dest: string }) => ({
    what: `Cannot reach ${d.dest}: no such process`,
    cure: "start it first, or ask whereis before",
  }),
  "process/undef": (d: { module: string; function: string }) => ({
    what: `Cannot run "${d.function}" of module "${d.module}": it exports no such function`,
    cure: "export the function",
  }),
  "process/value_changed": (d: { by: string; path: string; of: string }) => ({
    what: `Cannot change ${d.path} in ${d.of}: ${d.by} may not`,
    why: "what has left a process is nobody's to change; what stands in a state is changed by its process only, in a callback",
    cure: "make a copy, such as new Map(old), and change that",
  }),
} satisfies Entries;
