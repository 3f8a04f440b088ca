// Which Node the tools need. An older one reads no TypeScript, and would say so in words that help nobody.

/** package.json says the same under "engines". */
const oldestMajor = 24;

/** Whether a Node of this version, such as `20.19.0`, cannot run the tools. */
export const isTooOld = (vsn: string): boolean => Number.parseInt(vsn, 10) < oldestMajor;
