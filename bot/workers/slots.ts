import { underWay } from "../../core/under-way.ts";

/** A bounded number of jobs under way at the same time. */
export interface Slots {
  free(): number;
  /** Runs a job in a slot; `onFree` is called when it ends. The job must not throw. */
  run(job: () => Promise<void>): void;
  /** Waits for all jobs under way. */
  drain(): Promise<void>;
}

export function createSlots(max: number, onFree: () => void): Slots {
  const jobs = underWay();
  return {
    free: () => max - jobs.size(),
    run: (job) => void jobs.count(job()).finally(onFree),
    drain: async () => {
      while (jobs.size() > 0) await jobs.none();
    },
  };
}
