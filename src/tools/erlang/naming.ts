// Names of modules: Erlang's are flat, ours begin with the application. What a script calls of OTP itself has a
// counterpart.

import { UnderwayError } from "../../error.ts";
import type { ModuleId, Name } from "../../release/data.ts";

/** How names are brought over, in both directions. */
export interface Naming {
  toModule(atom: string): ModuleId;
  toAtom(module: ModuleId): string;
}

/**
 * `room` of application `chat` is `chat/room`, and back.
 *
 * @param owner finds the application of a module.
 */
export const namingOf = (owner: (module: string) => Name | undefined, file: string): Naming => ({
  toModule(atom) {
    const app = owner(atom);
    if (app === undefined) throw new UnderwayError("erlang/unknown_module", { file, module: atom });
    return `${app}/${atom}`;
  },
  toAtom: (module) => module.slice(module.indexOf("/") + 1),
});

/** The same name on both sides, slash included: an atom may be any text. The comparison with OTP uses it. */
export const sameNames: Naming = { toModule: (atom) => atom, toAtom: (module) => module };

/** A function of OTP that scripts apply is one of ours. */
export const toOurFunction = (module: string, name: string): readonly [ModuleId, string] | undefined =>
  ours.has(module) ? [`underway/${module}`, name === "get_childspec" ? "getChildSpec" : camel(name)] : undefined;

export const toOtpFunction = (module: ModuleId, name: string): readonly [string, string] | undefined => {
  const plain = module.replace(/^underway\//, "");
  if (plain === module || !ours.has(plain)) return undefined;
  return [plain, name === "getChildSpec" ? "get_childspec" : snake(name)];
};

// Internal.

const ours = new Set(["application", "supervisor"]);
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
