// Errors of the area `erlang`, sorted by reason.

import type { Entries } from "./words.ts";

export const erlang = {
  "erlang/bad_syntax": (d: { file: string; line: number; column: number; problem: string }) => ({
    what: `Cannot read "${d.file}": line ${d.line}, column ${d.column}: ${d.problem}`,
    why: "only terms that file:consult reads are read: no macros, no calls, no funs",
    cure: "correct the term there",
  }),
  "erlang/no_counterpart": (d: { file: string; place: string; term: string }) => ({
    what: `Cannot bring over "${d.file}": ${d.place} is ${d.term}`,
    why: "it has no counterpart here, or is not what OTP expects there",
    cure: "correct it, or leave it out and write what it does by hand",
  }),
  "erlang/no_such_file": (d: { file: string }) => ({
    what: `Cannot read "${d.file}": there is no such file`,
    cure: "correct its path",
  }),
  "erlang/unknown_file": (d: { file: string }) => ({
    what: `Cannot export "${d.file}": its name does not tell what it is`,
    cure: "name a file that ends in .app.json, .rel.json, .appup.json or relup.json",
  }),
  "erlang/unknown_kind": (d: { file: string }) => ({
    what: `Cannot tell what "${d.file}" is`,
    why: 'an application file begins {application, ...}, a release file {release, ...}, an appup or relup {"Vsn", Up, Down}',
    cure: "name a file that ends in .app, .rel, .appup or relup",
  }),
  "erlang/unknown_module": (d: { file: string; module: string }) => ({
    what: `Cannot bring over "${d.file}": it does not tell which application the module "${d.module}" belongs to`,
    why: "here the name of a module begins with that of its application",
    cure: "name the application with --app",
  }),
} satisfies Entries;
