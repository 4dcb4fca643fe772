import type { WhaleEvent } from "../../../core/events/index.ts";

/** Something that holds rules against events, with all of them loaded. */
export interface Contestant {
  /** The ids of the rules that each event fits. */
  ids(event: WhaleEvent): string[] | Promise<string[]>;
  /** How many rules the events fit in all, found as fast as it can. */
  count(events: readonly WhaleEvent[]): number | Promise<number>;
}

/** One that answers at once, by what it finds for one event. */
export function direct<T>(find: (event: WhaleEvent) => readonly T[], idOf: (found: T) => string): Contestant {
  return {
    ids: (event) => find(event).map(idOf),
    count: (events) => {
      let count = 0;
      for (const event of events) count += find(event).length;
      return count;
    },
  };
}
