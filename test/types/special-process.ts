// Special processes: what `become` and `systemCodeChange` accept.

import { type Become, become, receive, type SystemCodeChange } from "underway/process";
import * as self from "./special-process.ts";

export const vsn = 2;
export const loop = async (total: number, step: number): Promise<Become> => {
  const by = await receive<number>();
  // @ts-expect-error the loop wants a step, too
  if (by < 0) return become(self, "loop", total);
  // @ts-expect-error there is no such function
  if (by > 9) return become(self, "lop", total, step);
  return become(self, "loop", total + by * step, step);
};

export const systemCodeChange = {
  loop: { up: { 1: ([total]: [number]) => [total, 1] }, down: { 1: ([total]: [number, number]) => [total] } },
} satisfies SystemCodeChange<{ loop: typeof loop }>;

export const noArray = {
  // @ts-expect-error a step returns all arguments, as one array
  loop: { up: { 1: ([total]: [number]) => total } },
} satisfies SystemCodeChange<{ loop: typeof loop }>;

export const misnamed = {
  // @ts-expect-error only loops that are there can be named
  lop: {},
} satisfies SystemCodeChange<{ loop: typeof loop }>;

export const promised = {
  // @ts-expect-error a step is synchronous
  loop: { up: { 1: async ([total]: [number]) => [total, 1] } },
} satisfies SystemCodeChange<{ loop: typeof loop }>;
