// Lines: which line of the TypeScript source the JavaScript made of it stands for, and how the two are brought to agree.
//
// A debugger or a profiler counts lines in the body that V8 has compiled. So the body gets the lines of the source:
// JavaScript that was printed on one line is broken where the source has a break, and printed lines are joined where the
// source has none. A breakpoint set by file and line then holds in every version, whoever sets it.

import { SourceMap } from "node:module";
import type MagicString from "magic-string";
import type { Comment, Node } from "oxc-parser";
import type { SourceMapV3 } from "../../release/object-code.ts";
import { payload } from "./place.ts";

/** Finds lines of the source. */
export class Lines {
  readonly #code: string;
  readonly #map: SourceMap;
  /** Offset of each line of `code`. */
  readonly #starts: number[] = [0];

  constructor(code: string, map: SourceMapV3) {
    this.#code = code;
    this.#map = new SourceMap(payload(map));
    for (let at = code.indexOf("\n"); at !== -1; at = code.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** Line of the source, from 1, of an offset of the code; 1 for what comes from nowhere. */
  readonly lineOf = (offset: number): number => {
    const line = this.#lineAt(offset);
    const found = this.#map.findEntry(line, offset - (this.#starts[line] as number));
    return "originalLine" in found ? found.originalLine + 1 : 1;
  };

  /**
   * Brings the lines of the code to those of the source. `text` are stretches whose line breaks mean something;
   * `breakable` are offsets between tokens at which a line may be broken. Comments go: a joined line would
   * swallow what follows them.
   */
  align(edits: MagicString, { comments, text, breakable }: Layout): void {
    for (const { start, end } of comments) edits.remove(start, end);
    const kept = [...comments.map((one) => ({ ...one, lines: 0 })), ...text.map((one) => ({ ...one, lines: 1 }))];
    kept.sort((one, other) => one.start - other.start);
    const points = [...this.#starts.slice(1).map((start) => ({ point: start, isBreak: true })), ...breakable];
    points.sort((one, other) => one.point - other.point);
    let line = 1;
    let next = 0;
    for (const { point, isBreak } of points) {
      const end = point - 1;
      while ((kept[next]?.end ?? Infinity) <= end) next++;
      if (isBreak && (kept[next]?.start ?? Infinity) <= end) {
        line += kept[next]?.lines ?? 0;
        continue;
      }
      const begin = isBreak ? this.#firstToken(point) : point;
      const missing = begin === null ? 0 : Math.max(0, this.lineOf(begin) - line);
      line += missing;
      if (!isBreak) {
        if (missing > 0) edits.appendLeft(point, "\n".repeat(missing));
      } else if (missing !== 1) {
        edits.update(end, point, missing === 0 ? " " : "\n".repeat(missing));
      }
    }
  }

  // Internal.

  /** Index of the line that an offset stands on. */
  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where the first token of the line that begins here stands; null if it is empty. */
  #firstToken(start: number): number | null {
    for (let at = start; at < this.#code.length && this.#code[at] !== "\n"; at++) {
      if (this.#code[at] !== " " && this.#code[at] !== "\t") return at;
    }
    return null;
  }
}

/** What decides where lines can be broken and joined. */
export interface Layout {
  readonly comments: readonly Comment[];
  readonly text: readonly { readonly start: number; readonly end: number }[];
  readonly breakable: readonly { readonly point: number; readonly isBreak: false }[];
}

/** Gathers the layout while a module is walked. */
export class LayoutReader {
  readonly text: Node[] = [];
  readonly breakable: { readonly point: number; readonly isBreak: false }[] = [];

  enter(node: Node): void {
    switch (node.type) {
      case "TemplateElement":
        this.text.push(node);
        break;
      case "CallExpression":
      case "NewExpression":
        this.#break(node.arguments);
        break;
      case "ArrayExpression":
        this.#break(node.elements);
        break;
      case "ObjectExpression":
        this.#break(node.properties);
        break;
      case "ArrowFunctionExpression":
        this.#break([node.body]);
        break;
      case "BinaryExpression":
      case "LogicalExpression":
        this.#break([node.right]);
        break;
      case "ConditionalExpression":
        this.#break([node.consequent, node.alternate]);
        break;
      case "VariableDeclarator":
        this.#break([node.init]);
        break;
    }
  }

  #break(nodes: readonly (Node | null)[]): void {
    for (const node of nodes) if (node !== null) this.breakable.push({ point: node.start, isBreak: false });
  }
}
