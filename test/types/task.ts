// What tasks must accept and refuse; checked by the repository's tsc. Every line below a ts-expect-error must fail.

import type { ChildSpec } from "../../src/runtime/behaviour/supervisor.ts";
import * as Task from "../../src/runtime/behaviour/task.ts";

const Work = {
  sum: (a: number, b: number): number => a + b,
  later: async (name: string): Promise<{ readonly name: string }> => ({ name }),
  vsn: 1,
};

const sum: number = await Task.await(Task.async(Work, "sum", 1, 2));
const later: { readonly name: string } = await Task.await(Task.async(Work, "later", "a"));
const [first, second]: [number, { readonly name: string }] = await Task.awaitMany([
  Task.async(Work, "sum", 1, 2),
  Task.async(Work, "later", "b"),
]);
const outcome = await Task.yield(Task.async(Work, "sum", 1, 2));
const value: number | undefined = outcome?.kind === "ok" ? outcome.value : undefined;
const child: ChildSpec = Task.childSpec("once", Work, "later", "c");
for await (const each of Task.asyncStream([1, 2], Work, "sum", [3])) {
  const added: number | null = each.kind === "ok" ? each.value : null;
  void added;
}

// @ts-expect-error wrong argument
Task.async(Work, "sum", 1, "2");
// @ts-expect-error missing argument
Task.async(Work, "sum", 1);
// @ts-expect-error no such function
Task.async(Work, "product", 1, 2);
// @ts-expect-error no function
Task.async(Work, "vsn");
// @ts-expect-error a closure is no module's function
Task.async(() => 1);
// @ts-expect-error wrong result
const wrong: string = await Task.await(Task.async(Work, "sum", 1, 2));
// @ts-expect-error wrong item
void Task.asyncStream(["1"], Work, "sum", [3]);
// @ts-expect-error wrong argument behind the item
void Task.asyncStream([1], Work, "sum", ["3"]);
// @ts-expect-error wrong argument of a child
Task.childSpec("once", Work, "later", 1);

void [sum, later, first, second, value, child, wrong];
