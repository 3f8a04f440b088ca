// Erlang's files of a release as ours, and back.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonical } from "../../conformance/canonical.ts";
import { plainNotation } from "../../conformance/compare-scripts.ts";
import { scriptCase } from "../../conformance/script-cases.ts";
import type { ErrorCode } from "../../src/error.ts";
import type { App } from "../../src/release/app.ts";
import type { Appup } from "../../src/release/appup.ts";
import type { Relup } from "../../src/release/relup.ts";
import { exportApp, exportAppup, exportRel, exportRelup } from "../../src/tools/erlang/export-file.ts";
import { exportScript } from "../../src/tools/erlang/export-script.ts";
import { importFile } from "../../src/tools/erlang/import-file.ts";
import { importScript } from "../../src/tools/erlang/import-script.ts";
import { namingOf, sameNames } from "../../src/tools/erlang/naming.ts";
import { parseTerms } from "../../src/tools/erlang/parse.ts";
import { printFile, printTerm } from "../../src/tools/erlang/print.ts";
import type { Term } from "../../src/tools/erlang/term.ts";
import { isList } from "../../src/tools/erlang/term.ts";
import { refused } from "../release/fixtures.ts";

const naming = namingOf(() => undefined, "f");

describe("importFile", () => {
  const app = `
%% A comment.
{application, chat, [
  {description, "rooms"}, {vsn, "1.2"}, {id, "x"}, {maxT, infinity},
  {modules, [chat_app, room]}, {registered, [hall]},
  {applications, [kernel, stdlib, sasl, crypto]}, {optional_applications, [crypto]},
  {included_applications, [part]}, {mod, {chat_app, [1, <<"b">>]}},
  {env, [{port, 4000}, {host, "here"}, {mode, debug}, {flag, true}]},
  {start_phases, [{go, []}]}]}.`;
  const imported: App = {
    name: "chat",
    vsn: "1.2",
    description: "rooms",
    modules: ["chat/chat_app", "chat/room"],
    registered: ["hall"],
    applications: ["underway", "crypto"],
    optionalApplications: ["crypto"],
    includedApplications: ["part"],
    mod: { module: "chat/chat_app", arg: [1, "b"] },
    env: { port: 4000, host: "here", mode: "debug", flag: true },
    startPhases: [{ phase: "go", arg: [] }],
  };
  it("importFile brings an application file over", () => {
    assert.deepEqual(importFile(app, "ebin/chat.app"), { kind: "app", name: "chat", value: imported });
  });
  it("importFile takes a library application for one without start module", () => {
    const library = '{application, lib, [{vsn, "1"}, {mod, []}, {start_phases, undefined}]}.';
    assert.deepEqual(importFile(library, "lib.app").value, {
      ...{ name: "lib", vsn: "1", description: "", modules: [], registered: [], applications: [] },
    });
  });

  it("importFile brings a release file over, underway in place of OTP's own applications", () => {
    const rel = `{release, {"chat", "2"}, {erts, "13"},
      [{kernel, "8"}, {stdlib, "4"}, {sasl, "4"}, {db, "1", load}, {chat, "1.2", transient, [part]}, {part, "1", []}]}.`;
    assert.deepEqual(importFile(rel, "chat.rel").value, {
      ...{ name: "chat", vsn: "2", runtime: "13" },
      applications: [
        { name: "underway", vsn: "8" },
        { name: "db", vsn: "1", type: "load" },
        { name: "chat", vsn: "1.2", type: "transient", includedApplications: ["part"] },
        { name: "part", vsn: "1", includedApplications: [] },
      ],
    });
  });

  const appup = `{"2",
    [{<<"1\\\\..*">>, [{update, room, {advanced, [a, "b"]}, [hall]}, [{load_module, hall}, restart_emulator],
                     {apply, {supervisor, terminate_child, [sup, x]}}, {apply, {room, go, []}}]}],
    [{"1.0", []}]}.`;
  it("importFile brings an appup over: patterns, short forms, spliced lists, calls of OTP", () => {
    const expected: Appup = {
      format: 1,
      vsn: "2",
      upFrom: [
        {
          vsn: { regexp: "1\\..*" },
          script: [
            ["update", "chat/room", { change: { advanced: ["a", "b"] }, depMods: ["chat/hall"] }],
            ["load_module", "chat/hall"],
            ["restart_emulator"],
            ["apply", { module: "underway/supervisor", function: "terminateChild", args: ["sup", "x"] }],
            ["apply", { module: "chat/room", function: "go", args: [] }],
          ],
        },
      ],
      downTo: [{ vsn: "1.0", script: [] }],
    };
    assert.deepEqual(importFile(appup, "ebin/chat.appup"), { kind: "appup", name: "chat", value: expected });
    assert.deepEqual(importFile(appup, "upgrade", "chat").value, expected);
  });

  const relup = `{"2", [{"1", [], [{load_object_code, {chat, "2", [room]}}, point_of_no_return, {suspend, [{room, 5}]},
      {load, {room, soft_purge, soft_purge}}, {code_change, [{room, x}]}, {resume, [room]}]}], []}.`;
  it("importFile places the modules of a relup by the object code that it reads", () => {
    const expected: Relup = {
      format: 1,
      vsn: "2",
      up: [
        {
          vsn: "1",
          description: [],
          script: [
            ["load_object_code", { app: "chat", vsn: "2", modules: ["chat/room"] }],
            ["point_of_no_return"],
            ["suspend", [{ module: "chat/room", timeoutMs: 5 }]],
            ["load", { module: "chat/room", prePurge: "soft_purge", postPurge: "soft_purge" }],
            ["code_change", "up", [{ module: "chat/room", extra: "x" }]],
            ["resume", ["chat/room"]],
          ],
          modules: {},
        },
      ],
      down: [],
    };
    assert.deepEqual(importFile(relup, "releases/2/relup").value, expected);
  });

  const rows: readonly (readonly [what: string, code: ErrorCode, content: string, file: string])[] = [
    ["a file of something else", "erlang/unknown_kind", "{hello}.", "x.app"],
    ["an empty file", "erlang/unknown_kind", "% nothing", "x.app"],
    ["two terms", "erlang/unknown_kind", "{application,a,[]}. {application,b,[]}.", "x.app"],
    ["a key without value", "erlang/no_counterpart", "{application,a,[vsn]}.", "a.app"],
    ["a module that is no atom", "erlang/no_counterpart", '{application,a,[{vsn,"1"},{modules,["m"]}]}.', "a.app"],
    ["an application without version", "release/bad_file", "{application,a,[]}.", "a.app"],
    ["a release whose name is no file's", "release/bad_file", '{release,{"a/b","1"},{erts,"1"},[]}.', "a.rel"],
    ["a wrong start type", "release/bad_file", '{release,{"a","1"},{erts,"1"},[{b,"1",always}]}.', "a.rel"],
    ["an instruction that is none", "erlang/no_counterpart", '{"2",[{"1",[{reload,m}]}],[]}.', "a.appup"],
    ["an instruction in a wrong form", "erlang/no_counterpart", '{"2",[{"1",[{update,m,a,b,c}]}],[]}.', "a.appup"],
    ["a wrong way to purge", "relup/bad_purge_method", '{"2",[{"1",[{load_module,m,x,x,[]}]}],[]}.', "a.appup"],
    ["a pattern that is none", "release/bad_file", '{"2",[{<<"(">>,[]}],[]}.', "a.appup"],
    [
      "a number too large",
      "erlang/no_counterpart",
      '{"2",[{"1",[{update,m,{advanced,99999999999999999999}}]}],[]}.',
      "a.appup",
    ],
    ["a relup with a module of nobody", "erlang/unknown_module", '{"2",[{"1",[],[{purge,[m]}]}],[]}.', "relup"],
    [
      "a relup with a high-level instruction",
      "relup/bad_instruction",
      '{"2",[{"1",[],[{remove_application,a}]}],[]}.',
      "relup",
    ],
  ];
  for (const [what, code, content, file] of rows) {
    it(`importFile refuses ${what} with ${code}`, () => void refused(code, () => importFile(content, file)));
  }
  it("importFile says what, where and which term", () => {
    assert.throws(() => importFile('{"2",[{"1",[restart_emulator,{reload,m}]}],[]}.', "a.appup"), {
      message: [
        'Cannot bring over "a.appup": upFrom "1", instruction 2 is {reload,m}',
        "  why:  it has no counterpart here, or is not what OTP expects there",
        "  cure: correct it, or leave it out and write what it does by hand",
        "  code: erlang/no_counterpart",
      ].join("\n"),
    });
  });

  it("importFile reads what the exports write", () => {
    const again = (term: Term, file: string) => importFile(printFile(term), file).value;
    const { applications: _, ...rest } = imported;
    const withoutOtp = { ...rest, applications: ["underway", "crypto"] };
    assert.deepEqual(again(exportApp(withoutOtp, naming), "chat.app"), withoutOtp);
    const appupValue = importFile(appup, "chat.appup").value as Appup;
    assert.deepEqual(again(exportAppup(appupValue, naming), "chat.appup"), appupValue);
    const relupValue = importFile(relup, "relup").value as Relup;
    assert.deepEqual(again(exportRelup(relupValue, naming), "relup"), relupValue);
    const rel = { name: "r", vsn: "1", runtime: "24", applications: [{ name: "a", vsn: "1", type: "load" as const }] };
    assert.deepEqual(again(exportRel(rel), "r.rel"), rel);
  });
});

