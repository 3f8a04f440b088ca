// Erlang's text form of terms: what file:consult/1 reads. conformance/live.test.ts asks it itself.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseTerms } from "../../src/tools/erlang/parse.ts";
import { printFile, printTerm } from "../../src/tools/erlang/print.ts";
import type { Term } from "../../src/tools/erlang/term.ts";
import { atom, binary, tuple } from "../../src/tools/erlang/term.ts";
import { refused } from "../release/fixtures.ts";

const rows: readonly (readonly [text: string, term: Term])[] = [
  ["abc", atom("abc")],
  ["a@b_C1", atom("a@b_C1")],
  ["'two words'", atom("two words")],
  ["'it\\'s'", atom("it's")],
  ["''", atom("")],
  ["1", 1],
  ["-17", -17],
  ["1_000", 1000],
  ["16#fF", 255],
  ["$a", 97],
  ["$\\n", 10],
  ["$\\s", 32],
  ["1.0", { float: 1 }],
  ["-2.5e-3", { float: -0.0025 }],
  ["12345678901234567890", 12345678901234567890n],
  ['"text"', "text"],
  ['""', []],
  ['"a" "b"\n"c"', "abc"],
  ['"\\x41\\x{2014}\\102\\t\\^G"', "A—B\t\x07"],
  ["[]", []],
  ["[1,two,{3}]", [1, atom("two"), tuple(3)]],
  ["{}", tuple()],
  ['{a,[{b,"c"}]}', tuple(atom("a"), [tuple(atom("b"), "c")])],
  ["#{}", { map: [] }],
  [
    '#{a => 1, "b" => #{}}',
    {
      map: [
        [atom("a"), 1],
        ["b", { map: [] }],
      ],
    },
  ],
  ["<<>>", binary("")],
  ['<<"^1\\\\..*$">>', binary("^1\\..*$")],
  ['<<"é"/utf8>>', binary("é")],
  ["<<104,105>>", binary("hi")],
  ["% a comment\n  [ % another\n  1 ]", [1]],
];

const wrong: readonly (readonly [text: string, line: number, column: number])[] = [
  ["{a", 1, 3],
  ["{a}", 1, 4],
  ["{a}\n{b}.", 2, 1],
  ["[a b].", 1, 4],
  ["[a,].", 1, 4],
  ["fun() -> ok end.", 1, 4],
  ["Variable.", 1, 1],
  ["{a, ?MACRO}.", 1, 5],
  ['"not ended', 1, 1],
  ["<<1:16>>.", 1, 4],
  ["#{a}.", 1, 4],
];

const name = fc.oneof(fc.stringMatching(/^[a-z][a-zA-Z0-9_@]{0,5}$/), fc.string({ unit: "grapheme", maxLength: 5 }));
const anyTerm: fc.Arbitrary<Term> = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    name.map(atom),
    fc.integer() as fc.Arbitrary<Term>,
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }).map((float): Term => ({ float })),
    fc.string({ unit: "grapheme", minLength: 1 }) as fc.Arbitrary<Term>,
    name.map(binary),
    fc.array(tie("term"), { maxLength: 4 }) as fc.Arbitrary<Term>,
    fc.array(tie("term"), { maxLength: 4 }).map((elements): Term => ({ tuple: elements })),
    fc.array(fc.tuple(tie("term"), tie("term")), { maxLength: 3 }).map((map): Term => ({ map })),
  ),
})).term;

describe("parseTerms", () => {
  for (const [text, term] of rows) {
    it(`parseTerms reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseTerms(`${text}.`, "f"), [term]));
  }
  it("parseTerms reads one term after the other, and none from nothing", () => {
    assert.deepEqual(parseTerms("{a}. % one\n{b}.\n", "f"), [tuple(atom("a")), tuple(atom("b"))]);
    assert.deepEqual(parseTerms("% only a comment\n", "f"), []);
  });
  for (const [text, line, column] of wrong) {
    it(`parseTerms refuses ${JSON.stringify(text)} with line ${line}, column ${column}`, () => {
      const details = refused("erlang/bad_syntax", () => parseTerms(text, "f"));
      assert.deepEqual([details.file, details.line, details.column], ["f", line, column]);
    });
  }
  it("parseTerms reads what printTerm and printFile write", () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        const text = printTerm(term);
        assert.deepEqual(parseTerms(`${text}.`, "f"), [term]);
        assert.deepEqual(parseTerms(printFile(term, term), "f"), [term, term]);
      }),
    );
  });
});

describe("printTerm", () => {
  it("printTerm writes a float with a fraction, also before an exponent", () => {
    assert.deepEqual(
      [1, 1e-7, 1e21, -0].map((float) => printTerm({ float })),
      ["1.0", "1.0e-7", "1.0e+21", "-0.0"],
    );
  });
  it("printTerm quotes what would not be read as an atom", () => {
    assert.equal(
      printTerm([atom("a"), atom("A"), atom("a b"), atom("end"), atom("chat/room")]),
      "[a,'A','a b','end','chat/room']",
    );
  });
  it("printFile breaks what is too long into one line an element", () => {
    const long = Array.from({ length: 30 }, (_, n) => tuple(atom("instruction"), n));
    const lines = printFile(tuple("1", long)).split("\n");
    assert.deepEqual(lines.slice(0, 3), ['{"1",', " [{instruction,0},", "  {instruction,1},"]);
    assert.ok(lines.every((line) => line.length <= 100));
  });
});
