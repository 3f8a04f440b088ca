// What `mfa` must accept and refuse; checked by the repository's tsc.

import { type Mfa, mfa } from "../../src/runtime/process/mfa.ts";

const Room = {
  startLink: (name: string, size?: number): Promise<number> => Promise.resolve(name.length + (size ?? 0)),
  many: (...names: string[]): string => names.join(),
  none: (): null => null,
  vsn: 1,
};

// Whole, and with arguments left out at the end.
const whole: Mfa<[], Promise<number>> = mfa(Room, "startLink", "lobby", 5);
const optional: Mfa<[], Promise<number>> = mfa(Room, "startLink", "lobby");
const rest: Mfa<[string, number?], Promise<number>> = mfa(Room, "startLink");
const many: Mfa<[], string> = mfa(Room, "many", "a", "b");
const none: Mfa<[], null> = mfa(Room, "none");

// @ts-expect-error wrong type of an argument
mfa(Room, "startLink", 7);
// @ts-expect-error too many arguments
mfa(Room, "none", 7);
// @ts-expect-error no such function
mfa(Room, "boot");
// @ts-expect-error not a function
mfa(Room, "vsn");
// @ts-expect-error an argument is still missing
const missing: Mfa<[], unknown> = mfa(Room, "startLink");
// @ts-expect-error the function returns something else
const other: Mfa<[], Promise<string>> = mfa(Room, "startLink", "lobby");

void [whole, optional, rest, many, none, missing, other];
