// What migrations must accept and refuse; checked by the repository's tsc. Every line below a ts-expect-error must fail.

import type { CodeChange } from "../../src/runtime/behaviour/gen-server.ts";

interface StateV1 {
  readonly total: number;
}
interface StateV2 {
  readonly total: number;
  readonly step: number;
}
interface State {
  readonly cents: number;
  readonly step: number;
  readonly note?: string;
}

// One step: the state that `down` gets need not be annotated.
export const oneStep = {
  up: { 2: (state: StateV2): State => ({ cents: state.total * 100, step: state.step }) },
  down: { 2: (state): StateV2 => ({ total: state.cents / 100, step: state.step }) },
} satisfies CodeChange<State>;
export const upOnly = {
  up: { 2: (state: StateV2): State => ({ cents: state.total, step: 1 }) },
} satisfies CodeChange<State>;

export const wrongOneStep = {
  up: {
    // @ts-expect-error not the present state
    1: (state: StateV1): StateV2 => ({ ...state, step: 1 }),
    // @ts-expect-error a required field is misspelt
    2: (state: StateV2) => ({ cnets: state.total, step: 1 }),
    // @ts-expect-error a field too many, optional or not
    3: (state: StateV2): State => ({ cents: state.total, step: 1, nots: "" }),
    // @ts-expect-error a migration is synchronous
    4: async (state: StateV2): Promise<State> => ({ cents: state.total, step: 1 }),
  },
  down: {
    // @ts-expect-error the present state has no such field
    2: (state): StateV2 => ({ total: state.total, step: state.step }),
    // @ts-expect-error down begins with the present state
    3: (state: { readonly other: string }) => ({ total: state.other.length }),
  },
} satisfies CodeChange<State>;

// A chain: each step is checked against its neighbours.
export const chain = {
  up: {
    1: (state) => ({ ...state, step: 1 }),
    2: (state) => ({ cents: state.total * 100, step: state.step }),
  },
  down: {
    1: (state) => ({ total: state.total }),
    2: (state) => ({ total: state.cents / 100, step: state.step }),
  },
} satisfies CodeChange<State, { 1: StateV1; 2: StateV2 }>;

export const wrongChain = {
  up: {
    // @ts-expect-error makes no StateV2
    1: (state) => state,
    // @ts-expect-error jumps over StateV2
    2: (state: State) => state,
  },
  down: {
    // @ts-expect-error StateV2 has no such field
    1: (state) => ({ total: state.cents }),
    // @ts-expect-error makes no StateV2
    2: (state) => ({ total: state.cents }),
  },
} satisfies CodeChange<State, { 1: StateV1; 2: StateV2 }>;
// @ts-expect-error misspelt
export const misspelt = { upp: {} } satisfies CodeChange<State>;
// @ts-expect-error no such vsn
export const tooMany = { up: { 3: (state: State) => state } } satisfies CodeChange<State, { 1: StateV1; 2: StateV2 }>;
