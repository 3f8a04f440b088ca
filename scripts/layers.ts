// The layers of Underway, lowest first. A file may import from its own layer and from those below; `error.ts`, with
// its tables in `error/`, is the only file that every layer may import. (design.md 4, ARCHITECTURE.md)

/** Folders below `src`, lowest first. A nested folder belongs to the longest prefix that names it. */
export const LAYERS = [
  "error",
  "error.ts",
  "release",
  "runtime/process",
  "runtime/code",
  "runtime/behaviour",
  "runtime/handler",
  "runtime/control",
  "index.ts",
  "tools/appup.ts",
  "tools/config.ts",
  "tools/erlang",
  "tools/compile",
  "tools/testing",
  "tools/check",
  "tools/assemble",
  "tools/cli",
] as const;

/** What ships in a release: no dependencies. */
const SHIPPED = /^(error\.ts|error\/|index\.ts|release\/|runtime\/)/;

/** One import: who imports what. Paths from `src`, or a package's name. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
}

/** What is wrong with these imports, a sentence each. */
export const violations = (edges: readonly ImportEdge[]): readonly string[] =>
  edges.flatMap(({ from, to }) => problem(from, to) ?? []);

const problem = (from: string, to: string): string | null => {
  const fromLayer = layerOf(from);
  if (fromLayer === -1) return `${from} belongs to no layer: add its folder to scripts/layers.ts`;
  if (to.startsWith("node:")) return null;
  if (!to.endsWith(".ts"))
    return SHIPPED.test(from) ? `${from} imports ${to}: what ships in a release has no dependencies` : null;
  const toLayer = layerOf(to);
  if (toLayer === -1) return `${from} imports ${to}, which belongs to no layer`;
  if (toLayer <= fromLayer) return null;
  return `${from} imports ${to}: upwards, from ${LAYERS[fromLayer]} to ${LAYERS[toLayer]}`;
};

const layerOf = (path: string): number => LAYERS.findIndex((layer) => path === layer || path.startsWith(`${layer}/`));
