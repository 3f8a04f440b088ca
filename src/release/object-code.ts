// Object code: what the compiler makes of one module. OTP: the .beam file. One JSON file a module, `<module>.obj.json`.

import type { ModuleId } from "./data.ts";

export interface ObjectCode {
  /** Format version: a runtime refuses a format that it does not know. */
  readonly format: 1;
  readonly module: ModuleId;
  /** Path of the TypeScript source, from the application's folder: `src/room.ts`. Stacks and debuggers name it. */
  readonly source: string;
  /** Content hash, hexadecimal SHA-256: names this version. Covers everything below and the hashes of its evaluation dependencies. */
  readonly hash: string;
  /**
   * A function body for vm.compileFunction with the parameters (imports, exports, runtime, meta). It returns an
   * iterator: the first step hands over the exports, the second evaluates the module (tools/compile/rewrite.ts).
   */
  readonly code: string;
  /** Element i is what `imports[i]` must be when the body is run. */
  readonly imports: readonly Import[];
  /** Names of its exports, sorted. */
  readonly exports: readonly string[];
  /** Exports whose value may change after evaluation (reassigned, re-exported): read through an accessor for ever. */
  readonly liveExports: readonly string[];
  /**
   * Modules whose exports it reads while it is evaluated: it must be evaluated again whenever one of them changes. It
   * is among them itself if it reads its own handle then.
   */
  readonly evaluationDependencies: readonly ModuleId[];
  /** Version of the state's shape: the literal of `export const vsn`, 1 when absent. */
  readonly vsn: number;
  /** The behaviour it is a callback module of: the literal of `export const behaviour`, else gen_server if it exports `init`. */
  readonly behaviour: BehaviourName | null;
  /** Source map, version 3, from the body to the TypeScript source. */
  readonly map: SourceMapV3;
}

export type BehaviourName = "gen_server" | "supervisor" | "application" | "connection";

export type Import =
  /** Another module of the release: its handle. */
  | { readonly kind: "module"; readonly module: ModuleId }
  /** An npm package or Node built-in, or a part of Underway: its handle. */
  | { readonly kind: "external"; readonly specifier: string };

export interface SourceMapV3 {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly names: readonly string[];
  readonly mappings: string;
}
