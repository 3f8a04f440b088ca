// Resources whose package is loaded anew by an upgrade: what `export` says in the old code, `import` makes again in the new.
//
//   prepare ─ throws: the upgrade is refused, everything is as it was
//      └─► switch ─┬─► close    success: the former things are closed
//                  └─► back ─► undone: made again in the old code, the new things are closed
//
// All synchronous but the closing, in the turn of the switch: nobody can use a thing between its export and its import.

import { UnderwayError } from "../../error.ts";
import type { ExternalUse } from "../../release/object-code.ts";
import { exportsOf } from "../code/code-server.ts";
import { recordOf } from "../code/modules.ts";
import { runAsNobody } from "../process/context.ts";
import { dataFault, formatFault } from "../process/data-fault.ts";
import { moduleName, moduleOf } from "../process/module-name.ts";
import { formatReason } from "../process/reason.ts";
import { report } from "../process/report.ts";
import { type OpenResource, type ResourceDefinition, resources } from "./resource.ts";

/** A resource on its way, and its definitions in both codes. */
interface Carried {
  readonly resource: OpenResource;
  readonly from: Portable;
  readonly to: Portable;
  readonly former: unknown;
  readonly next: unknown;
}
type Portable = Required<ResourceDefinition>;

/** Resources that have been made again, and are not shown yet. */
export interface Carrying {
  readonly count: number;
  /** Cannot fail. */
  switch(): void;
  /** The upgrade has succeeded. */
  close(): void;
  /**
   * The upgrade is taken back. To be called in the new code; what it returns in the old one, and that names who has got
   * its thing from before the upgrade, since it could not be made again.
   */
  back(): () => readonly string[];
}

/**
 * Makes again what belongs to the packages that `changed` names, by modules that import them; `staged` are the new exports
 * of a module, `inNewCode` runs while the new code and the new packages are shown.
 *
 * @throws resource/not_carried
 */
export const carryResources = (
  changed: readonly ExternalUse[],
  staged: (module: string) => Readonly<Record<string, unknown>> | undefined,
  inNewCode: <T>(fn: () => T) => T,
): Carrying => {
  const carried: Carried[] = [];
  try {
    for (const resource of resources.values()) {
      const definitions = definitionsOf(resource, changed, staged);
      if (definitions === null) continue;
      const { from, to } = definitions;
      const former = resource.value;
      const data = attempt(resource, "export", () => exported(from, former));
      const next = attempt(resource, "import", () => runAsNobody(() => inNewCode(() => to.import(data))));
      carried.push({ resource, from, to, former, next });
    }
  } catch (thrown) {
    for (const { resource, to, next } of carried) closeAside(resource, to, next);
    throw thrown;
  }
  return {
    count: carried.length,
    switch() {
      for (const { resource, next } of carried) resource.value = next;
    },
    close() {
      for (const { resource, from, former } of carried) closeAside(resource, from, former);
    },
    back() {
      const open = new Set(resources.values());
      // Of a process that has ended since the new thing was closed then; the former one is nobody's.
      for (const { resource, from, former } of carried) if (!open.has(resource)) closeAside(resource, from, former);
      return back(carried.filter(({ resource }) => open.has(resource)));
    },
  };
};

// Internal.

const back = (carried: readonly Carried[]): (() => readonly string[]) => {
  const exports = carried.map((one) => {
    try {
      return { ...one, data: attempt(one.resource, "export", () => exported(one.to, one.next)) };
    } catch (thrown) {
      return { ...one, thrown };
    }
  });
  return () => {
    const lost: string[] = [];
    for (const one of exports) {
      const { resource, from, to, former, next } = one;
      try {
        if ("thrown" in one) throw one.thrown;
        resource.value = attempt(resource, "import", () => runAsNobody(() => from.import(one.data)));
        closeAside(resource, from, former);
      } catch (thrown) {
        resource.value = former;
        lost.push(`${nameOf(resource)} is the one from before the upgrade: ${formatReason({ error: thrown })}`);
      }
      closeAside(resource, to, next);
    }
    return lost;
  };
};

/** Null where the resource stays as it is. */
const definitionsOf = (
  { module, name }: OpenResource,
  changed: readonly ExternalUse[],
  staged: (module: string) => Readonly<Record<string, unknown>> | undefined,
): { readonly from: Portable; readonly to: Portable } | null => {
  const id = moduleOf(module);
  const current = id === undefined ? null : (recordOf(id)?.current ?? null);
  if (id === undefined || current === null) return null;
  const uses = ({ application, specifier }: ExternalUse) =>
    application === current.application && current.externals.includes(specifier);
  if (!changed.some(uses)) return null;
  const from = exportsOf(id, "current")?.[name];
  const to = (staged(id) ?? exportsOf(id, "current"))?.[name];
  return isPortable(from) && isPortable(to) ? { from, to } : null;
};

const isPortable = (definition: unknown): definition is Portable => {
  if (typeof definition !== "object" || definition === null) return false;
  const { open, close, export: out, import: into } = definition as Partial<Portable>;
  return [open, close, out, into].every((fn) => typeof fn === "function");
};

/** What is no data would tie the new thing to the old package. */
const exported = (definition: Portable, value: unknown): unknown => {
  const data = runAsNobody(() => definition.export(value));
  const fault = dataFault(data);
  if (fault !== null) throw new TypeError(`it is not data: ${formatFault(fault)}`);
  return data;
};

const attempt = <T>(resource: OpenResource, step: "export" | "import", fn: () => T): T => {
  try {
    return fn();
  } catch (cause) {
    const { module, name, owner } = resource;
    const details = { module: moduleName(module), name, owner: String(owner.pid), step };
    throw new UnderwayError("resource/not_carried", { ...details, reason: formatReason({ error: cause }) }, { cause });
  }
};

/** Closes a thing that nobody refers to any more; a failure is reported. */
const closeAside = (resource: OpenResource, definition: Portable, value: unknown): void => {
  const failed = (error: unknown): void =>
    report({ level: "error", kind: "resource", message: `could not close a former ${nameOf(resource)}`, error });
  runAsNobody(() => {
    try {
      void Promise.resolve(definition.close(value)).catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  });
};

const nameOf = ({ module, name, owner }: OpenResource): string =>
  `resource "${name}" of ${moduleName(module)}, held by ${owner.pid}`;
