// Erlang terms as data: those that stand in the files of releases. No pids, references, functions or improper lists.

/** A term. Texts are Erlang's strings (lists of characters); an empty one is the empty list. */
export type Term = number | bigint | string | readonly Term[] | Atom | Tuple | Binary | Float | MapTerm;

export interface Atom {
  readonly atom: string;
}
export interface Tuple {
  readonly tuple: readonly Term[];
}
/** Its bytes as characters, or, where these are not all ASCII, its UTF-8 text. */
export interface Binary {
  readonly binary: string;
}
/** A number that is no integer by its notation: 1.0 is not 1. */
export interface Float {
  readonly float: number;
}
export interface MapTerm {
  readonly map: readonly (readonly [Term, Term])[];
}

export const atom = (name: string): Atom => ({ atom: name });
export const tuple = (...elements: readonly Term[]): Tuple => ({ tuple: elements });
export const binary = (text: string): Binary => ({ binary: text });

export const isList = (term: Term): term is readonly Term[] => Array.isArray(term);
export const isAtom = (term: Term | undefined): term is Atom => typeof term === "object" && "atom" in term;
export const isTuple = (term: Term | undefined): term is Tuple => typeof term === "object" && "tuple" in term;
export const isBinary = (term: Term | undefined): term is Binary => typeof term === "object" && "binary" in term;

/** The name of an atom; undefined for anything else. */
export const nameOf = (term: Term | undefined): string | undefined => (isAtom(term) ? term.atom : undefined);

/** The elements of a tuple, an atom standing for a tuple of itself alone; undefined for anything else. */
export const elementsOf = (term: Term): readonly Term[] | undefined => {
  if (isTuple(term)) return term.tuple;
  return isAtom(term) ? [term] : undefined;
};

/** The text of a string; undefined for anything else. */
export const textOf = (term: Term | undefined): string | undefined => {
  if (typeof term === "string") return term;
  return term !== undefined && isList(term) && term.length === 0 ? "" : undefined;
};
