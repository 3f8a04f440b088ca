// All modules of the node: one record each, made when the module is first heard of and kept for ever, since other modules
// hold its handle.

import type { ModuleId, Name } from "../../release/data.ts";
import { type Handle, ModuleRecord } from "./handle.ts";
import type { Version } from "./version.ts";

const records = new Map<ModuleId, ModuleRecord>();

/** The record of a module that has been heard of. */
export const recordOf = (module: ModuleId): ModuleRecord | undefined => records.get(module);

/** The record of a module; a new one gets a handle with these exports. */
export const ensureRecord = (module: ModuleId, exports: readonly string[] = []): ModuleRecord => {
  let record = records.get(module);
  if (record === undefined) {
    record = new ModuleRecord(module, exports);
    records.set(module, record);
  }
  return record;
};

/**
 * Tells the current versions where their applications' folders are from now on; null: this application's stays where it
 * is. Synchronous, for a switch; returns the undo.
 */
export const moveFolders = (folderOf: (application: Name) => string | null): (() => void) => {
  const moved: { readonly version: Version; readonly before: string | null }[] = [];
  for (const { current } of records.values()) {
    const folder = current === null ? null : folderOf(current.application);
    if (current === null || folder === null || folder === current.folder) continue;
    moved.push({ version: current, before: current.folder });
    current.folder = folder;
  }
  return () => {
    for (const { version, before } of moved) version.folder = before;
  };
};

/** Every module that has been heard of. */
export const allRecords = (): IterableIterator<ModuleRecord> => records.values();

/**
 * The handle of a module: what `import * as Room` yields. One for each module id, for ever; a module that is not loaded
 * has an empty one.
 */
export const handleOf = (module: ModuleId): Handle => ensureRecord(module).handle;

/** Whether the module has current code. OTP: code:is_loaded/1 */
export const isLoaded = (module: ModuleId): boolean => (records.get(module)?.current ?? null) !== null;
