// Checks the types of a release with `tsc` and collects its declarations.
//
//   <work>/tsconfig.json     made here: the project's own tsconfig.json, every module of the release, declarations only
//   <work>/types/...         what tsc emits, one .d.ts a module
//
// Declarations come from tsc, not from isolated declarations, which turn inferred callback exports into `unknown`. What they
// refer to (npm packages, Underway) is collected too, so that a later release can be checked against this one years after.
// Limit: that is every declaration file that tsc read, which is a little more than what the emitted ones mention.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { ModuleId, Name, Vsn } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { declareJson } from "../compile/json-module.ts";
import { isJson } from "../compile/resolve.ts";
import { filesBelow, formatJson } from "./tree.ts";

/** An application with its compiled modules. */
export interface TypedApplication {
  readonly name: Name;
  /** Absolute path. */
  readonly folder: string;
  readonly objects: readonly ObjectCode[];
}

export interface CollectedDeclarations {
  /** The declaration of every module. */
  readonly modules: ReadonlyMap<ModuleId, string>;
  /** What they refer to outside the release, by path: `node_modules/@types/ws/index.d.ts`. */
  readonly packages: ReadonlyMap<string, string>;
  /** What is named instead of copied: TypeScript itself and Node's types. */
  readonly libraries: { readonly [name: Name]: Vsn };
  /** Version of the TypeScript that checked. */
  readonly compiler: Vsn;
}

/** Too big to copy and the same everywhere: they are named with their version. */
const namedPackages: readonly Name[] = ["typescript", "@types/node", "undici-types"];
/** TypeScript's own library lies in a package for each platform; a base must not tell on which it was built. */
const withoutPlatform = (name: Name): Name => (name.startsWith("@typescript/") ? "typescript" : name);

// API.

/**
 * Checks the types of `applications` and returns their declarations. `work` is a folder that may be filled and thrown away.
 *
 * @throws assemble/type_error with tsc's messages, assemble/no_typescript
 */
export async function collectDeclarations(
  project: string,
  applications: readonly TypedApplication[],
  work: string,
): Promise<CollectedDeclarations> {
  const compiler = findCompiler(project);
  mkdirSync(work, { recursive: true });
  const out = join(realpathSync(work), "types");
  const root = commonFolder(applications.map((each) => realpathSync(each.folder)));
  const config = join(dirname(out), "tsconfig.json");
  writeFileSync(config, formatJson(compilerConfig(project, applications, root, out)));
  const { exitCode, output } = await run(compiler.program, ["-p", config, "--listFiles", "--pretty", "false"], project);
  const lines = output.split(/\r?\n/);
  const listed = lines.filter((line) => line.startsWith(sep) || /^[A-Za-z]:[\\/]/.test(line)).filter(existsFile);
  if (exitCode !== 0) {
    const known = new Set(listed);
    const messages = lines.filter((line) => line !== "" && !known.has(line)).join("\n");
    throw new UnderwayError("assemble/type_error", {
      messages: messages || `tsc ended with exit code ${exitCode}`,
      nodeTypes: hasNodeTypes(project) || !mentionsNode(messages),
    });
  }
  const modules = new Map<ModuleId, string>();
  for (const { folder, objects } of applications) {
    for (const { module, source } of objects) {
      if (isJson(module)) {
        modules.set(module, declareJson(readFileSync(join(folder, source), "utf8")));
        continue;
      }
      const emitted = join(out, relative(root, realpathSync(folder)), source.replace(/\.ts$/, ".d.ts"));
      modules.set(module, readFileSync(emitted, "utf8"));
    }
  }
  return { modules, ...collectPackages(listed, applications), compiler: compiler.vsn };
}

/** A `tsc` to run with Node. */
export interface Compiler {
  readonly program: string;
  readonly vsn: Vsn;
}

/**
 * The first TypeScript that is new enough, as found from these files. Default: the project's own, else Underway's.
 *
 * @throws assemble/no_typescript
 */
export function findCompiler(
  project: string,
  from: readonly string[] = [join(project, "package.json"), import.meta.url],
): Compiler {
  for (const each of from) {
    try {
      const file = createRequire(each).resolve("typescript/package.json");
      const json = JSON.parse(readFileSync(file, "utf8")) as { version: Vsn; bin: { tsc: string } };
      const program = join(dirname(file), json.bin.tsc);
      if (Number.parseInt(json.version, 10) >= 7) return { program, vsn: json.version };
    } catch (e) {
      if ((e as { code?: string }).code !== "MODULE_NOT_FOUND") throw e;
    }
  }
  throw new UnderwayError("assemble/no_typescript", { project });
}

