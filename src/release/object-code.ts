// Object code: what the compiler makes of one module. OTP: the .beam file. One JSON file a module, `<module>.obj.json`.

import type { ModuleId, Name } from "./data.ts";

export interface ObjectCode {
  /** Format version: a runtime refuses a format that it does not know. */
  readonly format: 1;
  readonly module: ModuleId;
  /** Path of the source, from the application's folder: `src/room.ts`, `src/rooms.json`. Stacks and debuggers name it. */
  readonly source: string;
  /**
   * Content hash, hexadecimal SHA-256: names this version. Covers everything below, the hashes of its evaluation
   * dependencies, and in a release which packages and folders it captures (tools/compile/hash.ts).
   */
  readonly hash: string;
  /**
   * A function body for vm.compileFunction with the parameters (imports, exports, runtime, meta). It returns an
   * iterator: the first step hands over the exports, the second evaluates the module and returns the values of those that
   * are not live (tools/compile/rewrite.ts).
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
  /** npm packages whose exports it reads while it is evaluated, by itself or through functions that it calls. */
  readonly evaluationExternals: readonly ExternalUse[];
  /** Applications whose folder it reads while it is evaluated: by `import.meta`, its own or of a function that it calls. */
  readonly evaluationPlaces: readonly Name[];
  /** Version of the state's shape: the literal of `export const vsn`, 1 when absent. */
  readonly vsn: number;
  /** The behaviour it is a callback module of: the literal of `export const behaviour`, else inferred from its exports. */
  readonly behaviour: BehaviourName | null;
  /** Source map, version 3, from the body to the TypeScript source. */
  readonly map: SourceMapV3;
}

/** `special_process`: it exports `systemCodeChange`. */
export type BehaviourName = "gen_server" | "supervisor" | "application" | "connection" | "special_process";

export type Import =
  /** Another module of the release: its handle. */
  | { readonly kind: "module"; readonly module: ModuleId }
  /** An npm package or Node built-in, or a part of Underway: its handle. */
  | { readonly kind: "external"; readonly specifier: string };

/** An external as an application has it: each resolves packages in its own folder. */
export interface ExternalUse {
  readonly application: Name;
  /** As modules name it: `ws`, `@scope/name/file.js`. */
  readonly specifier: string;
}

export interface SourceMapV3 {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly names: readonly string[];
  readonly mappings: string;
}
