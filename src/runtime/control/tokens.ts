// Tokens of JavaScript, as far as a console needs them: where statements begin, and whether an input is complete.
//
// No parser: the runtime has no dependencies, and what is typed into a console is checked by V8 itself afterwards. Whether
// a slash begins a regular expression is decided by the token before it, as simple highlighters do.
// Limit: after `)` and `}` a slash divides.

export interface Token {
  readonly kind: "word" | "number" | "string" | "template" | "regexp" | "mark";
  readonly text: string;
  readonly start: number;
  /** How many brackets are open around it; a bracket itself stands outside. */
  readonly depth: number;
  /** Stands on a later line than the token before it. */
  readonly startsLine: boolean;
}

export interface Scan {
  readonly tokens: readonly Token[];
  /** The input stops inside brackets, a template or a comment. */
  readonly open: boolean;
}

// API.

export function scan(source: string): Scan {
  const scanner = new Scanner(source);
  scanner.run();
  return scanner;
}

/** Whether a value ends here, so that what follows on another line may be a new statement. */
export const endsValue = (token: Token | undefined): boolean =>
  token === undefined ||
  (token.kind === "mark"
    ? /^([)\]};]|\+\+|--)$/.test(token.text)
    : token.kind !== "word" || !isOperatorWord(token.text));

// Internal.

const isOperatorWord = (text: string): boolean =>
  /^(return|typeof|void|delete|await|yield|new|in|of|instanceof|case|do|else|throw|extends)$/.test(text);

const word = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const number = /(0[xXbBoO][\da-fA-F_]+|(\d[\d_]*)?\.?\d[\d_]*([eE][+-]?\d+)?)n?/y;
const marks =
  /=>|\.\.\.|\?\?=|\*\*=|<<=|>>>=|>>=|&&=|\|\|=|[=!]==?|\?\.(?!\d)|\?\?|\*\*|>>>|<<|>>|&&|\|\||\+\+|--|[-+*/%&|^<>]=|[^\s]/uy;

class Scanner implements Scan {
  readonly tokens: Token[] = [];
  open = false;
  readonly #source: string;
  readonly #brackets: string[] = [];
  #at = 0;
  #startsLine = false;

  constructor(source: string) {
    this.#source = source;
  }

  run(): void {
    while (this.#at < this.#source.length && !this.open) this.#next();
    if (this.#brackets.length > 0) this.open = true;
  }

  #next(): void {
    const source = this.#source;
    const char = source[this.#at] as string;
    if (/\s/.test(char)) {
      if (char === "\n") this.#startsLine = true;
      this.#at++;
    } else if (source.startsWith("//", this.#at)) this.#skipTo("\n", true);
    else if (source.startsWith("/*", this.#at)) this.#skipTo("*/", false);
    else if (char === '"' || char === "'") this.#take("string", this.#endOfString(char));
    else if (char === "`") this.#template();
    else if (char === "}" && this.#brackets.at(-1) === "${") {
      this.#brackets.pop();
      this.#template();
    } else if (char === "/" && !endsValue(this.tokens.at(-1))) this.#take("regexp", this.#endOfRegexp());
    else if (char === "/" && this.tokens.at(-1) === undefined) this.#take("regexp", this.#endOfRegexp());
    else if (this.#match(word)) this.#take("word", word.lastIndex);
    else if (/[\d.]/.test(char) && this.#match(number)) this.#take("number", number.lastIndex);
    else this.#mark();
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#source);
  }

  #mark(): void {
    this.#match(marks);
    const text = this.#source.slice(this.#at, marks.lastIndex || this.#at + 1);
    if (text === ")" || text === "]" || text === "}") this.#brackets.pop();
    this.#take("mark", this.#at + text.length);
    if (text === "(" || text === "[" || text === "{") this.#brackets.push(text);
  }

  #take(kind: Token["kind"], end: number): void {
    const text = this.#source.slice(this.#at, end);
    this.tokens.push({ kind, text, start: this.#at, depth: this.#brackets.length, startsLine: this.#startsLine });
    this.#startsLine = false;
    this.#at = end;
  }

  #skipTo(end: string, orEnd: boolean): void {
    const found = this.#source.indexOf(end, this.#at + 2);
    if (found === -1 && !orEnd) this.open = true;
    const stop = found === -1 ? this.#source.length : found + (orEnd ? 0 : end.length);
    if (this.#source.slice(this.#at, stop).includes("\n")) this.#startsLine = true;
    this.#at = stop;
  }

  /** An unfinished string ends with its line: V8 says what is wrong with it. */
  #endOfString(quote: string): number {
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\\") at++;
      else if (char === quote) return at + 1;
      else if (char === "\n") return at;
    }
    return this.#source.length;
  }

  /** From a backtick, or from the brace that ends an expression in a template, to the next such expression or the end. */
  #template(): void {
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\\") at++;
      else if (char === "`") {
        this.#take("template", at + 1);
        return;
      } else if (char === "$" && this.#source[at + 1] === "{") {
        // As a mark, what follows is the beginning of an expression.
        this.#take("mark", at + 2);
        this.#brackets.push("${");
        return;
      }
    }
    this.open = true;
  }

  #endOfRegexp(): number {
    let inClass = false;
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      const char = this.#source[at] as string;
      if (char === "\\") at++;
      else if (char === "\n") return at;
      else if (char === "[") inClass = true;
      else if (char === "]") inClass = false;
      else if (char === "/" && !inClass) {
        const flags = /[a-z]*/y;
        flags.lastIndex = at + 1;
        flags.test(this.#source);
        return flags.lastIndex;
      }
    }
    return this.#source.length;
  }
}
