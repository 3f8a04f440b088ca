// The clock of the runtime: that of the machine, or in a test one that only goes on when it is told to (tools/testing).

/** A clock that stands still by itself. */
export interface VirtualClock {
  /** Milliseconds, on the scale of performance.now(); never goes back. */
  nowMs(): number;
  /** Something is due at this time, earlier than what was known. */
  due(atMs: number): void;
}

let virtual: VirtualClock | null = null;

/** Milliseconds since some moment; never goes back. */
export const nowMs = (): number => (virtual === null ? performance.now() : virtual.nowMs());

/** The virtual clock; null when time goes on by itself. */
export const virtualClock = (): VirtualClock | null => virtual;

/** Puts a clock in the place of the machine's; null: the machine's again. Only deadlines.ts calls it. */
export const setVirtualClock = (clock: VirtualClock | null): void => {
  virtual = clock;
};
