/** Who waits for an answer. Their numbers are given again, so that each may be answered only once. */
export interface Waiting<One> {
  /** Notes one, and tells the number under which it waits. */
  add(one: One): number;
  /** Takes out the one that waits under a number, if any. */
  take(no: number): One | undefined;
  /** Takes out all. */
  takeAll(): One[];
}

/**
 * Not a `Map`: one that much goes through leaves its outgrown tables behind, linked to each other and each with who
 * waited then, so that most answers would be kept until the next collection of the old generation.
 */
export function createWaiting<One>(): Waiting<One> {
  let places: (One | undefined)[] = [];
  let free: number[] = [];
  return {
    add: (one) => {
      const no = free.pop() ?? places.length;
      places[no] = one;
      return no;
    },
    take: (no) => {
      const one = places[no];
      if (one === undefined) return undefined;
      places[no] = undefined;
      free.push(no);
      return one;
    },
    takeAll: () => {
      const all = places.filter((one) => one !== undefined);
      places = [];
      free = [];
      return all;
    },
  };
}
