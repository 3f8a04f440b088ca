// All modules of the node: one record each, made when the module is first heard of and kept for ever, since other modules
// hold its handle.

import type { ModuleId } from "../../release/data.ts";
import { type Handle, ModuleRecord } from "./handle.ts";

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

/** Every module that has been heard of. */
export const allRecords = (): IterableIterator<ModuleRecord> => records.values();

/**
 * The handle of a module: what `import * as Room` yields. One for each module id, for ever; a module that is not loaded
 * has an empty one.
 */
export const handleOf = (module: ModuleId): Handle => ensureRecord(module).handle;

/** Whether the module has current code. OTP: code:is_loaded/1 */
export const isLoaded = (module: ModuleId): boolean => (records.get(module)?.current ?? null) !== null;
