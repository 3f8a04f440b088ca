// What definitions of resources must accept and refuse; checked by the repository's tsc.

import * as Resource from "../../src/runtime/behaviour/resource.ts";

interface Doc {
  readonly text: string;
  destroy(): void;
}
declare const makeDoc: (text: string) => Doc;

// The value's type is that of what `open` makes; `export` and `import` speak of the same data.
export const doc = Resource.define({
  open: (text: string) => makeDoc(text),
  close: (value) => value.destroy(),
  export: (value) => ({ text: value.text }),
  import: ({ text }) => makeDoc(text),
});
export const pool = Resource.define({
  open: async (size: number) => ({ size, end: async () => {} }),
  close: (value) => value.end(),
});
const docs: Resource.ResourceRef<Doc> = await Resource.open({ doc }, "doc", "hello");
const size: number = Resource.value(await Resource.open({ pool }, "pool", 5)).size;

// @ts-expect-error wrong argument
void Resource.open({ doc }, "doc", 5);
// @ts-expect-error a resource is closed, too
Resource.define({ open: () => 1 });
// @ts-expect-error close gets what open makes
Resource.define({ open: () => 1, close: (value: string) => void value });
// @ts-expect-error export without import
Resource.define({ open: makeDoc, close: () => {}, export: (value: Doc) => value.text });
// @ts-expect-error import makes what open makes
Resource.define({ open: makeDoc, close: () => {}, export: (value) => value.text, import: (text: string) => text });
// @ts-expect-error what is exported is data
Resource.define({ open: makeDoc, close: () => {}, export: (value) => ({ f: () => value }), import: () => makeDoc("") });

void [docs, size];
