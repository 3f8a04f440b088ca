// A release as the making of a relup sees it: checked, ordered, indexed, with the content hashes of its modules.

import type { App } from "./app.ts";
import type { CheckedRelease } from "./check-release.ts";
import { checkRelease } from "./check-release.ts";
import type { ModuleId } from "./data.ts";
import type { Rel } from "./rel.ts";
import type { Side } from "./translate/item.ts";
import { sideOf } from "./translate/item.ts";

/** What must be known of a release to make a relup. */
export interface ReleaseFacts {
  readonly rel: Rel;
  /** Its application files, in any order. */
  readonly apps: readonly App[];
  /** Content hash of each of its modules. */
  readonly hashes: Readonly<Record<ModuleId, string>>;
}

/** A release that was read and checked. */
export interface KnownRelease {
  readonly checked: CheckedRelease;
  readonly side: Side;
  readonly hashes: ReleaseFacts["hashes"];
}

/** Checks and indexes a release. Throws what `checkRelease` throws. */
export function knowRelease({ rel, apps, hashes }: ReleaseFacts): KnownRelease {
  const checked = checkRelease(rel, apps);
  const side = sideOf(
    checked.applications.map(({ app, type, included }) => ({
      name: app.name,
      vsn: app.vsn,
      modules: app.modules,
      type,
      included,
    })),
  );
  return { checked, side, hashes };
}
