/** One who waits for an answer. */
export interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Those who wait for an answer, each under a number of its own until it has been taken. */
export interface WaitingList {
  /** The number that stands for this one; it was free. */
  add(one: Waiting): number;
  /** Takes one out; undefined when nobody waits under the number. */
  take(number: number): Waiting | undefined;
  /** Takes all out and tells them. */
  rejectAll(error: Error): void;
}

/**
 * No map from ever new numbers: V8 makes it a new table each time that it has seen so many, and the old table holds
 * who was in it and the next table. Once one of them is old, all that follow are kept until V8 looks through all of
 * its memory, and with them everything that waited.
 */
export function waitingList(): WaitingList {
  const places: (Waiting | undefined)[] = [];
  const free: number[] = [];
  return {
    add: (one) => {
      const number = free.pop() ?? places.length;
      places[number] = one;
      return number;
    },
    take: (number) => {
      const one = places[number];
      if (!one) return undefined;
      places[number] = undefined;
      free.push(number);
      return one;
    },
    rejectAll: (error) => {
      const all = places.splice(0);
      free.length = 0;
      for (const one of all) one?.reject(error);
    },
  };
}
