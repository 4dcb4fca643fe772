/**
 * Numbers of rows by the hashes of their keys (`keyHash`). Flat: a number of 47 bits as a key of a `Map` is an object of
 * its own, so that each look among a hundred thousand of them waits for memory several times; here it is once.
 */
export interface RowNumbers {
  /** The number of the row; 0 when there is none. */
  get(hash: number): number;
  /** Keeps the number of a row, from 1; 0 takes it out. Gives the one before, 0 when there was none. */
  swap(hash: number, id: number): number;
  /** How many hashes have a row. */
  size(): number;
  /** They, in no order. */
  hashes(): number[];
}

/** Places at first; a power of two. */
const PLACES = 1_024;
/** More of its places are never taken, so that the next free one is near. */
const FULL = 0.5;
const FREE = -1;

/** None at first. */
export function rowNumbers(): RowNumbers {
  let places = placesOf(PLACES);
  let taken = 0;
  let size = 0;
  /** Makes room: what was taken out left its place taken. */
  const makeRoom = (): void => {
    const before = places;
    places = placesOf(4 * size > before.length / 2 ? before.length : before.length / 2);
    taken = 0;
    eachRow(before, (hash, id) => {
      place(hash, id);
    });
  };
  /** Keeps it where it is or in the next free place, and gives the number before. */
  const place = (hash: number, id: number): number => {
    const at = placeIn(places, hash);
    const before = places[at] === FREE ? 0 : (places[at + 1] ?? 0);
    if (places[at] === FREE) taken += 1;
    places[at] = hash;
    places[at + 1] = id;
    return before;
  };
  return {
    get: (hash) => {
      const at = placeIn(places, hash);
      return places[at] === FREE ? 0 : (places[at + 1] ?? 0);
    },
    swap: (hash, id) => {
      if (taken >= (places.length / 2) * FULL) makeRoom();
      const before = place(hash, id);
      size += Number(id !== 0) - Number(before !== 0);
      return before;
    },
    size: () => size,
    hashes: () => {
      const all: number[] = [];
      eachRow(places, (hash) => void all.push(hash));
      return all;
    },
  };
}

/** Each place is a hash and a number beside it. */
function placesOf(count: number): Float64Array {
  return new Float64Array(count * 2).fill(FREE);
}

/** Where this hash is, or else where it can be put. */
function placeIn(places: Float64Array, hash: number): number {
  const mask = places.length - 1;
  let at = ((hash | 0) << 1) & mask;
  while (places[at] !== FREE && places[at] !== hash) at = (at + 2) & mask;
  return at;
}

function eachRow(places: Float64Array, tell: (hash: number, id: number) => void): void {
  for (let at = 0; at < places.length; at += 2) {
    const [hash = FREE, id = 0] = [places[at], places[at + 1]];
    if (hash !== FREE && id !== 0) tell(hash, id);
  }
}
