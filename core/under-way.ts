/** How many calls are under way. */
export interface UnderWay {
  size(): number;
  /** Counts a call until it has settled. */
  count<T>(call: Promise<T>): Promise<T>;
  /** Settles once none is under way. */
  none(): Promise<void>;
}

/**
 * Counts them, and keeps none: of a set whose entries come and go V8 keeps the tables that were outgrown, each with the
 * answers that were in it, until it looks through all of its memory.
 */
export function underWay(): UnderWay {
  let calls = 0;
  let waiting: (() => void)[] = [];
  const settled = (): void => {
    calls -= 1;
    if (calls > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    size: () => calls,
    count: async (call) => {
      calls += 1;
      try {
        return await call;
      } finally {
        settled();
      }
    },
    none: () => (calls === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  };
}
