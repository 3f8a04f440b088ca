// Names that the compiler adds to a module. They share a prefix that the module does not use.

/** Names of the compiler's own bindings in one module. */
export interface Names {
  /** Handle of import i. */
  handle(i: number): string;
  /** The function that takes the table of exports. */
  readonly exports: string;
  /** The checks, bound to this version. */
  readonly runtime: string;
  readonly meta: string;
  /** The note of an async function's frame. */
  readonly frame: string;
  /** What a loop or a `catch` got, before it is taken apart. */
  readonly value: string;
  /** Declared behind an `await using`. */
  readonly disposal: string;
  /** A default export without a name of its own. */
  readonly defaultExport: string;
}

/** Picks names that do not occur in `code`. */
export const pickNames = (code: string): Names => {
  let prefix = "$";
  while (new RegExp(`\\${prefix}(?:[xrmfdvu]|h\\d+)(?![\\w$])`).test(code)) prefix += "_";
  return {
    handle: (i) => `${prefix}h${i}`,
    exports: `${prefix}x`,
    runtime: `${prefix}r`,
    meta: `${prefix}m`,
    frame: `${prefix}f`,
    value: `${prefix}v`,
    disposal: `${prefix}u`,
    defaultExport: `${prefix}d`,
  };
};

/** Text that reads the property `name` of `object`. */
export const propertyOf = (object: string, name: string): string =>
  isIdentifier(name) ? `${object}.${name}` : `${object}[${JSON.stringify(name)}]`;

/** Text of `name` as a key of an object literal. `__proto__` has to be computed, or it would set the prototype. */
export const keyOf = (name: string): string => {
  if (name === "__proto__") return `["__proto__"]`;
  return isIdentifier(name) ? name : JSON.stringify(name);
};

// Keywords are fine as property names, so this need not know them.
const isIdentifier = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name);