describe("exportScript", () => {
  const text = (script: Parameters<typeof exportScript>[0]) => exportScript(script, naming).map(printTerm);
  it("exportScript takes apart what OTP has no word for, and leaves out what it cannot do", () => {
    assert.deepEqual(
      text([
        ["start_child", "sup", "x"],
        ["relink", { app: "chat", package: "ws" }],
        ["restart_subtree", "sup", "x", { modules: ["chat/room"] }],
        ["update", "chat/room", { inside: "wait" }],
      ]),
      [
        "{apply,{supervisor,get_childspec,[sup,x]}}",
        "{apply,{supervisor,restart_child,[sup,x]}}",
        "{apply,{supervisor,terminate_child,[sup,x]}}",
        "{load_module,room,soft_purge,soft_purge,[]}",
        "{apply,{supervisor,restart_child,[sup,x]}}",
        "{update,room}",
      ],
    );
  });
  it("exportScript writes an instruction in the form that it was read in, and whole where no shorter one fits", () => {
    const forms = [
      ...["{update,m}", "{update,m,supervisor}", "{update,m,soft}", "{update,m,{advanced,x}}", "{update,m,[a]}"],
      ...["{update,m,soft,[]}", "{update,m,{advanced,[]},soft_purge,brutal_purge,[a]}"],
      ...["{update,m,default,soft,brutal_purge,brutal_purge,[]}", "{update,m,7,soft,soft_purge,soft_purge,[]}"],
      "{update,m,static,infinity,{advanced,x},soft_purge,soft_purge,[a]}",
      ...["{load_module,m}", "{load_module,m,[]}", "{load_module,m,[a]}", "{load_module,m,soft_purge,soft_purge,[a]}"],
      ...["{add_module,m}", "{add_module,m,[a]}", "{delete_module,m}", "{delete_module,m,[a]}"],
      ...["{add_application,chat}", "{add_application,chat,load}"],
    ];
    const source = { file: "f", place: "script", naming: sameNames };
    const terms = parseTerms(`[${forms.join(",")}].`, "f")[0] as readonly Term[];
    assert.deepEqual(exportScript(importScript(terms, source), sameNames).map(printTerm), forms);
    assert.deepEqual(
      text([
        ["update", "c/m", { change: "supervisor", prePurge: "soft_purge" }],
        ["update", "c/m", { postPurge: "soft_purge" }],
        ["update", "c/m", { modType: "static" }],
        ["load_module", "c/m", { prePurge: "soft_purge" }],
      ]),
      [
        "{update,m,static,default,{advanced,[]},soft_purge,brutal_purge,[]}",
        "{update,m,soft,brutal_purge,soft_purge,[]}",
        "{update,m,static,default,soft,brutal_purge,brutal_purge,[]}",
        "{load_module,m,soft_purge,brutal_purge,[]}",
      ],
    );
  });
  it("exportScript and importScript are the way there and back, for all scripts", () => {
    const source = { file: "f", place: "script", naming: sameNames };
    fc.assert(
      fc.property(scriptCase, ({ scripts }) => {
        for (const script of scripts) {
          let ours: ReturnType<typeof importScript>;
          try {
            ours = importScript(script, source);
          } catch {
            continue;
          }
          const spliced = script.flatMap((one) => (isList(one) ? one : [one])).map(plainNotation);
          assert.equal(canonical(exportScript(ours, sameNames)), canonical(spliced));
        }
      }),
    );
  });
});
