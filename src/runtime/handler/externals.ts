// How the modules of a release reach npm packages, and how scripts reach Underway's own modules.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Boot } from "../../release/rel.ts";
import type { ExternalLoader } from "../code/externals.ts";

/** True for what the running Underway answers with itself, whichever release asks. */
export const isUnderway = (specifier: string): boolean => specifier === "underway" || specifier.startsWith("underway/");

/** Loads a part of Underway as modules see it. */
export const importUnderway = (specifier: string): Promise<object> => import(import.meta.resolve(specifier));

/**
 * A loader for the packages of a release's applications. Node resolves them from the application's own folder; an
 * unchanged package lies at the same place in both releases, so it is the same instance.
 */
export const externalLoader = (root: string, boot: Boot): ExternalLoader => {
  const folders = new Map(boot.applications.map(({ app, folder }) => [app.name, folder]));
  return async (app, specifier) => {
    const url = pathToFileURL(join(root, folders.get(app) ?? app, "externals.js")).href;
    const externals: { default(specifier: string): Promise<object> } = await import(url);
    return externals.default(specifier);
  };
};
