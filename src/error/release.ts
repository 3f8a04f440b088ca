// Errors of the area `release`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

/** A process whose state could not be migrated. */
type Failure = {
  readonly pid: string;
  readonly name: string | null;
  readonly module: string;
  readonly reason: string;
  readonly at: string | null;
  /** What the migration has read last of the state. */
  readonly path: string | null;
};

const named = (failures: readonly Failure[]): string =>
  failures
    .map(({ pid, name, module, reason, at, path }) =>
      [
        `${module} ${name ?? pid}: ${reason}`,
        at === null ? "" : ` at ${at}`,
        path === null ? "" : `, where it had read ${path}`,
      ].join(""),
    )
    .join("\n        ");

export const release = {
  "release/already_installed": (d: { vsn: string }) => ({
    what: `Cannot install release ${d.vsn}: it is running already`,
    cure: `if it is to survive a restart, commit it; "releases" lists which ones there are`,
  }),
  "release/apply_failed": (d: { mfa: string; reason: string }) => ({
    what: `Instruction apply ${d.mfa} failed: ${d.reason}`,
  }),
  "release/bad_entry": (d: { file: string; entry: string; problem: string }) => ({
    what: `Cannot unpack "${d.file}": refusing its entry ${JSON.stringify(d.entry)}: ${d.problem}`,
    why: "a package may only add folders of its release below the target directory; nothing was written",
    cure: "build the package again with `underway release`; do not trust where this one came from",
  }),
  "release/bad_file": (d: { file: string; path: string; line?: number; expected: string; found: string }) => ({
    what: `Cannot use "${d.file}"${d.line === undefined ? "" : `, line ${d.line}`}: ${d.path || "the whole value"} must be ${d.expected}, found ${d.found}`,
    cure: `correct ${d.path || "it"}, or build the file again if no person wrote it`,
  }),
  "release/bad_status": (d: { operation: "make_permanent" | "remove"; vsn: string; status: string }) =>
    d.operation === "remove"
      ? {
          what: `Cannot remove release ${d.vsn}: it is ${d.status}`,
          why: "the one that runs and the one that boots are needed",
          cure:
            d.status === "permanent"
              ? "install another release and commit it first"
              : "install another release first: downgrade goes back to the one before",
        }
      : {
          what: `Cannot commit release ${d.vsn}: it is ${d.status}, and does not run`,
          why: "only a release that has been seen to run may become the one that boots",
          cure: `install it first: upgrade ${d.vsn}`,
        },
  "release/busy": (d: { operation: string; running: string }) => ({
    what: `Cannot ${d.operation} now: another operation runs (${d.running})`,
    cure: "try again when it has ended",
  }),
  "release/cannot_write": (d: { file: string; reason: string }) => ({
    what: `Cannot write ${d.file}: ${d.reason}`,
    cure: "make room, or make the folder writable for this user; nothing was changed",
  }),
  "release/circular_dependencies": (d: { applications: readonly string[] }) => ({
    what: `Cannot order the applications: ${quoted(d.applications)} depend on each other in a circle`,
    why: "an application is started after all those that it uses or includes",
    cure: `take one of them out of the "applications" or "includedApplications" of another`,
  }),
  "release/cold": (d: { vsn: string; other: string }) => ({
    what: `Cannot get from release ${d.other} to ${d.vsn} while the node runs: the script restarts it`,
    why: "Node or Underway itself differs, or the script says restart_emulator; connections and states would be lost",
    cure: "say --cold to allow the restart",
  }),
  "release/conflicting_file": (d: { file: string; vsn: string; path: string; problem: string }) => ({
    what: `Cannot unpack ${d.vsn} from "${d.file}": ${d.path} stands in the target directory already, and ${d.problem}`,
    why: "what is unpacked is never changed: a release that runs, or may be started again, could need it",
    cure: "raise the version of what was changed and build again; if no release uses that folder, remove it",
  }),
  "release/damaged_package": (d: { file: string; problem: string }) => ({
    what: `Cannot unpack "${d.file}": ${d.problem}`,
    why: "the package is damaged; nothing was changed",
    cure: "copy or build it again",
  }),
  "release/duplicate_include": (d: { duplicates: readonly { app: string; includedBy: readonly string[] }[] }) => ({
    what: `Cannot include an application twice: ${d.duplicates.map((one) => `"${one.app}" is included by ${quoted(one.includedBy)}`).join("; ")}`,
    why: "an included application is started by the one supervisor tree that includes it",
    cure: `keep it in the "includedApplications" of one, and let the others use that one`,
  }),
  "release/duplicate_modules": (d: { duplicates: readonly { module: string; apps: readonly string[] }[] }) => ({
    what: `Cannot have a module in two applications: ${d.duplicates.map((one) => `"${one.module}" is in ${quoted(one.apps)}`).join("; ")}`,
    cure: "rename one of them",
  }),
  "release/duplicate_register": (d: { duplicates: readonly { name: string; apps: readonly string[] }[] }) => ({
    what: `Cannot register a name twice: ${d.duplicates.map((one) => `"${one.name}" is registered by ${quoted(one.apps)}`).join("; ")}`,
    cure: `rename one, and correct "registered" of its application`,
  }),
  "release/error_reading": (d: { problems: readonly { app: string; vsn: string; found: readonly string[] }[] }) => ({
    what: `Cannot find ${d.problems.map((one) => `application "${one.app}" ${one.vsn}${one.found.length > 0 ? ` (found ${quoted(one.found)})` : ""}`).join("; ")}`,
    cure: "add the application to the project, or correct the release's list of applications",
  }),
  "release/existing_release": (d: { vsn: string; file?: string }) => ({
    what: `Cannot unpack release ${d.vsn}: it is known already`,
    cure: "install it, or remove it first",
  }),
  "release/hash_mismatch": (d: { file: string; expected: string; found: string }) => ({
    what: `Cannot use ${d.file}: it is damaged`,
    why: `its SHA-256 is ${d.found}, built was ${d.expected}`,
    cure: "unpack the release again from an undamaged package",
  }),
  "release/illegal_applications": (d: { applications: readonly string[]; problem: string }) => ({
    what: `Cannot use the release's list of applications: ${quoted(d.applications)} ${d.problem}`,
    cure: "correct the release's list of applications",
  }),
  "release/illegal_form": (d: { field: string; value: string }) => ({
    what: `Cannot use ${JSON.stringify(d.value)} as "${d.field}" of a release`,
    why: "a version becomes a part of file names",
    cure: `use letters, digits, ".", "_", "+" and "-"`,
  }),
  "release/illegal_name": (d: { name: string }) => ({
    what: `Cannot use ${JSON.stringify(d.name)} as the name of a release`,
    why: "it becomes a part of file names",
    cure: `use letters, digits, ".", "_", "+" and "-"`,
  }),
  "release/incomplete_package": (d: { file: string; vsn: string; paths: readonly string[] }) => ({
    what: `Cannot unpack ${d.vsn} from "${d.file}": it leaves out ${d.paths.length === 1 ? d.paths[0] : `${d.paths[0]} and ${d.paths.length - 1} other files`}, which the target directory does not have`,
    why: "a package made by an upgrade leaves out what the releases it was made from have, such as an unchanged runtime",
    cure: "unpack it where one of those releases is installed, or build the release without --upgrade",
  }),
  "release/incomplete_script": (d: { vsn: string; missed: readonly string[]; left: readonly string[] }) => ({
    what: `Cannot install ${d.vsn}: its script does not lead to it`,
    why: [
      d.missed.length > 0 ? `not loaded though changed: ${d.missed.join(", ")}` : "",
      d.left.length > 0 ? `not removed though gone: ${d.left.join(", ")}` : "",
    ]
      .filter(Boolean)
      .join("; "),
    cure: "add the instructions to the appup, or let it be generated",
  }),
  "release/in_use": (d: { vsn: string; instances: readonly string[] }) => ({
    what: `Cannot remove release ${d.vsn}: other nodes of this target directory know it`,
    why: d.instances.join(", "),
    cure: "remove it there first",
  }),
  "release/inside": (d: {
    processes: readonly { readonly pid: string; readonly name: string | null; readonly at: readonly string[] }[];
    waitedMs: number;
  }) => ({
    what: `Cannot install: ${d.processes.length === 1 ? "a process" : `${d.processes.length} processes`} did not leave a callback in ${d.waitedMs} ms; nothing was changed`,
    why: `the appup says "wait" for ${d.processes
      .slice(0, 10)
      .map(({ pid, name, at }) =>
        [name === null ? pid : `"${name}" ${pid}`, at.length === 0 ? "" : ` (which waits at ${at.join(", ")})`].join(
          "",
        ),
      )
      .join(", ")}`,
    cure: `try again, or say "late" or "kill" in the update instruction`,
  }),
  "release/late_migration_failed": (d: { failures: readonly Failure[] }) => ({
    what: `Cannot migrate what ${d.failures.length === 1 ? "a process" : `${d.failures.length} processes`} returned that ${d.failures.length === 1 ? "was" : "were"} inside a callback at the switch`,
    why: named(d.failures),
    cure: "mend codeChange of the module named, and build the release again",
  }),
  "release/mandatory_app": (d: { app: string; type: string }) => ({
    what: `Cannot start application "${d.app}" as ${d.type}: it must be permanent`,
    cure: `leave out its type`,
  }),
  "release/migration_failed": (d: { count: number; failures: readonly Failure[] }) => ({
    what: `Cannot install: the states of ${d.count} process${d.count === 1 ? "" : "es"} cannot be migrated; nothing was changed`,
    why: named(d.failures),
    cure: "mend codeChange of the module named, and build the release again",
  }),
  "release/migration_mutates": (d: {
    places: readonly { readonly module: string; readonly process: string; readonly path: string }[];
  }) => ({
    what: `Cannot install: a migration changes the state that it is given; nothing was changed`,
    why: d.places.map(({ module, process, path }) => `${module} ${process}: ${path || "the whole state"}`).join("; "),
    cure: "let codeChange make a new state: it may be run more than once, and its result be thrown away",
  }),
  "release/missing_mandatory_app": (d: { app: string }) => ({
    what: `Cannot make a release without application "${d.app}"`,
    why: "every release runs on it",
    cure: "add it to the release's list of applications, as its first",
  }),
  "release/newer_format": (d: { file: string; line?: number; format: number; known: number }) => ({
    what: `Cannot read "${d.file}"${d.line === undefined ? "" : `, line ${d.line}`}: it has format ${d.format}, the newest known one is ${d.known}`,
    why: "it was written by a newer version of Underway",
    cure: "use that version, or build the file again with this one",
  }),
  "release/no_code_change": (d: { module: string; fromVsn: number; toVsn: number }) => ({
    what: `Cannot install: "${d.module}" has states of vsn ${d.fromVsn} and the new code wants vsn ${d.toVsn}`,
    why: "the script loads the module without converting the states",
    cure: `say ["update", "${d.module}", { "change": { "advanced": [] } }] in the appup`,
  }),
  "release/no_matching_relup": (d: { vsn: string; from: string; available: readonly string[] }) => ({
    what: `Cannot get from release ${d.from} to ${d.vsn}: there is no script for it`,
    why:
      d.available.length > 0
        ? `${d.vsn} can be reached from ${d.available.join(", ")}`
        : `${d.vsn} has no upgrade script`,
    cure: `build it with underway release --upgrade --from ${d.from}`,
  }),
  "release/no_memory": (d: { usedMB: number; limitMB: number }) => ({
    what: `Cannot install: ${d.usedMB} of ${d.limitMB} MB of the heap are in use; nothing was changed`,
    why: "until the switch the migrated states stand beside the present ones",
    cure: "start the node with a larger --max-old-space-size, or say `precopy = false` in modules with large states",
  }),
  "release/no_permanent": (d: { file: string }) => ({
    what: `Cannot boot: ${d.file} names no permanent release`,
    cure: "unpack the package of a release into this folder again",
  }),
  "release/no_such_file": (d: { vsn: string; file: string }) => ({
    what: `Cannot use release ${d.vsn}: ${d.file} is missing`,
    cure: "unpack the release again",
  }),
  "release/no_such_package": (d: { file: string }) => ({
    what: `Cannot find the package "${d.file}"`,
    cure: "correct its path, or copy the package there",
  }),
  "release/no_such_release": (d: { vsn: string; known: readonly string[]; operation?: string | null }) => ({
    what: `Cannot find release ${d.vsn}: known are ${d.known.join(", ")}`,
    cure: ["remove", "make_permanent", "downgrade"].includes(d.operation ?? "")
      ? "name one of those"
      : "name one of those, or unpack its package first",
  }),
  "release/no_way_back": (d: { modules: readonly { readonly module: string; readonly reason: string }[] }) => ({
    what: `Cannot install: states of ${d.modules.map(({ module }) => `"${module}"`).join(", ")} could not be brought back; nothing was changed`,
    why: d.modules.map(({ reason }) => reason).join("; "),
    cure: "add the missing `down` steps to codeChange, or allow an upgrade that cannot be undone: --forward-only",
  }),
  "release/not_in_manifest": (d: { module: string; vsn: string }) => ({
    what: `Cannot load module "${d.module}": release ${d.vsn} does not contain it`,
    cure: "build the release again; its relup and its manifest do not belong together",
  }),
  "release/not_json": (d: { file: string; line: number; column: number; problem: string }) => ({
    what: `Cannot read "${d.file}": line ${d.line}, column ${d.column}: ${d.problem}`,
    cure: "correct the JSON there",
  }),
  "release/not_loaded": (d: { vsn: string; modules: readonly string[] }) => ({
    what: `Install of ${d.vsn} did not bring what was built: ${d.modules.join(", ")}`,
  }),
  "release/not_restarted": (d: { reasons: readonly string[] }) => ({
    what: `Cannot restart all children that were stopped: ${d.reasons.join("; ")}`,
  }),
  "release/not_undone": (d: {
    vsn: string;
    reason: string;
    lost: readonly string[];
    restarted: readonly string[];
  }) => ({
    what: `Install of ${d.vsn} failed after the switch and could not be undone: ${d.reason}`,
    why: d.lost.join("; "),
    cure: "the node restarts into its permanent release; see why the code to go back to was purged meanwhile",
  }),
  "release/old_processes": (d: { module: string; processes: readonly string[] }) => ({
    what: `Cannot load "${d.module}": ${d.processes.join(", ")} still run its old code`,
    why: "a module has two versions at most, and soft_purge kills nobody",
    cure: "wait until they leave it, end them, or purge the module by hand",
  }),
  "release/other_build": (d: { vsn: string; file: string }) => ({
    what: `Cannot unpack "${d.file}": another build of ${d.vsn} is unpacked already`,
    why: "its manifest differs from the one in the target directory; what is unpacked is never changed",
    cure: `remove the unpacked one first (remove ${d.vsn}); if it runs or is permanent, build this one under a new version`,
  }),
  "release/other_release": (d: { file: string; name: string; expected: string }) => ({
    what: `Cannot unpack "${d.file}": it is a release of "${d.name}", this target directory is of "${d.expected}"`,
    cure: `choose a package of "${d.expected}"`,
  }),
  "release/override_include": (d: { app: string; applications: readonly string[] }) => ({
    what: `Cannot let "${d.app}" include ${quoted(d.applications)}: its application file does not include them`,
    why: "a release may leave out included applications, not add some",
    cure: `add them to "includedApplications" of "${d.app}"`,
  }),
  "release/package_changed": (d: {
    vsn: string;
    packages: readonly { readonly app: string; readonly from: string; readonly to: string }[];
  }) => ({
    what: `Cannot install release ${d.vsn}: ${d.packages.map(({ app, from, to }) => `"${app}" gets ${to} instead of ${from}`).join(", ")}`,
    why: "two copies of a package beside each other are two pools, two registries, a false instanceof; nobody has said that this one bears it",
    cure: `name the package under "relink" of the release or in a relink instruction, or restart the application in the appup`,
  }),
  "release/pause_too_long": (d: {
    forecastMs: number;
    maxPauseMs: number;
    slow: readonly { readonly process: string; readonly ms: number }[];
  }) => ({
    what: `Cannot install: the pause would be about ${d.forecastMs} ms, more than ${d.maxPauseMs} ms; nothing was changed`,
    why:
      d.slow.length === 0
        ? "so many processes work without a rest, or say `precopy = false`"
        : d.slow
            .slice(0, 10)
            .map(({ process, ms }) => `${process} alone takes ${ms} ms`)
            .join("; "),
    cure: "try again when there is less to do, split large states, or allow a longer pause",
  }),
  "release/refused": (d: { vsn: string; reasons: readonly string[] }) => ({
    what: `Cannot install ${d.vsn}: ${d.reasons.length} reasons; nothing was changed`,
    why: d.reasons.join("\n        "),
  }),
  "release/undefined_applications": (d: { undefined: readonly { app: string; neededBy: readonly string[] }[] }) => ({
    what: `Cannot make a release without ${d.undefined.map((one) => `"${one.app}", needed by ${quoted(one.neededBy)}`).join("; ")}`,
    cure: `add them to the release's list of applications, or name them in "optionalApplications" where they are used`,
  }),
  "release/undone": (d: { vsn: string; reason: string; lost: readonly string[]; restarted: readonly string[] }) => ({
    what: `Install of ${d.vsn} failed after the switch and was undone: ${d.reason}`,
    ...(d.lost.length + d.restarted.length > 0 && {
      why: [
        ...(d.lost.length > 0 ? [`not taken back: ${d.lost.join("; ")}`] : []),
        ...(d.restarted.length > 0 ? [`started again, with the states from before: ${d.restarted.join(", ")}`] : []),
      ].join("; "),
    }),
    cure: "mend what failed and build the release again",
  }),
  "release/unknown_messages": (d: {
    messages: readonly { readonly module: string; readonly what: string; readonly count: number }[];
  }) => ({
    what: "Cannot install: messages wait that the new code does not know; nothing was changed",
    why: d.messages
      .slice(0, 10)
      .map(({ module, what, count }) => `${module} ${what}${count > 1 ? ` (${count} times)` : ""}`)
      .join("\n        "),
    cure: "keep the clauses in the new version, convert the messages in messageChange, or try again when they are handled",
  }),
  "release/unstable_state": (d: {
    places: readonly { readonly module: string; readonly process: string; readonly path: string }[];
  }) => ({
    what: `Cannot install: migrated twice, the same state came out differently; nothing was changed`,
    why: `${d.places
      .slice(0, 10)
      .map(({ module, process, path }) => `${module} ${process}: ${path || "the whole state"}`)
      .join("; ")}. Either the state was changed outside a callback, or codeChange is not pure`,
    cure: "change states in callbacks only, or say `precopy = false`; leave clocks and random numbers out of codeChange",
  }),
  "release/unreadable_file": (d: { file: string; reason: string }) => ({
    what: `Cannot read ${d.file}: ${d.reason}`,
    cure: "unpack the release again, or restore the file",
  }),
  "release/wrong_base": (d: { vsn: string; other: string; modules: readonly string[] }) => ({
    what: `Cannot install ${d.vsn}: its script was made for another build of ${d.other}`,
    why: `these modules differ: ${d.modules.slice(0, 10).join(", ")}${d.modules.length > 10 ? ", …" : ""}`,
    cure: "build it with the base file of the release that is running: underway release --upgrade --base FILE",
  }),
} satisfies Entries;
