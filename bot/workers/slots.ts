/** A bounded number of jobs under way at the same time. */
export interface Slots {
  free(): number;
  /** Runs a job in a slot; `onFree` is called when it ends. The job must not throw. */
  run(job: () => Promise<void>): void;
  /** Waits for all jobs under way. */
  drain(): Promise<void>;
}

export function createSlots(max: number, onFree: () => void): Slots {
  const under = new Set<Promise<void>>();
  return {
    free: () => max - under.size,
    run: (job) => {
      const running = job().finally(() => {
        under.delete(running);
        onFree();
      });
      under.add(running);
    },
    drain: async () => {
      while (under.size > 0) await Promise.all(under);
    },
  };
}
