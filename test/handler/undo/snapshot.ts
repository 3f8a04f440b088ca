// Everything that can be seen of a node, as text that two snapshots are compared by: an undo must leave it as it was.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import * as controller from "../../../src/runtime/behaviour/application-controller.ts";
import { exportsOf, whichVersions } from "../../../src/runtime/code/code-server.ts";
import { handleOf } from "../../../src/runtime/code/modules.ts";
import { runningNode } from "../../../src/runtime/handler/node.ts";
import { moduleName } from "../../../src/runtime/process/module-name.ts";
import { Pid, Ref } from "../../../src/runtime/process/pid.ts";
import type { Process } from "../../../src/runtime/process/process.ts";
import { allProcesses } from "../../../src/runtime/process/table.ts";
import { pendingTimers, TimerRef } from "../../../src/runtime/process/timers.ts";

export type Snapshot = Readonly<Record<string, unknown>>;

/** Who is who when processes may have been started again: by pid, or by name. */
export type Identity = "pid" | "name";

/** Of every process, module, supervisor, application, environment and status. */
export const snapshot = (modules: readonly string[], identity: Identity = "pid"): Snapshot => {
  const node = runningNode();
  const idOf = (process: Process): string => {
    const name = process.registeredName ?? process.initialCall;
    return identity === "name" ? name : `${name} ${process.pid}`;
  };
  const shown = (value: unknown): unknown => plain(value, identity);
  const timers = [...pendingTimers()].flatMap((timer) => {
    const { dest, message } = timer.sends;
    return [shown({ dest, message })];
  });
  return {
    processes: Object.fromEntries(
      allProcesses().map((process) => {
        const body = process.body as unknown as Partial<{ getState(): unknown; vsn: number; phase: string }>;
        const { mailbox } = process;
        return [
          idOf(process),
          {
            module: moduleName(process.body.module),
            vsn: body.vsn,
            phase: body.phase,
            state: body.phase === undefined || body.phase === "unborn" ? null : shown(body.getState?.()),
            parent: shown(process.parent),
            trapExit: process.trapExit,
            links: [...process.links].map(idOf).sort(),
            monitors: process.monitors.map(({ target }) => idOf(target)).sort(),
            monitoredBy: process.monitoredBy.map(({ owner }) => (owner === null ? "runtime" : idOf(owner))).sort(),
            queue: [...mailbox.toArray()].map(({ kind, tag, payload }) => shown({ kind, tag, payload })),
            held: process.body.held ?? 0,
          },
        ];
      }),
    ),
    timers,
    supervisors: Object.fromEntries(
      allProcesses().flatMap((process) => {
        const body = process.body as unknown as { name: string; flags: unknown; children: { list(): unknown[] } };
        if (body.name !== "supervisor") return [];
        const children = (body.children.list() as { spec: object; pid: Pid | null; restarting: boolean }[]).map(
          ({ spec, pid, restarting }) => shown({ spec, pid, restarting }),
        );
        return [[idOf(process), { flags: body.flags, children }]];
      }),
    ),
    modules: Object.fromEntries(
      modules.map((module) => [
        module,
        {
          ...whichVersions(module),
          exports: Object.fromEntries(
            // A name that only a version that has gone again had stays on the handle, as a function that throws `undef`.
            Object.keys(exportsOf(module, "current") ?? {}).map((key) => [
              key,
              identityOf((handleOf(module) as Record<string, unknown>)[key]),
            ]),
          ),
        },
      ]),
    ),
    applications: controller.runningApplications().map(({ app, type }) => ({ app, type })),
    loaded: controller.loadedApplications().map(({ name, vsn }) => ({
      ...{ name, vsn, env: controller.environment(name), folder: controller.privDir(name) },
    })),
    releases: node.releases,
    running: node.files.vsn,
    unpurged: [...node.unpurged.keys()],
    operation: node.operation,
    disk: ["RELEASES.json", "start.json"].map((file) =>
      readFileSync(join(node.target.root, "var/default", file), "utf8"),
    ),
  };
};

/** What differs, a line each; for a person. */
export const differences = (a: unknown, b: unknown, path = ""): readonly string[] => {
  if (Object.is(a, b)) return [];
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return [`${path}: ${inspect(a, { depth: 4, breakLength: 200 })} -> ${inspect(b, { depth: 4, breakLength: 200 })}`];
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) =>
    differences((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}/${key}`),
  );
};

// Internal.

const identities = new WeakMap<object, number>();
let known = 0;
/** The very same function or table, not only an equal one. */
const identityOf = (value: unknown): unknown => {
  if ((typeof value !== "function" && typeof value !== "object") || value === null) return value;
  const id = identities.get(value) ?? ++known;
  identities.set(value, id);
  return `${typeof value} #${id}`;
};

/** Values with pids and references as text. */
const plain = (value: unknown, identity: Identity): unknown => {
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Pid) {
    if (identity === "pid") return String(value);
    return value.process === null ? "dead" : (value.process.registeredName ?? value.process.initialCall);
  }
  if (value instanceof Ref) return "ref";
  if (value instanceof TimerRef) return "timer";
  if (Array.isArray(value)) return value.map((one) => plain(one, identity));
  const name = moduleName(value);
  if (name !== moduleName({})) return name;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, identity)]));
};
