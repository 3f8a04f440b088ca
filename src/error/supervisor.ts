// Errors of the area `supervisor`, sorted by reason.

import type { Entries } from "./words.ts";

const badChild = (what: string, cure: string) => (d: { id: string | null; value: string }) => ({
  what: `Cannot supervise${d.id === null ? "" : ` child "${d.id}"`}: ${what}, found ${d.value}`,
  cure,
});

export const supervisor = {
  "supervisor/already_present": (d: { supervisor: string; id: string }) => ({
    what: `Cannot start child "${d.id}" of ${d.supervisor}: there is a child with this id, which is not running`,
    cure: "start it with restartChild, or delete it with deleteChild first",
  }),
  "supervisor/already_started": (d: { supervisor: string; id: string; pid: string }) => ({
    what: `Cannot start child "${d.id}" of ${d.supervisor}: it runs already, as ${d.pid}`,
  }),
  "supervisor/bad_combination": badChild(
    "significant does not go with a permanent child, nor with autoShutdown never",
    "make it transient or temporary, and give the supervisor an autoShutdown",
  ),
  "supervisor/bad_flags": (d: { value: string }) => ({
    what: `Cannot supervise: the flags are ${d.value}`,
    cure: `return Supervisor.ok({ strategy: "one_for_one" }, [...]) from init`,
  }),
  "supervisor/bad_return": (d: { module: string; value: string }) => ({
    what: `Cannot supervise: init of "${d.module}" returned ${d.value}`,
    why: "a supervisor's init is synchronous, since it is asked again in the turn in which its code changes",
    cure: "return what Supervisor.ok or Supervisor.ignore makes",
  }),
  "supervisor/bad_start_result": (d: { id: string; value: string }) => ({
    what: `Cannot supervise child "${d.id}": its start function returned ${d.value}`,
    cure: "return the pid of a process that it has started with a link, as GenServer.startLink does",
  }),
  "supervisor/duplicate_child_name": badChild("an id names one child", "give one of the two another id"),
  "supervisor/invalid_auto_shutdown": badChild(
    "autoShutdown must be a word of OTP",
    `write "never", "any_significant" or "all_significant"`,
  ),
  "supervisor/invalid_child_spec": badChild("a child specification is an object", "write { id, start }"),
  "supervisor/invalid_child_type": badChild("type must be a word of OTP", `write "worker" or "supervisor"`),
  "supervisor/invalid_intensity": badChild("intensity must be a whole number", "write 0 or more"),
  "supervisor/invalid_mfa": badChild("start must be what mfa makes", `write mfa(Module, "startLink", ...args)`),
  "supervisor/invalid_period": badChild("periodMs must be a whole number", "write milliseconds, above 0"),
  "supervisor/invalid_restart_type": badChild(
    "restart must be a word of OTP",
    `write "permanent", "transient" or "temporary"`,
  ),
  "supervisor/invalid_shutdown": badChild(
    "shutdown must be a time or a word of OTP",
    `write milliseconds, "brutal_kill" or "infinity"`,
  ),
  "supervisor/invalid_significant": badChild("significant must be a boolean", "write true or false"),
  "supervisor/invalid_strategy": badChild(
    "strategy must be a word of OTP",
    `write "one_for_one", "one_for_all", "rest_for_one" or "simple_one_for_one"`,
  ),
  "supervisor/missing_id": badChild("a child needs an id", "give it one, a text"),
  "supervisor/missing_start": badChild("a child needs a start", `write start: mfa(Module, "startLink", ...args)`),
  "supervisor/not_found": (d: { supervisor: string; id: string }) => ({
    what: `Cannot find child "${d.id}" of ${d.supervisor}`,
    cure: "ask whichChildren for those that it has",
  }),
  "supervisor/one_child_expected": (d: { module: string; count: number }) => ({
    what: `Cannot supervise: init of "${d.module}" returned ${d.count} children with simple_one_for_one`,
    why: "all children of such a supervisor are of one kind",
    cure: "return exactly one, or choose another strategy",
  }),
  "supervisor/restarting": (d: { supervisor: string; id: string }) => ({
    what: `Cannot do this with child "${d.id}" of ${d.supervisor}: it is being restarted`,
    cure: "terminate it first, or wait",
  }),
  "supervisor/running": (d: { supervisor: string; id: string }) => ({
    what: `Cannot do this with child "${d.id}" of ${d.supervisor}: it runs`,
    cure: "terminate it with terminateChild first",
  }),
  "supervisor/simple_one_for_one": (d: { supervisor: string; operation: string }) => ({
    what: `Cannot use ${d.operation} with ${d.supervisor}: its children are started dynamically and have no ids`,
    cure: "name the child by its pid, and use terminateChild",
  }),
  "supervisor/start_failed": (d: { supervisor: string; id: string; reason: string }) => ({
    what: `Cannot start child "${d.id}" of ${d.supervisor}: ${d.reason}`,
  }),
  "supervisor/strategy_change": (d: { module: string; from: string; to: string }) => ({
    what: `Cannot change the strategy of supervisor "${d.module}" from ${d.from} to ${d.to} while it runs`,
    why: "children with ids and children without cannot become each other",
    cure: "restart the application, or give the new supervisor another module",
  }),
} satisfies Entries;
