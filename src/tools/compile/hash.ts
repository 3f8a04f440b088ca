// The name of a version: a hash over all that decides how the module behaves, the hashes of its evaluation dependencies
// included. Modules that depend on each other in a circle are hashed together.
//
// What a module captures besides other modules is decided by the release: which copy of a package its application has, in
// which folder the application lies. It belongs to the hash too, so that a module which holds something of another copy,
// or of the folder of another version, counts as changed and is evaluated again in the same upgrade.

import { createHash } from "node:crypto";
import { circles } from "../../release/circles.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { ExternalUse, ObjectCode } from "../../release/object-code.ts";

/** What decides what a module captures besides other modules. Texts that differ where the things differ. */
export interface Surroundings {
  packageOf(use: ExternalUse): string;
  placeOf(application: Name): string;
}

const nowhere: Surroundings = { packageOf: () => "", placeOf: () => "" };

/**
 * Fills in `hash`, or fills it in anew. The set must contain every evaluation dependency of its members.
 *
 * @param surroundings default: whatever they are, they are the same.
 */
export const withHashes = (
  objects: readonly (Omit<ObjectCode, "hash"> | ObjectCode)[],
  surroundings: Surroundings = nowhere,
): ObjectCode[] => {
  const own = new Map<ModuleId, string>();
  const dependencies = new Map<ModuleId, readonly ModuleId[]>();
  for (const object of objects) {
    own.set(object.module, ownHash(object, surroundings));
    dependencies.set(object.module, object.evaluationDependencies);
  }
  const hashes = new Map<ModuleId, string>();
  for (const circle of circles(dependencies)) {
    const members = new Set(circle);
    const outer = new Set(circle.flatMap((module) => dependencies.get(module) ?? []).filter((m) => !members.has(m)));
    const inner = [...circle].sort().map((module) => own.get(module) as string);
    const digest = sha256(JSON.stringify([inner, [...outer].sort().map((module) => hashes.get(module) ?? null)]));
    for (const module of circle) hashes.set(module, sha256(JSON.stringify([own.get(module), digest])));
  }
  return objects.map((object) => {
    const { format, module, source, hash: _before, ...rest } = object as ObjectCode;
    return { format, module, source, hash: hashes.get(module) as string, ...rest };
  });
};

// Internal.

const ownHash = (object: Omit<ObjectCode, "hash"> | ObjectCode, { packageOf, placeOf }: Surroundings): string => {
  const { evaluationExternals, evaluationPlaces } = object;
  const captured = [...evaluationExternals.map(packageOf), ...evaluationPlaces.map(placeOf)];
  return sha256(JSON.stringify([textHash(object), captured]));
};

/** Hash of the module by itself. */
const textHash = (object: Omit<ObjectCode, "hash"> | ObjectCode): string =>
  sha256(JSON.stringify({ ...object, hash: undefined }));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
