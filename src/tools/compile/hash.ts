// The name of a version: a hash over all that decides how the module behaves, the hashes of its evaluation dependencies
// included. Modules that depend on each other in a circle are hashed together.

import { createHash } from "node:crypto";
import { circles } from "../../release/circles.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";

/** Fills in `hash`. The set must contain every evaluation dependency of its members. */
export const withHashes = (objects: readonly Omit<ObjectCode, "hash">[]): ObjectCode[] => {
  const own = new Map<ModuleId, string>();
  const dependencies = new Map<ModuleId, readonly ModuleId[]>();
  for (const object of objects) {
    own.set(object.module, sha256(JSON.stringify(object)));
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
  return objects.map(({ format, module, source, ...rest }) => ({
    format,
    module,
    source,
    hash: hashes.get(module) as string,
    ...rest,
  }));
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
