// V8 collects young objects when their space is full, in one pause. What a migration makes survives, all of it, so that pause
// copies megabytes: tens of milliseconds. Collected in small portions instead, between slices, each pause is short.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { readonly type: "minor"; readonly execution: "sync" }) => void;
let collect: Collect | null | undefined;

/** Collects the young objects now. Does nothing where V8 does not let us. */
export const collectYoung = (): void => {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("globalThis.gc");
    setFlagsFromString("--no-expose-gc");
    collect = typeof gc === "function" ? (gc as Collect) : null;
  }
  collect?.({ type: "minor", execution: "sync" });
};
