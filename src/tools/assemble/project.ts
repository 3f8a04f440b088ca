// Reads a project: `underway.config.ts`, then `package.json` of each of its applications.
//
//   <project>/underway.config.ts            applications, releases
//   <project>/apps/chat/package.json        name, version, description, and the application file's fields under "underway"
//   <project>/apps/chat/src/**/*.ts         its modules; the compiler finds them
//   <project>/apps/chat/priv/               its assets, shipped as they are (OTP: priv_dir)
//   <project>/apps/chat/chat.appup.json     how it is upgraded
//
// Everything is checked here, so that the steps after it can rely on it.

import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { App } from "../../release/app.ts";
import { MANDATORY_APPLICATION as underwayName } from "../../release/check-release.ts";
import type { Name, Vsn } from "../../release/data.ts";
import { parseJson } from "../../release/validate.ts";
import { importFresh } from "../check/import-fresh.ts";
import type { ReleaseConfig } from "../config.ts";
import { applicationFile, validateConfig } from "./project-files.ts";

export interface Project {
  /** Absolute path of the folder of `underway.config.ts`. */
  readonly folder: string;
  /** Every application of the project, by name. */
  readonly applications: ReadonlyMap<Name, Application>;
  readonly releases: { readonly [name: Name]: ReleaseConfig };
}

/** An application as it stands in the project. */
export interface Application {
  readonly name: Name;
  readonly vsn: Vsn;
  /** Absolute path. */
  readonly folder: string;
  /** The application file without its modules, which the compiler finds. */
  readonly app: Omit<App, "modules">;
}

export const configFileName = "underway.config.ts";

// API.

/**
 * Reads and checks the project in `folder`.
 *
 * @throws config/not_found, config/not_module, config/unknown_key, config/failed, release/bad_file, release/not_json, assemble/no_application_folder, assemble/no_package_json,
 *   assemble/no_sources, assemble/duplicate_application
 */
export async function readProject(folder: string): Promise<Project> {
  const root = resolve(folder);
  const config = validateConfig(await importConfig(root), configFileName);
  const applications = new Map<Name, Application>();
  for (const path of config.applications) {
    const application = readApplication(root, path);
    const other = applications.get(application.name);
    if (other) {
      const folders = [other.folder, application.folder].map((each) => relative(root, each));
      throw new UnderwayError("assemble/duplicate_application", { application: application.name, folders });
    }
    applications.set(application.name, application);
  }
  return { folder: root, applications, releases: config.releases };
}

/**
 * The release to build: the one called `name`, or the only one.
 *
 * @throws assemble/no_such_release, assemble/choose_release
 */
export function chooseRelease(project: Project, name?: Name): { readonly name: Name; readonly config: ReleaseConfig } {
  const known = Object.keys(project.releases);
  if (name === undefined && known.length > 1) throw new UnderwayError("assemble/choose_release", { releases: known });
  const chosen = name ?? known[0];
  const config = chosen === undefined ? undefined : project.releases[chosen];
  if (chosen === undefined || !config) {
    throw new UnderwayError("assemble/no_such_release", { release: name ?? "", releases: known });
  }
  return { name: chosen, config };
}

/**
 * The applications of a release, in the order in which the release lists them; `underway` is not among them.
 *
 * @throws assemble/missing_application
 */
export function applicationsOf(project: Project, release: Name, config: ReleaseConfig): Application[] {
  return Object.keys(config.applications)
    .filter((name) => name !== underwayName)
    .map((name) => {
      const application = project.applications.get(name);
      if (!application) {
        const known = [...project.applications.keys()];
        throw new UnderwayError("assemble/missing_application", { release, application: name, applications: known });
      }
      return application;
    });
}

// Internal.

async function importConfig(root: string): Promise<unknown> {
  const file = join(root, configFileName);
  if (!existsSync(file)) throw new UnderwayError("config/not_found", { folder: root });
  const json = join(root, "package.json");
  if (
    existsSync(json) &&
    (parseJson(readFileSync(json, "utf8"), "package.json") as { type?: unknown })?.type === "commonjs"
  ) {
    throw new UnderwayError("config/not_module", { file: "package.json" });
  }
  try {
    return await importFresh(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnderwayError("config/failed", { file, reason }, { cause });
  }
}

function readApplication(root: string, path: string): Application {
  const folder = resolve(root, path);
  if (!existsSync(folder)) throw new UnderwayError("assemble/no_application_folder", { folder: path });
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw new UnderwayError("assemble/no_package_json", { folder: path });
  if (!existsSync(join(folder, "src"))) throw new UnderwayError("assemble/no_sources", { folder: path });
  const shown = relative(root, file);
  const app = applicationFile(parseJson(readFileSync(file, "utf8"), shown), shown);
  return { name: app.name, vsn: app.vsn, folder, app };
}