// Internal.

function compilerConfig(project: string, applications: readonly TypedApplication[], root: string, out: string): object {
  const own = join(project, "tsconfig.json");
  const files = applications.flatMap(({ folder, objects }) => {
    const ambient = filesBelow(join(folder, "src")).filter((path) => path.endsWith(".d.ts"));
    const modules = objects.filter(({ module }) => !isJson(module));
    return [...modules.map(({ source }) => join(folder, source)), ...ambient.map((path) => join(folder, "src", path))];
  });
  // As the compiler resolves "presence/tracker": a module of the application `presence`.
  const paths = applications.flatMap(({ name, folder }) => [
    [`${name}/*.ts`, [join(folder, "src", "*.ts")]],
    [`${name}/*.json`, [join(folder, "src", "*.json")]],
    [`${name}/*`, [join(folder, "src", "*.ts")]],
  ]);
  const roots = typeRoots(project);
  const compilerOptions = {
    ...(existsSync(own) ? {} : { ...defaultOptions, types: hasNodeTypes(project) ? ["node"] : [] }),
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noEmitOnError: true,
    declarationMap: false,
    incremental: false,
    composite: false,
    // What is checked is what is shipped: the declarations of packages, never their sources.
    customConditions: [],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    rootDir: root,
    outDir: out,
    // The folder of this file is not the project's, so they are not found by themselves.
    typeRoots: roots,
    paths: Object.fromEntries(paths),
  };
  return { ...(existsSync(own) && { extends: own }), compilerOptions, files, include: [], references: [] };
}

/** Of a project without a tsconfig.json. */
const defaultOptions = {
  target: "es2024",
  lib: ["es2024", "esnext.disposable"],
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

const hasNodeTypes = (project: string): boolean => typeRoots(project).some((each) => existsSync(join(each, "node")));

/** tsc's messages about what Node's types declare: names it knows to be Node's, `console`, modules, the types themselves. */
const mentionsNode = (messages: string): boolean =>
  /TS(2580|2591|2584)|TS2688: .*'node'|TS2307: .*'(node:|fs|path|http)|'(setTimeout|setInterval|URL|fetch)'/.test(
    messages,
  );

function typeRoots(project: string): string[] {
  const roots: string[] = [];
  for (let folder = project; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", "@types");
    if (existsSync(candidate)) roots.push(candidate);
    if (folder === dirname(folder)) return roots;
  }
}

function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    while (relative(common, folder).startsWith("..")) common = dirname(common);
    return common;
  });
}

function run(program: string, args: readonly string[], cwd: string): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

function collectPackages(listed: readonly string[], applications: readonly TypedApplication[]) {
  const own = applications.map((each) => realpathSync(each.folder) + sep);
  const packages = new Map<string, string>();
  const libraries: { [name: Name]: Vsn } = {};
  const homes = new Map<Name, string>();
  const homeOf = homeFinder();
  for (const file of listed.toSorted()) {
    if (own.some((folder) => file.startsWith(folder) && !file.includes(`${sep}node_modules${sep}`))) continue;
    const home = homeOf(file);
    if (!home) continue;
    const library = withoutPlatform(home.name);
    if (namedPackages.includes(library)) {
      libraries[library] = home.vsn;
      continue;
    }
    // A second copy of a package, of another version, stands beside the first under a name of its own.
    const first = homes.get(home.name) ?? home.folder;
    homes.set(home.name, first);
    const at = `node_modules/${first === home.folder ? home.name : `${home.name}@${home.vsn}`}`;
    packages.set(`${at}/package.json`, readFileSync(join(home.folder, "package.json"), "utf8"));
    packages.set(`${at}/${relative(home.folder, file).split(sep).join("/")}`, readFileSync(file, "utf8"));
  }
  return { packages, libraries };
}

interface Home {
  readonly name: Name;
  readonly vsn: Vsn;
  readonly folder: string;
}

/** Finds the package that a file belongs to: the nearest folder above with a package.json that has a name. */
function homeFinder(): (file: string) => Home | undefined {
  const known = new Map<string, Home | undefined>();
  const homeOf = (path: string): Home | undefined => {
    const folder = dirname(path);
    if (folder === path) return undefined;
    if (!known.has(folder)) known.set(folder, homeAt(folder) ?? homeOf(folder));
    return known.get(folder);
  };
  return homeOf;
}

function homeAt(folder: string): Home | undefined {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return undefined;
  const { name, version = "0.0.0" } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: Vsn };
  return name === undefined ? undefined : { name, vsn: version, folder };
}

const existsFile = (line: string): boolean => existsSync(line);
