/** A bounded number of jobs under way at the same time. */
export interface Slots {
  free(): number;
  /** Runs a job in a slot; `onFree` is called when it ends. The job must not throw. */
  run(job: () => Promise<void>): void;
  /** Waits for all jobs under way. */
  drain(): Promise<void>;
}

/**
 * Counts jobs, and keeps none: of a set whose entries come and go V8 keeps the tables that were outgrown, with what was
 * in them, until it looks through all of its memory.
 */
export function createSlots(max: number, onFree: () => void): Slots {
  let under = 0;
  let waiting: (() => void)[] = [];
  const ended = (): void => {
    under -= 1;
    onFree();
    if (under > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    free: () => max - under,
    run: (job) => {
      under += 1;
      void job().finally(ended);
    },
    drain: async () => {
      while (under > 0) await new Promise<void>((resolve) => void waiting.push(resolve));
    },
  };
}
