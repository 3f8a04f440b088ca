// A binary heap of times: the earliest is at hand, adding and taking it cost the logarithm of their number.

export class TimeHeap {
  readonly #times: number[] = [];

  get earliest(): number | undefined {
    return this.#times[0];
  }

  push(time: number): void {
    const times = this.#times;
    let at = times.length;
    times.push(time);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = times[parent] as number;
      if (above <= time) break;
      times[at] = above;
      at = parent;
    }
    times[at] = time;
  }

  /** Takes the earliest. */
  pop(): number | undefined {
    const times = this.#times;
    const [earliest] = times;
    const last = times.pop();
    if (last === undefined || times.length === 0) return earliest;
    let at = 0;
    for (let child = 1; child < times.length; child = 2 * at + 1) {
      const right = times[child + 1];
      if (right !== undefined && right < (times[child] as number)) child++;
      const below = times[child] as number;
      if (below >= last) break;
      times[at] = below;
      at = child;
    }
    times[at] = last;
    return earliest;
  }

  clear(): void {
    this.#times.length = 0;
  }
}
