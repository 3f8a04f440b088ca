// Releases, applications and scripts in few words, for the tests of this folder.

import assert from "node:assert/strict";
import type { ErrorCode, ErrorDetails } from "../../src/error.ts";
import { isUnderwayError } from "../../src/error.ts";
import type { App, StartType } from "../../src/release/app.ts";
import type { AppupEntry, HighLevelInstruction } from "../../src/release/appup.ts";
import type { ReleaseFacts } from "../../src/release/known-release.ts";
import type { Rel } from "../../src/release/rel.ts";
import type { Instruction } from "../../src/release/relup.ts";
import type { Side } from "../../src/release/translate/item.ts";
import { sideOf } from "../../src/release/translate/item.ts";

export type AppupScript = readonly (HighLevelInstruction | Instruction)[];

/** An application file with defaults. */
export const app = (name: string, vsn: string, rest: Partial<App> = {}): App => ({
  name,
  vsn,
  description: "",
  modules: [],
  registered: [],
  applications: [],
  ...rest,
});

export const underway = app("underway", "1");

/** A release of all these applications, permanent, in this order, with `underway` in front. */
export const rel = (vsn: string, apps: readonly App[], rest: Partial<Rel> = {}): Rel => ({
  name: "r",
  vsn,
  runtime: "24",
  applications: [underway, ...apps].map((one) => ({ name: one.name, vsn: one.vsn })),
  ...rest,
});

/** What is known of a release; a module's hash is the version of its application unless given. */
export const facts = (
  vsn: string,
  apps: readonly App[],
  rest: Partial<Rel> = {},
  hashes: Readonly<Record<string, string>> = {},
): ReleaseFacts => ({
  rel: rel(vsn, apps, rest),
  apps: [underway, ...apps],
  hashes: {
    ...Object.fromEntries(apps.flatMap((one) => one.modules.map((module) => [module, `${module}@${one.vsn}`]))),
    ...hashes,
  },
});

/** One side of a translation: name, version, modules, and what differs from a permanent application. */
export const side = (
  ...applications: readonly (readonly [
    name: string,
    vsn: string,
    modules: readonly string[],
    rest?: { readonly type?: StartType; readonly included?: boolean },
  ])[]
): Side =>
  sideOf(
    applications.map(([name, vsn, modules, rest]) => ({
      name,
      vsn,
      modules,
      type: "permanent",
      included: false,
      ...rest,
    })),
  );

export const entry = (vsn: AppupEntry["vsn"], script: AppupScript): AppupEntry => ({ vsn, script });

const instructionText = (instruction: Instruction): string => {
  const [name, first, second] = instruction as readonly [string, unknown, unknown];
  const text = (value: unknown): string => {
    if (typeof value === "string") return value.replace(/^fe\//, "");
    if (Array.isArray(value)) return value.map(text).join(",");
    return JSON.stringify(value);
  };
  switch (instruction[0]) {
    case "load_object_code":
      return `object ${instruction[1].app}-${instruction[1].vsn} ${text(instruction[1].modules)}`;
    case "point_of_no_return":
      return "|";
    case "load":
    case "remove": {
      const { module, prePurge, postPurge } = instruction[1];
      return `${name} ${text(module)} ${prePurge[0]}${postPurge[0]}`;
    }
    case "code_change":
      return `change ${instruction[1]} ${instruction[2].map((one) => `${text(one.module)}:${text(one.extra)}`).join(",")}`;
    case "apply": {
      const call = (mfa: (typeof instruction)[1]) => `${mfa.function}(${mfa.args.map(text).join(",")})`;
      const undo = instruction[2]?.undo;
      return `apply ${call(instruction[1])}${undo === undefined ? "" : ` undo ${call(undo)}`}`;
    }
    default:
      return [name, first, second]
        .filter((one) => one !== undefined)
        .map(text)
        .join(" ");
  }
};

/** A script, one short line an instruction; the prefix `fe/` of modules is left out. */
export const lines = (script: readonly Instruction[]): readonly string[] => script.map(instructionText);

/** Asserts that `run` throws an Underway error with this code, and returns its details. */
export function refused<C extends ErrorCode>(code: C, run: () => unknown): ErrorDetails<C> {
  let outcome: unknown = "it returned";
  try {
    run();
  } catch (error) {
    outcome = error;
  }
  if (!isUnderwayError(outcome, code)) assert.fail(`expected ${code}, got ${outcome}`);
  return outcome.details;
}
