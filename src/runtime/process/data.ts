// What may leave a process, as a type: values, and nothing that is bound to a version of code or to a place in memory.
// `dataFault` (data-fault.ts) says the same of a value at run time; docs/values.md says it to users. (design.md 2, invariant 10)
//
//   data      primitives, arrays, plain objects, Map, Set, Date, RegExp, Error, ArrayBuffer, its views;
//             Pid, Ref, From, Mfa, ResourceRef and what else the runtime marks as `opaque`
//   not data  functions, promises, symbols, instances of classes, WeakMap, WeakSet, WeakRef, shared memory
//
// It is what structuredClone copies, without what belongs to a platform (ports, keys, blobs) or loses its class on the way.
//
// OTP: term(). Deviation: a fun is a term; here a closure would keep the version alive that made it, so it is not data.

/**
 * Marks a class of the runtime whose instances stand for something and are data although they have methods.
 * On the prototype, so that no instance carries it.
 */
export const opaque: unique symbol = Symbol.for("underway.opaque");

/** An instance of a class that is data by declaration. */
export interface Opaque {
  readonly [opaque]: true;
}

/**
 * `T` if it is data, else a text that names what is not: `"not data: users[].socket is a function"`. As the type of a
 * parameter it lets the compiler say so; `T` is inferred through it.
 *
 * An `unknown` is taken as it is: nothing is known of it before the run. A class without methods cannot be told from an
 * object, nor an accessor from a property; development finds both (docs/values.md).
 */
export type Data<T> = [T] extends [Shape<T>] ? T : `not data: ${Fault<T>}`;

/** A list of arguments, each of which is data. */
export type DataEach<A extends readonly unknown[]> = { [I in keyof A]: Data<A[I]> };

/** `Then` if `T` is data. For a parameter beside the one that `T` is inferred from, which keeps its own inference. */
export type IfData<T, Then, Where extends string> = [T] extends [Shape<T>]
  ? Then
  : `not data, in ${Where}: ${Fault<T>}`;

// Internal. `Shape` answers yes or no, and lazily, so that recursive types cost one look at each of their members. Only when
// the answer is no does `Fault` look for the places; those nearest to the top are named.

type Leaf =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without a result returns.
  | void
  | Opaque
  | Date
  | RegExp
  | ArrayBuffer
  | ArrayBufferView;
type AnyFunction = ((...args: never) => unknown) | (abstract new (...args: never) => unknown);
type Refused = symbol | AnyFunction | PromiseLike<unknown>;

/** What `T` would be were it data; `T` is data if it is assignable to this. Symbols as keys are brands, and skipped. */
type Shape<T> = unknown extends T
  ? T
  : T extends Leaf
    ? T
    : T extends Refused
      ? never
      : T extends ReadonlyMap<infer K, infer V>
        ? ReadonlyMap<Shape<K>, Shape<V>>
        : T extends ReadonlySet<infer V>
          ? ReadonlySet<Shape<V>>
          : T extends readonly (infer E)[]
            ? // Not a mapped type, which is made at once: `type Json = … | readonly Json[]` would have no end.
              readonly Shape<E>[]
            : { [K in keyof T]: K extends symbol ? T[K] : Shape<T[K]> };

/** So deep a place is named at most. */
type DepthMax = 6;

type Fault<T> = [Direct<T, "">] extends [never] ? Within<T, "", []> : Direct<T, "">;

/** What is wrong with `T` itself. */
type Direct<T, Path extends string> = T extends Leaf ? never : T extends Refused ? `${At<Path>} is ${Kind<T>}` : never;
type Kind<T> = T extends symbol ? "a symbol" : T extends PromiseLike<unknown> ? "a promise" : "a function";
type At<Path extends string> = Path extends "" ? "it" : Path;

/** What is wrong with the parts of `T`. */
type Within<T, Path extends string, Depth extends readonly 0[]> = T extends Leaf
  ? never
  : Depth["length"] extends DepthMax
    ? `${Path} has a part that is not`
    : PartFaults<Parts<T, Path>, [...Depth, 0]>;
/** The parts of `T`, by their paths. */
type Parts<T, Path extends string> =
  T extends ReadonlyMap<infer K, infer V>
    ? { [P in `${Path}.keys()`]: K } & { [P in `${Path}.get()`]: V }
    : T extends ReadonlySet<infer V>
      ? { [P in `${Path}.values()`]: V }
      : T extends readonly (infer E)[]
        ? { [P in `${Path}[]`]: E }
        : { [K in keyof T & string as Path extends "" ? K : `${Path}.${K}`]-?: T[K] };
type PartFaults<P, Depth extends readonly 0[]> = [DirectFaults<P>] extends [never]
  ? { [Path in keyof P & string]: Within<Faulty<P[Path]>, Path, Depth> }[keyof P & string]
  : DirectFaults<P>;
type DirectFaults<P> = { [Path in keyof P & string]: Direct<P[Path], Path> }[keyof P & string];
type Faulty<T> = [T] extends [Shape<T>] ? never : T;
