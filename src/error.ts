// The table of error codes: the only file that every layer may import.
//
// A code is `area/reason`; the reason is OTP's own reason atom where one exists. Each entry turns the typed details into
// what happened, why, and the cure. Ask by code with `isUnderwayError(e, "gen_server/noproc")`, never with `instanceof`:
// two versions of a class are two classes.

/** What an entry of the table says to a person. */
export interface Explanation {
  /** One sentence, active, values quoted, no full stop. */
  readonly what: string;
  readonly why?: string;
  readonly cure?: string;
}

type Entry = (details: never) => Explanation;

/** Where an instruction stands. */
export interface ScriptPlace {
  /** Whose script it is, as a person would say it: `chat.appup.json, upFrom "0.1.0"`, or `the added application "audit"`. */
  readonly script: string;
  /** Position in that script, from 1; 0 when the whole script is meant. */
  readonly position: number;
}

// Internal. What the entries of scripts and releases share.
const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");
const shown = (value: unknown) => JSON.stringify(value) ?? String(value);
const inPlace = ({ place }: { place: ScriptPlace }) =>
  place.position === 0 ? `in ${place.script}` : `in ${place.script}, instruction ${place.position}`;
const bad = (noun: string, expected: string) => (d: { value: unknown; place: ScriptPlace }) => ({
  what: `Cannot translate ${shown(d.value)} ${inPlace(d)}: not ${noun}`,
  cure: `write ${expected}`,
});

// Internal. A place in a source, as a compiler says it.
interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line, with a caret below the column. */
  readonly frame: string;
}
const at = (d: SourcePlace) => `${d.file}:${d.line}:${d.column}`;
const framed = (what: string, d: SourcePlace) => `${what}\n${d.frame.replace(/^/gm, "    ")}`;
const refusedForms = {
  top_level_await: (name: string) => ({
    what: `a module cannot contain "${name}" at its top level`,
    why: "modules are loaded in one synchronous step, so that a whole set can be switched in one turn",
    cure: "move it into a function that is called when the application or a process starts",
  }),
  decorator: () => ({
    what: "decorators and accessor fields are not supported",
    why: "Node does not run them yet",
    cure: "call the function that wraps the class or method yourself",
  }),
  import_assigned: (name: string) => ({
    what: `cannot assign to the import "${name}"`,
    why: "an import is read-only; only the module that exports it can change it",
    cure: "export a function that does it, and call that",
  }),
  import_phase: () => ({
    what: "an import cannot have attributes or a phase",
    why: "all modules of a release are loaded when it starts, and only TypeScript files are modules",
    cure: "import it plainly; read data from the application's priv folder",
  }),
};

const badChild = (what: string, cure: string) => (d: { id: string | null; value: string }) => ({
  what: `Cannot supervise${d.id === null ? "" : ` child "${d.id}"`}: ${what}, found ${d.value}`,
  cure,
});

