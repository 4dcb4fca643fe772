/** What is still to end, by name. */
export interface Ending {
  /** Ends several things at the same time; each is left until it has ended. */
  together(ends: Readonly<Record<string, () => Promise<void>>>): Promise<void>;
  /** The names of what has not ended yet. */
  left(): string[];
}

/** Keeps account of what has ended. What fails to end fails the whole, when everything beside it has ended. */
export function createEnding(): Ending {
  const open = new Set<string>();
  return {
    together: async (ends) => {
      const ended = Object.entries(ends).map(async ([name, end]) => {
        open.add(name);
        await end();
        open.delete(name);
      });
      await Promise.allSettled(ended);
      await Promise.all(ended);
    },
    left: () => [...open],
  };
}
