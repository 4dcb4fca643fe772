import type { Database } from "./database.ts";

/**
 * Tells without the disk that a key was never stored. Nearly every key that is asked for is new, and each look-up
 * for one would read a page of its own. The keys are kept as bits: of a few it says "perhaps" although they are not
 * there, which costs a look-up; it never says "no" of one that is. Keys are told by their hashes (`keyHash`).
 */
export interface StoredKeys {
  /** False only of a key that is neither in the table nor on its way there. */
  mayHold(hash: number): boolean;
  /** A row of this key is on its way to the table. */
  add(hash: number): void;
  /** Learns some of the keys that were stored before; false when there are none left. Until then all may be held. */
  learnSome(): boolean;
}

/** 4 MB: one "perhaps" in a hundred keys at three million, one in five at ten million. */
const BITS = 2 ** 25;
const HASHES = 4;
/** So many keys are learnt at once, which takes a few milliseconds. */
const LEARNT_AT_ONCE = 2_000;
/** After so many more keys the table is walked anew, since what was deleted meanwhile leaves its bits behind. */
const RENEWED_AFTER = 3_000_000;

/**
 * The keys whose hashes are in a table with the columns `hash` and `id`, whose rows are only ever added through this
 * connection. `onTheirWay` gives those that were added and may not have reached it.
 */
export function storedKeys(db: Database, table: string, onTheirWay: () => Iterable<number>): StoredKeys {
  const sql = `SELECT hash, id FROM ${table} WHERE (hash, id) > (?, ?) ORDER BY hash, id LIMIT ${LEARNT_AT_ONCE}`;
  const start = { hash: -1, id: 0 };
  let learnt: KeyBits | null = null;
  let learning: KeyBits | null = keyBits();
  let after = start;
  let added = 0;
  const renew = (): KeyBits => {
    after = start;
    added = 0;
    const anew = keyBits();
    for (const hash of onTheirWay()) anew.add(hash);
    return anew;
  };
  return {
    mayHold: (hash) => learnt === null || learnt.has(hash),
    add: (hash) => {
      added += 1;
      if (added > RENEWED_AFTER) learning ??= renew();
      learnt?.add(hash);
      learning?.add(hash);
    },
    learnSome: () => {
      if (!learning) return false;
      const rows = db.all<{ hash: number; id: number }>(sql, after.hash, after.id);
      for (const { hash } of rows) learning.add(hash);
      after = rows.at(-1) ?? after;
      if (rows.length === LEARNT_AT_ONCE) return true;
      learnt = learning;
      learning = null;
      return false;
    },
  };
}

interface KeyBits {
  has(hash: number): boolean;
  add(hash: number): void;
}

const NO_WORDS = new Int32Array(0);

/** A Bloom filter: each key sets a few bits, and one whose bits are not all set was never added. */
function keyBits(): KeyBits {
  // Many a table never has a key.
  let words = NO_WORDS;
  const isSet = (bit: number) => ((words[bit >>> 5] ?? 0) & (1 << bit)) !== 0;
  return {
    has: (hash) => {
      for (let i = 0; i < HASHES; i++) if (!isSet(bitOf(hash, i))) return false;
      return true;
    },
    add: (hash) => {
      if (words === NO_WORDS) words = new Int32Array(BITS / 32);
      for (let i = 0; i < HASHES; i++) {
        const bit = bitOf(hash, i);
        words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << bit);
      }
    },
  };
}

/** The bits of a key begin at the lower part of its hash and lie as far from each other as the upper part says. */
function bitOf(hash: number, i: number): number {
  const step = Math.floor(hash / 2 ** 32) * 2 + 1;
  return ((hash | 0) + Math.imul(i, Math.imul(step, 0x9e3779b1))) & (BITS - 1);
}
