// Errors of the area `code`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

export const code = {
  "code/bad_format": (d: { module: string; format: unknown }) => ({
    what: `Cannot load module "${d.module}": its object code has format ${JSON.stringify(d.format)}`,
    why: "this runtime knows format 1 only",
    cure: "build the release with the version of Underway that it shall run on",
  }),
  "code/badfun": (d: { module: string; version: string }) => ({
    what: `Cannot call a function of module "${d.module}": its version ${d.version} was purged`,
    why: "a function kept somewhere (a timer, a listener, a closure) outlived the version that it belongs to",
    cure: "keep the module and the function's name instead, and call through the import",
  }),
  "code/evaluation_failed": (d: { module: string; reason: string; at: string | null }) => ({
    what: `Cannot load module "${d.module}": it threw while it was evaluated${d.at === null ? "" : `, at ${d.at}`}: ${d.reason}`,
    why: "what stands at a module's top level runs when the module is loaded; nothing of the set was loaded",
    cure: "correct the code at the module's top level",
  }),
  "code/external_failed": (d: { module: string; specifier: string; reason: string }) => ({
    what: `Cannot load "${d.specifier}" for module "${d.module}": ${d.reason}`,
    cure: "add the package to the dependencies of the application and build the release again",
  }),
  "code/nofile": (d: { module: string; importedBy: string }) => ({
    what: `Cannot load module "${d.importedBy}": it imports "${d.module}", which is not loaded`,
    why: "a module is linked to all that it imports before anything of it runs",
    cure: "load both in one set",
  }),
  "code/not_purged": (d: { modules: readonly string[] }) => ({
    what: `Cannot load ${quoted(d.modules)}: there is old code already`,
    why: "a module has at most two versions, the current and the old one",
    cure: "purge or soft-purge the old code first",
  }),
  "code/on_load_failure": (d: { module: string; reason: string }) => ({
    what: `Cannot load module "${d.module}": its onLoad failed: ${d.reason}`,
    why: "a module whose onLoad throws does not become current; nothing of the set was loaded",
    cure: "correct onLoad",
  }),
  "code/staged_closed": (d: { operation: string }) => ({
    what: `Cannot ${d.operation}: this staged set was switched or aborted already`,
  }),
  "code/superseded": (d: { modules: readonly string[] }) => ({
    what: `Cannot switch: ${quoted(d.modules)} got other code after this set was staged`,
    why: "what was evaluated against the code of that time may have captured it",
    cure: "stage the set again",
  }),
  "code/undef": (d: { module: string; export: string; version: string }) => ({
    what: `Cannot call "${d.export}" of module "${d.module}": the current version ${d.version} does not export it`,
    cure: "export it again, or change the caller in the same upgrade",
  }),
  "code/undo_purged": (d: { modules: readonly string[] }) => ({
    what: `Cannot switch back: the old code of ${quoted(d.modules)} is gone`,
    why: "it was purged, or newer code was loaded, after the switch",
  }),
} satisfies Entries;