// Internal. One line a code where it fits; sorted by area, then by reason.
const table = {
  "application/already_loaded": (d: { app: string }) => ({
    what: `Cannot load application "${d.app}": it is loaded`,
  }),
  "application/already_started": (d: { app: string }) => ({
    what: `Cannot start application "${d.app}": it runs, or is about to start or stop`,
  }),
  "application/bad_start_result": (d: { app: string; value: string }) => ({
    what: `Cannot start application "${d.app}": start of its application module returned ${d.value}`,
    cure: "return the pid of its top supervisor, as Supervisor.startLink does",
  }),
  "application/not_known": (d: { app: string; known: readonly string[] }) => ({
    what: `Cannot load application "${d.app}": the running release has ${d.known.join(", ")}`,
    cure: "add it to the release in underway.config.ts",
  }),
  "application/not_loaded": (d: { app: string }) => ({
    what: `Cannot find application "${d.app}": it is not loaded`,
    cure: "correct the name, or add the application to the release",
  }),
  "application/not_started": (d: { app: string; neededBy: string | null }) => ({
    what:
      d.neededBy === null
        ? `Cannot stop application "${d.app}": it does not run`
        : `Cannot start application "${d.neededBy}": it needs "${d.app}", which does not run`,
    ...(d.neededBy === null ? {} : { cure: `start "${d.app}" first, or use ensureAllStarted` }),
  }),
  "application/running": (d: { app: string }) => ({
    what: `Cannot unload application "${d.app}": it runs`,
    cure: "stop it first",
  }),
  "application/start_failed": (d: { app: string; reason: string }) => ({
    what: `Cannot start application "${d.app}": ${d.reason}`,
  }),
  "application/top_ended": (d: { app: string }) => ({
    what: `Cannot start application "${d.app}": its top process has ended already`,
  }),
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
  "code/evaluation_failed": (d: { module: string; reason: string }) => ({
    what: `Cannot load module "${d.module}": it threw while it was evaluated: ${d.reason}`,
    cure: "correct the code at the module's top level; nothing of the set was loaded",
  }),
  "code/external_failed": (d: { module: string; specifier: string; reason: string }) => ({
    what: `Cannot load "${d.specifier}" for module "${d.module}": ${d.reason}`,
    cure: "add the package to the dependencies of the application and build the release again",
  }),
  "code/nofile": (d: { module: string; importedBy: string }) => ({
    what: `Cannot load module "${d.importedBy}": it imports "${d.module}", which is not loaded`,
    cure: "load both in one set",
  }),
  "code/not_purged": (d: { modules: readonly string[] }) => ({
    what: `Cannot load ${quoted(d.modules)}: there is old code already`,
    why: "a module has at most two versions, the current and the old one",
    cure: "purge or soft-purge the old code first",
  }),
  "code/on_load_failure": (d: { module: string; reason: string }) => ({
    what: `Cannot load module "${d.module}": its onLoad failed: ${d.reason}`,
    cure: "correct onLoad; the current version stays",
  }),
  "code/staged_closed": (d: { operation: string }) => ({
    what: `Cannot ${d.operation}: this staged set was switched or aborted already`,
  }),
  "code/superseded": (d: { modules: readonly string[] }) => ({
    what: `Cannot switch: ${quoted(d.modules)} got other code after this set was staged`,
    why: "what was evaluated against the code of that time may have captured it",
    cure: "stage the set again",
  }),
  "appup/other_vsn": (d: { file: string; application: string; appupVsn: string; vsn: string }) => ({
    what: `Cannot use "${d.file}": it is for version ${d.appupVsn} of "${d.application}", which is ${d.vsn}`,
    why: "no base recorded this appup, so replacing it could lose what somebody wrote",
    cure: "write its entries for the new version, delete it, or let --generate replace it",
  }),
  "assemble/choose_release": (d: { releases: readonly string[] }) => ({
    what: `Cannot tell which release to build: the project has ${quoted(d.releases)}`,
    cure: "name one of them with --release",
  }),
  "assemble/duplicate_application": (d: { application: string; folders: readonly string[] }) => ({
    what: `Cannot tell two applications apart: ${quoted(d.folders)} are both called "${d.application}"`,
    why: "the names of an application's modules begin with its name",
    cure: `change "name" in the package.json of one of them`,
  }),
  "assemble/missing_application": (d: { release: string; application: string; applications: readonly string[] }) => ({
    what: `Cannot build "${d.release}": no application of the project is called "${d.application}"`,
    why: `the project has ${quoted(d.applications) || "none"}`,
    cure: `add its folder to "applications" in underway.config.ts, or take it out of the release`,
  }),
  "assemble/missing_base": (d: { release: string; file: string; folder: string }) => ({
    what: `Cannot upgrade "${d.release}": there is no base "${d.file}"`,
    why: `a base tells what an earlier release contains; bases are looked for in "${d.folder}"`,
    cure: "build that release first, or name its base file with --base",
  }),
  "assemble/no_application_folder": (d: { folder: string }) => ({
    what: `Cannot find the application "${d.folder}": there is no such folder`,
    cure: `correct "applications" in underway.config.ts; paths count from its folder`,
  }),
  "assemble/no_package_json": (d: { folder: string }) => ({
    what: `Cannot read the application "${d.folder}": it has no package.json`,
    why: "an application's name and version stand there",
    cure: `add a package.json with "name" and "version"`,
  }),
  "assemble/no_sources": (d: { folder: string }) => ({
    what: `Cannot compile the application "${d.folder}": it has no folder src`,
    why: "an application's modules are the TypeScript files below src",
    cure: "add it, or take the application out of underway.config.ts",
  }),
  "assemble/no_start_module": (d: { application: string; module: string }) => ({
    what: `Cannot start "${d.application}": it has no module "${d.module}"`,
    why: `"underway.mod" in its package.json names the module that starts the application`,
    cure: `correct "mod", or add src/${d.module.slice(d.module.indexOf("/") + 1)}.ts`,
  }),
  "assemble/no_such_release": (d: { release: string; releases: readonly string[] }) => ({
    what: `Cannot build "${d.release}": the project has no such release`,
    why: `underway.config.ts has ${quoted(d.releases) || "none"}`,
    cure: `name one of them, or add one to "releases"`,
  }),
  "assemble/no_typescript": (d: { project: string }) => ({
    what: `Cannot check the types of "${d.project}": TypeScript 7 or newer is not installed`,
    cure: "npm install --save-dev typescript",
  }),
  "assemble/no_underway_build": (d: { folder: string }) => ({
    what: `Cannot ship Underway from "${d.folder}": it was not built`,
    why: "a release contains Underway's runtime as JavaScript, which stands in dist",
    cure: "npm run build",
  }),
  "assemble/other_release": (d: { file: string; release: string; found: string }) => ({
    what: `Cannot upgrade "${d.release}" from "${d.file}": it is a base of "${d.found}"`,
    cure: `name a base of "${d.release}"`,
  }),
  "assemble/other_runtime": (d: { vsn: string; base: string }) => ({
    what: `Cannot upgrade from ${d.base}: it ships Node ${d.vsn} too, but another binary of it`,
    why: "both would lie in the same folder, and what is unpacked is never changed",
    cure: "build both releases with the same Node binary, or one with another version",
  }),
  "assemble/package_not_installed": (d: { package: string; importer: string }) => ({
    what: `Cannot include the npm package "${d.package}": it is not installed`,
    why: `"${d.importer}" imports it`,
    cure: `npm install ${d.package}`,
  }),
  "assemble/same_release_vsn": (d: { release: string; vsn: string; file: string }) => ({
    what: `Cannot upgrade "${d.release}" ${d.vsn} from itself: "${d.file}" has the same version`,
    cure: `give the release its new "vsn" in underway.config.ts`,
  }),
  "assemble/same_vsn_other_content": (d: {
    application: string;
    vsn: string;
    base: string;
    changed: readonly string[];
  }) => ({
    what: `Cannot upgrade from ${d.base}: "${d.application}" has changed, but is still ${d.vsn}`,
    why: `what is unpacked is never changed, and these differ: ${d.changed.slice(0, 5).join(", ")}${d.changed.length > 5 ? ", ..." : ""}`,
    cure:
      d.application === "underway"
        ? "build both releases with the same Underway"
        : `give "${d.application}" a new version in its package.json`,
  }),
  "assemble/target_in_use": (d: { target: string; instance: string; pid: number }) => ({
    what: `Cannot replace "${d.target}": a node runs from it`,
    why: `its instance "${d.instance}" is the process ${d.pid}`,
    cure: "stop it, or build into another folder with --out",
  }),
  "assemble/type_error": (d: { messages: string }) => ({
    what: `Cannot build: the types are wrong\n\n${d.messages.replace(/^/gm, "    ")}\n`,
    cure: "correct them; tsc shows the same",
  }),
  "code/undef": (d: { module: string; export: string; version: string }) => ({
    what: `Cannot call "${d.export}" of module "${d.module}": the current version ${d.version} does not export it`,
    cure: "export it again, or change the caller in the same upgrade",
  }),
  "code/undo_purged": (d: { modules: readonly string[] }) => ({
    what: `Cannot switch back: the old code of ${quoted(d.modules)} is gone`,
    why: "it was purged, or newer code was loaded, after the switch",
  }),
  "compile/not_literal": (d: SourcePlace & { export: string; wanted: string }) => ({
    what: framed(`Cannot compile ${at(d)}: the export "${d.export}" must be a literal`, d),
    why: "the tools read it without running the module",
    cure: `write \`export const ${d.export} = …\` with ${d.wanted}`,
  }),
  "compile/refused_form": (d: SourcePlace & { form: keyof typeof refusedForms; name: string }) => {
    const { what, why, cure } = refusedForms[d.form](d.name);
    return { what: framed(`Cannot compile ${at(d)}: ${what}`, d), why, cure };
  },
  "compile/several": (d: { errors: readonly Error[] }) => ({
    what: `Cannot compile ${d.errors.length} modules\n\n${d.errors.map((error) => error.message).join("\n\n")}\n`,
  }),
  "compile/star_external": (d: SourcePlace & { specifier: string }) => ({
    what: framed(`Cannot compile ${at(d)}: "export *" from "${d.specifier}", which is not a module of this project`, d),
    why: "its exports are not known before it runs",
    cure: `name them: export { a, b } from "${d.specifier}"`,
  }),
  "compile/syntax_error": (d: SourcePlace & { message: string }) => ({
    what: framed(`Cannot compile ${at(d)}: ${d.message}`, d),
    cure: "correct the source at the caret",
  }),
  "compile/unknown_export": (
    d: SourcePlace & { module: string; export: string; found: string; exports: readonly string[] },
  ) => ({
    what: framed(`Cannot compile ${at(d)}: module "${d.module}" has no export "${d.export}"`, d),
    why: d.found === "unknown" ? `it exports ${quoted(d.exports) || "nothing"}` : `its re-exports of it are ${d.found}`,
    cure: "correct the name; write `import type` if it is a type",
  }),
  "compile/unresolved_import": (d: SourcePlace & { specifier: string; why: string; cure: string }) => ({
    what: framed(`Cannot compile ${at(d)}: cannot find "${d.specifier}"`, d),
    why: d.why,
    cure: d.cure,
  }),
  "config/failed": (d: { file: string; reason: string }) => ({
    what: `Cannot read "${d.file}": ${d.reason}`,
    cure: "correct it; it is plain TypeScript, run by Node",
  }),
  "config/not_found": (d: { folder: string }) => ({
    what: `Cannot find a project: "${d.folder}" has no underway.config.ts`,
    cure: "run the command in the project's folder, or name it with --project",
  }),
  "control/bad_protocol": (d: { problem: string }) => ({
    what: `Cannot talk over the control socket: ${d.problem}`,
    why: "the control script and the node are of versions that do not understand each other, or something else connected",
    cure: "use the control script of the release that runs",
  }),
  "control/bad_usage": (d: { problem: string; cure: string }) => ({
    what: d.problem,
    cure: d.cure,
  }),
  "control/interrupted": (d: { command: string }) => ({
    what: `Stopped waiting for "${d.command}": it goes on in the node`,
    cure: `ask with "status" and "releases" how it ended`,
  }),
  "control/no_node": (d: { name: string; instance: string; holder: number | null; socket: string }) => ({
    what:
      d.holder === null
        ? `Cannot reach "${d.name}": no node runs${d.instance === "default" ? "" : ` as instance "${d.instance}"`}`
        : `Cannot reach "${d.name}": operating-system process ${d.holder} does not listen`,
    why:
      d.holder === null
        ? `nobody listens at ${d.socket}`
        : `it holds the node's lock, but not ${d.socket}: it is starting or stopping, or has hung`,
    cure: d.holder === null ? `start it with: bin/${d.name} daemon` : "try again in a moment, or look into its log",
  }),
  "control/no_socket": (d: { path: string; reason: string }) => ({
    what: `Cannot use the control socket ${d.path}: ${d.reason}`,
    why: "only the user who started the node may open it",
    cure: "run the control script as that user, and see that the folder is writable for it",
  }),
  "control/no_such_function": (d: { module: string; function: string; exports: readonly string[] }) => ({
    what: `Cannot call "${d.function}" of module "${d.module}": its current version exports no such function`,
    why: d.exports.length === 0 ? "it exports none" : `it exports ${quoted(d.exports)}`,
    cure: "correct the name",
  }),
  "control/no_such_module": (d: { module: string }) => ({
    what: `Cannot find module "${d.module}": it is not loaded`,
    cure: `give application, slash, path, such as "chat/room"`,
  }),
  "control/node_ended": (d: { command: string }) => ({
    what: `The node ended before it had answered "${d.command}"`,
    why: "it was stopped, killed or crashed; a release that was not made permanent is not booted again",
    cure: "look into its log, and start it again",
  }),
  "control/not_json": (d: { module: string; function: string; problem: string }) => ({
    what: `Cannot show what "${d.function}" of module "${d.module}" returned: ${d.problem}`,
    why: "the call was made, and did what it does; only its result cannot be written as JSON",
    cure: "use eval, which prints any value",
  }),
  "control/not_ready": (d: { problem: string; log: string; tail: string }) => ({
    what: `Cannot start as a daemon: ${d.problem}`,
    why: d.tail === "" ? "it wrote nothing into its log" : `its log ends with\n${d.tail.replace(/^/gm, "        ")}`,
    cure: `read ${d.log}, or start it with "foreground" to see what it says`,
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
    what: `A server of "${d.module}" was not started: its init returned ignore`,
  }),
  "gen_server/init_failed": (d: { module: string; reason: string }) => ({
    what: `Cannot start a server of "${d.module}": ${d.reason}`,
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
  "node/already_running": (d: { pid: number; file: string }) => ({
    what: `Cannot start: a node runs here already, as operating-system process ${d.pid}`,
    why: `it holds ${d.file}`,
    cure: "stop it first, or start this one under another name with --instance",
  }),
  "node/not_booted": (_: Record<never, never>) => ({
    what: "Cannot ask for releases here: no node has been booted in this operating-system process",
    cure: "start a release with bin/<name> foreground, daemon or console",
  }),
  "process/already_registered": (d: { name: string; pid: string }) => ({
    what: `Cannot register "${d.name}": the name belongs to ${d.pid}`,
    cure: "end that process first, or choose another name",
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
  "release/already_installed": (d: { vsn: string }) => ({
    what: `Cannot install release ${d.vsn}: it is running already`,
  }),
  "release/apply_failed": (d: { mfa: string; reason: string }) => ({
    what: `Instruction apply ${d.mfa} failed: ${d.reason}`,
  }),
  "release/bad_entry": (d: { file: string; entry: string; problem: string }) => ({
    what: `Cannot unpack "${d.file}": refusing its entry ${JSON.stringify(d.entry)}: ${d.problem}`,
    why: "a package may only add folders of its release below the target directory; nothing was written",
    cure: "build the package again with `underway release`; do not trust where this one came from",
  }),
  "release/bad_file": (d: { file: string; path: string; expected: string; found: string }) => ({
    what: `Cannot use "${d.file}": ${d.path || "the whole value"} must be ${d.expected}, found ${d.found}`,
    cure: `correct ${d.path || "it"}, or build the file again if no person wrote it`,
  }),
  "release/bad_status": (d: { vsn: string; status: string; needed: string }) => ({
    what: `Cannot do this with release ${d.vsn}: it is ${d.status}, and must be ${d.needed}`,
  }),
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
  "release/existing_release": (d: { vsn: string }) => ({
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
  "release/inside": (d: { processes: readonly string[]; waitedMs: number }) => ({
    what: `Cannot install: ${d.processes.join(", ")} did not leave their callbacks in ${d.waitedMs} ms; nothing was changed`,
    why: `the appup says "wait" for them`,
    cure: `try again, or say "late" or "kill" in the update instruction`,
  }),
  "release/mandatory_app": (d: { app: string; type: string }) => ({
    what: `Cannot start application "${d.app}" as ${d.type}: it must be permanent`,
    cure: `leave out its type`,
  }),
  "release/migration_failed": (d: {
    count: number;
    failures: readonly { pid: string; name: string | null; module: string; reason: string; at: string | null }[];
  }) => ({
    what: `Cannot install: the states of ${d.count} process${d.count === 1 ? "" : "es"} cannot be migrated; nothing was changed`,
    why: d.failures
      .map(
        ({ pid, name, module, reason, at }) => `${module} ${name ?? pid}: ${reason}${at === null ? "" : ` at ${at}`}`,
      )
      .join("\n        "),
    cure: "mend codeChange of the module named, and build the release again",
  }),
  "release/missing_mandatory_app": (d: { app: string }) => ({
    what: `Cannot make a release without application "${d.app}"`,
    why: "every release runs on it",
    cure: "add it to the release's list of applications, as its first",
  }),
  "release/newer_format": (d: { file: string; format: number; known: number }) => ({
    what: `Cannot read "${d.file}": it has format ${d.format}, the newest known one is ${d.known}`,
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
  "release/no_such_release": (d: { vsn: string; known: readonly string[] }) => ({
    what: `Cannot find release ${d.vsn}: known are ${d.known.join(", ")}`,
    cure: "unpack it first",
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
  "release/old_processes": (d: { module: string; processes: readonly string[] }) => ({
    what: `Cannot load "${d.module}": ${d.processes.join(", ")} still run its old code`,
    why: "a module has two versions at most, and soft_purge kills nobody",
    cure: "wait until they leave it, end them, or purge the module by hand",
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
  "release/refused": (d: { vsn: string; reasons: readonly string[] }) => ({
    what: `Cannot install ${d.vsn}: ${d.reasons.length} reasons; nothing was changed`,
    why: d.reasons.join("\n        "),
  }),
  "release/undefined_applications": (d: { undefined: readonly { app: string; neededBy: readonly string[] }[] }) => ({
    what: `Cannot make a release without ${d.undefined.map((one) => `"${one.app}", needed by ${quoted(one.neededBy)}`).join("; ")}`,
    cure: `add them to the release's list of applications, or name them in "optionalApplications" where they are used`,
  }),
  "release/undone": (d: { vsn: string; reason: string; lost: readonly string[] }) => ({
    what: `Install of ${d.vsn} failed after the switch and was undone: ${d.reason}`,
    ...(d.lost.length > 0 && { why: `not taken back: ${d.lost.join("; ")}` }),
    cure: "mend what failed and build the release again",
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
  "relup/bad_application": bad("the name of an application", `a name such as "chat"`),
  "relup/bad_args_list": bad("a list of arguments", `an array such as ["lobby", 5]`),
  "relup/bad_change": bad("a change", `"soft", "supervisor" or { "advanced": extra }`),
  "relup/bad_code_change": bad("a list of code changes", `[{ "module": "chat/room", "extra": null }]`),
  "relup/bad_func": bad("the name of a function", `the name of an exported function, such as "migrate"`),
  "relup/bad_inside": bad(`a choice for "inside"`, `"late", "wait" or "kill"`),
  "relup/bad_instruction": bad("an instruction", "one of the instructions of docs/appup-cookbook.md"),
  "relup/bad_lib": bad("the name of an application", `a name such as "chat"`),
  "relup/bad_lib_vsn": bad("the version of an application", `a text such as "0.2.0"`),
  "relup/bad_list": bad("a list", `an array such as ["chat/room"]`),
  "relup/bad_mod_type": bad("a type of module", `"static" or "dynamic"`),
  "relup/bad_mode": bad("a direction", `"up" or "down"`),
  "relup/bad_module": bad("a module", `application, slash, path: "chat/room"`),
  "relup/bad_node": bad("the name of a node", `a name such as "chat@host"`),
  "relup/bad_op_before_point_of_no_return": (d: { instruction: unknown; place: ScriptPlace }) => ({
    what: `Cannot do ${shown(d.instruction)} before the point of no return, ${inPlace(d)}`,
    why: "what stands there must leave the system as it was when it fails",
    cure: `move it behind "point_of_no_return"; only "load_object_code" and "apply" may stand before it`,
  }),
  "relup/bad_option": bad("an option of this instruction", "only options that the instruction has"),
  "relup/bad_purge_method": bad("a way to purge", `"soft_purge" or "brutal_purge"`),
  "relup/bad_regexp": (d: { regexp: string; app: string; problem: string }) => ({
    what: `Cannot match versions of "${d.app}" by ${JSON.stringify(d.regexp)}: ${d.problem}`,
    cure: "correct the regular expression, or write the version itself",
  }),
  "relup/bad_start_type": bad("a start type", `"permanent", "transient", "temporary", "load" or "none"`),
  "relup/bad_timeout": bad("a timeout", `milliseconds above 0, "default" or "infinity"`),
  "relup/code_change_not_suspended": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot change the state of ${quoted(d.modules)} ${inPlace(d)}: the module is never suspended`,
    why: "only suspended processes take part in a code change, so it would do nothing",
    cure: `add the module to a "suspend" and a "resume", or use "update"`,
  }),
  "relup/conflicting_versions": (d: { app: string; vsns: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot load object code of "${d.app}" in two versions, ${quoted(d.vsns)}, ${inPlace(d)}`,
    cure: `correct the version in "load_object_code"`,
  }),
  "relup/duplicate_release": (d: { vsn: string }) => ({
    what: `Cannot make a script between releases of the same version "${d.vsn}"`,
    why: "a script is found by the version of the other release",
    cure: "give the release another version, and name each other release once",
  }),
  "relup/file_problem": (d: { app: string; vsn: string; other: string }) => ({
    what: `Cannot make a script for "${d.app}" between ${d.vsn} and ${d.other}: it has no appup`,
    cure: `write "${d.app}.appup.json" into the application's folder, or let it be generated`,
  }),
  "relup/included_application": (d: { app: string; place: ScriptPlace }) => ({
    what: `Cannot restart "${d.app}" by itself, ${inPlace(d)}: another application includes it`,
    why: "the supervisors of the other application start it",
    cure: "restart the application that includes it",
  }),
  "relup/incomplete": (d: {
    vsn: string;
    other: string;
    notLoaded: readonly string[];
    notDeleted: readonly string[];
  }) => ({
    what: `Cannot use the script between ${d.vsn} and ${d.other}: ${[
      d.notLoaded.length > 0 && `it does not load ${quoted(d.notLoaded)}`,
      d.notDeleted.length > 0 && `it does not delete ${quoted(d.notDeleted)}`,
    ]
      .filter(Boolean)
      .join(", ")}`,
    why: "the module differs between the two releases; the code running after the upgrade would not be that of the release",
    cure: `add "update", "load_module", "add_module" or "delete_module" for it to the appup, or generate the appup anew`,
  }),
  "relup/muldef_module": (d: { module: string; place: ScriptPlace; first: ScriptPlace }) => ({
    what: `Cannot handle module "${d.module}" twice: ${inPlace({ place: d.first })}, and again ${inPlace(d)}`,
    why: "a module is replaced once in an upgrade; adding or restarting an application counts for all its modules",
    cure: "keep one of the two",
  }),
  "relup/no_object_code": (d: { module: string; place: ScriptPlace }) => ({
    what: `Cannot load module "${d.module}" ${inPlace(d)}: no "load_object_code" reads it`,
    cure: `add a "load_object_code" for it, or use "load_module"`,
  }),
  "relup/no_relup": (d: { app: string; vsn: string; other: string; direction: "up" | "down" }) => ({
    what: `Cannot find a script for "${d.app}" ${d.direction === "up" ? `from ${d.other} to ${d.vsn}` : `from ${d.vsn} to ${d.other}`}`,
    why: `no entry of "${d.direction === "up" ? "upFrom" : "downTo"}" in its appup matches ${d.other}`,
    cure: `add an entry for "${d.other}", or let it be generated`,
  }),
  "relup/no_such_application": (d: { app: string; place: ScriptPlace }) => ({
    what: `Cannot find application "${d.app}" ${inPlace(d)}`,
    why: "one adds applications of the release to go to, removes those of the release to come from, restarts those of both",
    cure: "correct its name, or the release's list of applications",
  }),
  "relup/no_such_module": (d: { module: string; place: ScriptPlace }) => ({
    what: `Cannot find module "${d.module}" ${inPlace(d)}`,
    why: "no application that it could come from lists it among its modules",
    cure: "correct its name, or add its source file",
  }),
  "relup/removed_application_present": (d: { app: string; place: ScriptPlace }) => ({
    what: `Cannot remove application "${d.app}" ${inPlace(d)}: the release to go to has it`,
    cure: `use "restart_application", or take it out of that release`,
  }),
  "relup/resumed_not_suspended": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot resume ${quoted(d.modules)} ${inPlace(d)}: never suspended`,
    cure: `add it to a "suspend"`,
  }),
  "relup/same_vsn_other_code": (d: { app: string; vsn: string; other: string; modules: readonly string[] }) => ({
    what: `Cannot upgrade "${d.app}": it has version ${d.vsn} also in release ${d.other}, but ${quoted(d.modules)} differ`,
    why: "an application whose version stays is not touched by an upgrade; a module also differs when one that it reads from while it is evaluated does",
    cure: `raise "version" in the package.json of "${d.app}"`,
  }),
  "relup/start_not_stop": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot start ${quoted(d.modules)} ${inPlace(d)}: never stopped`,
    cure: `add it to a "stop"`,
  }),
  "relup/stop_not_start": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot stop ${quoted(d.modules)} ${inPlace(d)}: never started again`,
    cure: `add it to a "start"`,
  }),
  "relup/suspended_not_resumed": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot suspend ${quoted(d.modules)} ${inPlace(d)}: never resumed`,
    cure: `add it to a "resume"`,
  }),
  "relup/too_many_point_of_no_return": (d: { place: ScriptPlace }) => ({
    what: `Cannot have two points of no return ${inPlace(d)}`,
    cure: "keep one",
  }),
  "relup/undef_module": (d: { module: string; by: string; place: ScriptPlace }) => ({
    what: `Cannot order module "${d.by}" after "${d.module}" ${inPlace(d)}: no instruction loads or deletes "${d.module}"`,
    why: `a module in "depMods" must itself be updated, loaded, added or deleted by the same upgrade`,
    cure: `add "load_module" for it, or take it out of "depMods"`,
  }),
  "relup/warnings_treated_as_errors": (d: { warnings: readonly string[] }) => ({
    what: `Cannot make the relup: warnings are treated as errors: ${d.warnings.join("; ")}`,
    cure: "remove what they warn of",
  }),
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
  "sys/not_supported": (d: { behaviour: string; request: string }) => ({
    what: `Cannot use ${d.request} with a ${d.behaviour}`,
    why: "its state is the runtime's own",
  }),
  "sys/not_suspended": (d: { pid: string }) => ({
    what: `Cannot change the code of ${d.pid}: it is not suspended`,
    cure: "call sys.suspend first",
  }),
} satisfies Record<string, Entry>;

/** Every code that Underway raises. */
export type ErrorCode = keyof typeof table;
/** The typed details of a code. */
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof table)[C]>[0];

/** An error with a code to ask by, and details that nobody needs to parse out of the message. */
export class UnderwayError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "UnderwayError";
  readonly code: C;
  readonly details: ErrorDetails<C>;

  constructor(code: C, details: ErrorDetails<C>, options?: ErrorOptions) {
    const { what, why, cure } = (table[code] as (details: ErrorDetails<C>) => Explanation)(details);
    const lines = [what, why && `  why:  ${why}`, cure && `  cure: ${cure}`, `  code: ${code}`];
    super(lines.filter(Boolean).join("\n"), options);
    this.code = code;
    this.details = details;
  }
}

/**
 * Tells whether `e` is an Underway error, with this code when one is given.
 *
 * Works across two loaded versions of Underway, where `instanceof` would not.
 */
export const isUnderwayError = <C extends ErrorCode = ErrorCode>(e: unknown, code?: C): e is UnderwayError<C> =>
  e instanceof Error && e.name === "UnderwayError" && "code" in e && (code === undefined || e.code === code);
