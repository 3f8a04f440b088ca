// Files that survive a crash at any instruction: written aside, forced to disk, renamed into place.

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UnderwayError } from "../../error.ts";

/** Replaces a file by a JSON text: a reader sees the old text or the new one, never a part, whenever the power goes. */
export const writeJson = (file: string, value: unknown): void => {
  const aside = `${file}.${process.pid}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    const descriptor = openSync(aside, "w", 0o644);
    try {
      // Unlike writeSync this one goes on after a short write, and throws when the disk is full.
      writeFileSync(descriptor, `${JSON.stringify(value, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, file);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw new UnderwayError("release/cannot_write", { file, reason: messageOf(thrown) }, { cause: thrown });
  }
  syncFolder(dirname(file));
};

/** The value of a JSON file, or undefined when there is no such file. Throws `release/unreadable_file` when it cannot be read. */
export const readJson = (file: string): unknown => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UnderwayError("release/unreadable_file", { file, reason: messageOf(thrown) }, { cause: thrown });
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new UnderwayError("release/unreadable_file", { file, reason: messageOf(thrown) }, { cause: thrown });
  }
};

/** A rename is on disk only when its folder is. */
const syncFolder = (folder: string): void => {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
