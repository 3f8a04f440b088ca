// The one order in which a room's messages were seen, and what each client saw of it.
//
// Nobody tells the clients in which order a room's messages are to come, so the demo finds out: the first client that sees
// a message appends it to the log of its room, and every other client must see the same ones in the same places. Whoever
// skips one has missed it; whoever sees one that stands before its place has seen it late.

/** What is counted of one node's life; summed up over all clients and rooms. */
export interface Tally {
  /** Messages that a client has not seen although others of its room have. */
  missed: number;
  /** Messages that a client saw after later ones, or twice. */
  reordered: number;
}

/** The messages of one room, by `sender:seq`, in the order in which they were first seen. */
export class RoomLog {
  readonly #keys: string[] = [];
  readonly #places = new Map<string, number>();

  get length(): number {
    return this.#keys.length;
  }

  /** Where a message stands; it is appended if nobody has seen it before. */
  placeOf(key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#keys.length);
    return this.#keys.push(key) - 1;
  }
}

/** How far one client has read in one room. */
export class Reader {
  readonly #log: RoomLog;
  readonly #tally: Tally;
  /** Place of the next message that must come; unknown until the history has come. */
  #next: number | null = null;
  readonly #skipped = new Set<number>();
  /** Last number of each sender. */
  readonly #lastSeq = new Map<string, number>();

  constructor(log: RoomLog, tally: Tally) {
    this.#log = log;
    this.#tally = tally;
  }

  /** How many messages others have seen here, and this one has not. */
  get behind(): number {
    return this.#skipped.size + this.#log.length - (this.#next ?? this.#log.length);
  }

  /** What a newcomer is shown was said before; counting begins behind it. */
  start(history: readonly { readonly from: string; readonly seq: number }[]): void {
    this.#next = 0;
    for (const { from, seq } of history) {
      this.#next = this.#log.placeOf(`${from}:${seq}`) + 1;
      this.#lastSeq.set(from, seq);
    }
  }

  /** A message has come. Checks its place in the room and, apart from that, its number among its sender's. */
  see(from: string, seq: number): void {
    const place = this.#log.placeOf(`${from}:${seq}`);
    const next = this.#next ?? place;
    if (place >= next) {
      for (let skipped = next; skipped < place; skipped++) this.#skipped.add(skipped);
      this.#tally.missed += place - next;
      this.#next = place + 1;
    } else {
      this.#tally.reordered++;
      if (this.#skipped.delete(place)) this.#tally.missed--;
    }
    const expected = (this.#lastSeq.get(from) ?? seq - 1) + 1;
    if (seq < expected) this.#tally.reordered++;
    if (seq > expected) this.#tally.missed += seq - expected;
    this.#lastSeq.set(from, Math.max(seq, expected - 1));
  }
}
