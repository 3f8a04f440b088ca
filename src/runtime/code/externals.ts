// npm packages, Node built-ins and Underway itself, as modules of an application see them: one handle per application and
// specifier. Each application resolves in its own folder, so two of them may use two versions of one package.

import { isBuiltin } from "node:module";
import { UnderwayError } from "../../error.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { ExternalUse } from "../../release/object-code.ts";
import { makeFast } from "./fast-properties.ts";
import type { Handle } from "./handle.ts";

/** Imports a package as the modules of an application would: through the application's own folder. */
export type ExternalLoader = (application: Name, specifier: string) => Promise<object>;

const handles = new Map<string, Handle>();
const loading = new Map<string, Promise<Handle>>();
let load: ExternalLoader = (application, specifier) =>
  Promise.reject(new Error(`application "${application}" has no loader for packages, wanted "${specifier}"`));

/**
 * Says how packages are loaded. Node built-ins and `underway` are never asked for: the runtime answers those itself, so
 * that each module sees the Underway that runs it.
 */
export const setExternalLoader = (loader: ExternalLoader): void => {
  load = loader;
};

/** The handle of an external that has been loaded. */
export const externalOf = (application: Name, specifier: string): Handle => {
  const handle = handles.get(keyOf(application, specifier));
  if (handle === undefined) throw new Error(`external "${specifier}" of "${application}" was not loaded first`);
  return handle;
};

/**
 * Loads an external, once for each application.
 *
 * The handle holds the values that the package's exports have now. Limit: an export that the package itself reassigns
 * later is not followed.
 *
 * @throws code/external_failed
 */
export const loadExternal = (module: ModuleId, specifier: string): Promise<Handle> => {
  const application = module.slice(0, module.indexOf("/"));
  const key = keyOf(application, specifier);
  const known = loading.get(key);
  if (known !== undefined) return known;
  const promise = importExternal(application, specifier).then(
    (namespace) => {
      const handle: Handle = Object.fromEntries(Object.entries(namespace));
      makeFast(handle);
      handles.set(key, handle);
      return handle;
    },
    (cause: unknown) => {
      // Not remembered: the package may be there at the next try.
      loading.delete(key);
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UnderwayError("code/external_failed", { module, specifier, reason }, { cause });
    },
  );
  loading.set(key, promise);
  return promise;
};

/** The npm packages that loaded modules use, by application and specifier. */
export const externalsInUse = (): ExternalUse[] => [...handles.keys()].map(useOf).filter(isPackage);

/** Other copies of packages, loaded and not shown to anybody yet. */
export interface Relinking {
  /** What has another copy now. */
  readonly changed: readonly ExternalUse[];
  /** Shows the modules the new copies while `fn` runs, which is synchronous. */
  run<T>(fn: () => T): T;
  /** Shows them from now on; synchronous, for a switch. Returns its undo. */
  switch(): () => void;
}

/**
 * Loads again, with the loader of now, the packages in use that `wanted` picks. One that lies where it lay is the same
 * instance, and nothing changes for its users.
 *
 * Limit: Node never lets go of a package; the copy from before stays in memory until the node ends.
 *
 * @throws code/external_failed
 */
export const relinkExternals = async (wanted: (use: ExternalUse) => boolean): Promise<Relinking> => {
  const changes: {
    readonly use: ExternalUse;
    readonly handle: Handle;
    readonly before: Handle;
    readonly after: Handle;
  }[] = [];
  for (const [key, handle] of handles) {
    const use = useOf(key);
    if (!isPackage(use) || !wanted(use)) continue;
    const after = Object.fromEntries(Object.entries(await loadAgain(use)));
    const before = { ...handle };
    if (Object.keys({ ...before, ...after }).some((name) => before[name] !== after[name])) {
      changes.push({ use, handle, before, after });
    }
  }
  let switched = false;
  const show = (which: "before" | "after"): void => {
    for (const change of changes) {
      for (const name of Object.keys(change.handle)) if (!(name in change[which])) delete change.handle[name];
      Object.assign(change.handle, change[which]);
      makeFast(change.handle);
    }
  };
  return {
    changed: changes.map(({ use }) => use),
    run(fn) {
      if (switched || changes.length === 0) return fn();
      show("after");
      try {
        return fn();
      } finally {
        show("before");
      }
    },
    switch() {
      show("after");
      switched = true;
      return () => {
        show("before");
        switched = false;
      };
    },
  };
};

// Internal.

const isUnderway = (specifier: string): boolean => /^underway(\/|$)/.test(specifier);

const useOf = (key: string): ExternalUse => {
  const [application = "", specifier = ""] = key.split(" ");
  return { application, specifier };
};

/** What is resolved in an application's folder; Node's own modules and Underway are the node's. */
const isPackage = ({ specifier }: ExternalUse): boolean => !isBuiltin(specifier) && !isUnderway(specifier);

const loadAgain = async ({ application, specifier }: ExternalUse): Promise<object> => {
  try {
    return await load(application, specifier);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnderwayError("code/external_failed", { module: application, specifier, reason }, { cause });
  }
};

const keyOf = (application: Name, specifier: string): string => `${application} ${specifier}`;

const importExternal = async (application: Name, specifier: string): Promise<object> => {
  if (isBuiltin(specifier)) return import(specifier);
  // The package's reference to itself: from the sources as from a build.
  if (isUnderway(specifier)) return import(import.meta.resolve(specifier));
  return load(application, specifier);
};
