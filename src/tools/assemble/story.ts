// What a build tells while it works. The steps are those of slide 22 of the talk: assembling, including, generating, packing.

/** Told in order; whoever listens decides how it looks. */
export interface Story {
  /** A new step begins: `Assembling`, `chat 0.2.0`. */
  step(what: string, subject: string): void;
  /** Something of the present step: `npm packages`, `ws 8.23.0`; how long it took, in milliseconds, where that is of interest. */
  detail(label: string, text: string, durationMs?: number): void;
  /** Something that the person should look at; the build goes on. */
  warning(text: string): void;
}

/** Tells nobody. */
export const silentStory: Story = { step() {}, detail() {}, warning() {} };

/** 126595440 -> `120.7 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** 1 -> `1 module`, 2 -> `2 modules`. */
export const count = (n: number, noun: string, plural = `${noun}s`): string => `${n} ${n === 1 ? noun : plural}`;
