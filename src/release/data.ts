// Words that every file of a release shares: names, versions, values that survive being written to a file.

/** Identity of a module: application, slash, path below the application's source folder without its ending. `chat/room`. */
export type ModuleId = string;
/** Name of an application or a release. */
export type Name = string;
/** Version of an application or a release. Opaque: never parsed, never ordered, compared only for equality. */
export type Vsn = string;

/** A value that can be written as JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Module, function, arguments: what may be called back later, as data. OTP: `{M, F, A}`. */
export interface Mfa {
  readonly module: ModuleId;
  readonly function: string;
  readonly args: readonly Json[];
}
