// What the texts of several areas share.

/** What an entry of the table says to a person. */
export interface Explanation {
  /** One sentence, active, values quoted, no full stop. */
  readonly what: string;
  readonly why?: string;
  readonly cure?: string;
}

/** The codes of one area: each turns its typed details into an explanation. */
export type Entries = Record<string, (details: never) => Explanation>;

/** Where an instruction stands. */
export interface ScriptPlace {
  /** Whose script it is, as a person would say it: `chat.appup.json, upFrom "0.1.0"`, or `the added application "audit"`. */
  readonly script: string;
  /** Position in that script, from 1; 0 when the whole script is meant. */
  readonly position: number;
  /** The line in the file, if it is known. */
  readonly line?: number | undefined;
}

export const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");
export const shown = (value: unknown) => JSON.stringify(value) ?? String(value);
export const inPlace = ({ place: { script, position, line } }: { place: ScriptPlace }) =>
  [`in ${script}`, position !== 0 && `instruction ${position}`, line !== undefined && `line ${line}`]
    .filter(Boolean)
    .join(", ");
export const bad = (noun: string, expected: string) => (d: { value: unknown; place: ScriptPlace }) => ({
  what: `Cannot translate ${shown(d.value)} ${inPlace(d)}: not ${noun}`,
  cure: `write ${expected}`,
});

/** A place in a source, as a compiler says it. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line, with a caret below the column. */
  readonly frame: string;
}
export const at = (d: SourcePlace) => `${d.file}:${d.line}:${d.column}`;
export const framed = (what: string, d: SourcePlace) => `${what}\n${d.frame.replace(/^/gm, "    ")}`;
