// Whatever happens, nothing of the demo is left: no process, no directory.

type Step = () => void;

const steps: Step[] = [];
let done = false;

/** Has something taken away at the end; the last one first. Steps are synchronous, so that they also run at an exit. */
export const atEnd = (step: Step): void => {
  steps.push(step);
};

/** Takes everything away, once. */
export const cleanUp = (): void => {
  if (done) return;
  done = true;
  for (const step of steps.reverse()) {
    try {
      step();
    } catch (error) {
      process.stderr.write(`the demo could not clean up: ${error instanceof Error ? error.message : error}\n`);
    }
  }
};

/** Cleans up at the end of this process, however it ends; only SIGKILL cannot be caught. */
export const cleanUpAlways = (): void => {
  process.on("exit", cleanUp);
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => process.exit(code));
};
