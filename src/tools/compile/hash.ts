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
import type { Captured } from "./evaluation.ts";

/** Object code before what all modules together decide is known. */
export type Alone = Omit<ObjectCode, "hash" | keyof Captured>;

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

/** Hash of a module by itself: of all but what it captures. */
export const digestOf = (alone: Alone): string => {
  const known = digests.get(alone.map);
  if (known !== undefined) return known;
  const digest = sha256(JSON.stringify(alone));
  digests.set(alone.map, digest);
  return digest;
};

/** Tells the digest of a module, as it was found before. */
export const rememberDigest = (alone: Alone, digest: string): void => {
  digests.set(alone.map, digest);
};

// Internal.

const ownHash = (object: Omit<ObjectCode, "hash"> | ObjectCode, { packageOf, placeOf }: Surroundings): string => {
  const { hash: _, evaluationDependencies, evaluationExternals, evaluationPlaces, ...alone } = object as ObjectCode;
  const captured = [...evaluationExternals.map(packageOf), ...evaluationPlaces.map(placeOf)];
  const lists = [evaluationDependencies, evaluationExternals, evaluationPlaces, captured];
  return sha256(JSON.stringify([digestOf(alone), ...lists]));
};

/** By source map, of which each text has its own: object code is copied on its way, and its text is long. */
const digests = new WeakMap<ObjectCode["map"], string>();

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
