// Import attributes: what stands behind `with` in an import. There is one that Node knows, `type: "json"`.

import type { Node } from "oxc-parser";

/** What an import says besides its specifier: nothing, that it wants JSON, or something that is not known (by name). */
export type Attributes = "none" | "json" | { readonly unknown: string };

/** Those of `import … with { … }` and `export … from … with { … }`. */
export const attributesOf = (attributes: readonly unknown[] | undefined): Attributes =>
  combine((attributes ?? []) as readonly Attribute[]);

/** Those of the second argument of `import()`; only a literal can be read. */
export const attributesOfOptions = (options: Node | null): Attributes => {
  if (options === null) return "none";
  const given = propertiesOf(options)?.find(({ key }) => textOf(key) === "with")?.value;
  const attributes = given === undefined ? null : propertiesOf(given);
  return attributes === null ? { unknown: "with" } : combine(attributes);
};

// Internal.

interface Attribute {
  readonly key: Node;
  readonly value: Node;
}

const combine = (attributes: readonly Attribute[]): Attributes => {
  for (const { key, value } of attributes) {
    if (textOf(key) !== "type" || textOf(value) !== "json") return { unknown: textOf(key) };
  }
  return attributes.length === 0 ? "none" : "json";
};

const propertiesOf = (node: Node): readonly Attribute[] | null => {
  if (node.type === "ParenthesizedExpression") return propertiesOf(node.expression);
  if (node.type !== "ObjectExpression") return null;
  const properties = node.properties.flatMap((one) =>
    one.type === "Property" && !one.computed ? [{ key: one.key as Node, value: one.value as Node }] : [],
  );
  return properties.length === node.properties.length ? properties : null;
};

const textOf = (node: Node): string =>
  node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
