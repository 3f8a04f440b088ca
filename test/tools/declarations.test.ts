import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { findCompiler } from "../../src/tools/assemble/declarations.ts";
import { npmPackage, TemporaryProject, temporaryFolder, writeFiles } from "./temporary-project.ts";

describe("findCompiler", () => {
  const folder = temporaryFolder();
  const from = ["a", "b", "c"].map((each) => join(folder, each, "package.json"));
  const typescript = (vsn: string) => npmPackage("typescript", vsn, {}, { bin: { tsc: "./bin/tsc" } });
  const below = (name: string, files: { readonly [path: string]: string }) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
  after(() => rmSync(folder, { recursive: true }));

  it("findCompiler takes the first TypeScript that is new enough", () => {
    writeFiles(folder, { ...below("b", typescript("6.9.1")), ...below("c", typescript("7.1.0")) });
    const program = join(folder, "c/node_modules/typescript/bin/tsc");
    assert.deepEqual(findCompiler(folder, from), { program, vsn: "7.1.0" });
  });

  it("findCompiler refuses a project for which no TypeScript is new enough", () => {
    assert.throws(() => findCompiler(folder, from.slice(0, 2)), { code: "assemble/no_typescript" });
  });
});

describe("collectDeclarations", () => {
  it("collectDeclarations keeps to the project's tsconfig.json, and emits whatever it says", async () => {
    const project = new TemporaryProject();
    try {
      const compilerOptions = {
        module: "nodenext",
        noEmit: true,
        types: [],
        strict: false,
        customConditions: ["source"],
      };
      project.write({ "tsconfig.json": JSON.stringify({ compilerOptions, include: ["nothing"] }) });
      project.edit("apps/tally/src/tally.ts", "(n: number)", "(n)");
      await project.build();
      assert.match(project.read("target/rooms-0.1.0/lib/tally-0.1.0/types/tally.d.ts"), /add: \(n: any\) => number/);
    } finally {
      project.remove();
    }
  });
});
