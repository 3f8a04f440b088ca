// Errors of the area `assemble`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

const shownFew = (all: readonly string[]) => `${all.slice(0, 5).join(", ")}${all.length > 5 ? ", ..." : ""}`;

export const assemble = {
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
  "assemble/other_build": (d: { release: string; vsn: string; file: string; changed: readonly string[] }) => ({
    what: `Cannot build "${d.release}" ${d.vsn} again: it was built before with other content`,
    why: `"${d.file}" describes that build, a node that runs it could not be upgraded from this one; these differ: ${shownFew(d.changed)}`,
    cure: `raise "vsn" in underway.config.ts and "version" in the package.json of what changed; --force replaces a build that runs nowhere`,
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
  "assemble/same_release_vsn": (d: { release: string; vsn: string; file: string; only: boolean }) => ({
    what: d.only
      ? `Cannot upgrade "${d.release}": this is ${d.vsn}, the only version there is a base of`
      : `Cannot upgrade "${d.release}" ${d.vsn} from itself: "${d.file}" has the same version`,
    cure: `give the release its new "vsn" in underway.config.ts, and every application that changed its new "version" in its package.json`,
  }),
  "assemble/same_vsn_other_content": (d: {
    application: string;
    vsn: string;
    base: string;
    changed: readonly string[];
  }) => ({
    what: `Cannot upgrade from ${d.base}: "${d.application}" has changed, but is still ${d.vsn}`,
    why: `what is unpacked is never changed, and these differ: ${shownFew(d.changed)}`,
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
  "assemble/type_error": (d: { messages: string; nodeTypes: boolean }) => ({
    what: `Cannot build: the types are wrong\n\n${d.messages.replace(/^/gm, "    ")}\n`,
    cure: d.nodeTypes
      ? "correct them; tsc shows the same"
      : "npm install --save-dev @types/node@24: what is wrong is, or may be, that Node's types are not installed",
  }),
} satisfies Entries;
