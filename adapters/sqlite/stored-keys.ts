import type { Database } from "./database.ts";

/**
 * Tells without the disk that a key was never stored. Nearly every key that is asked for is new, and each look-up
 * for one would read a page of its own. The keys are kept as bits: of a few it says "perhaps" although they are not
 * there, which costs a look-up; it never says "no" of one that is.
 */
export interface StoredKeys {
  /** False only of a key that is neither in the table nor on its way there. */
  mayHold(key: string): boolean;
  /** A row of this key is on its way to the table. */
  add(key: string): void;
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
 * The keys of a table with a column `key`, none of them empty, whose rows are only ever added through this
 * connection. `onTheirWay` gives the keys that were added and may not have reached it.
 */
export function storedKeys(db: Database, table: string, onTheirWay: () => Iterable<string>): StoredKeys {
  const sql = `SELECT key FROM ${table} WHERE key > ? ORDER BY key LIMIT ${LEARNT_AT_ONCE}`;
  let learnt: KeyBits | null = null;
  let learning: KeyBits | null = keyBits();
  let after = "";
  let added = 0;
  const renew = (): KeyBits => {
    after = "";
    added = 0;
    const anew = keyBits();
    for (const key of onTheirWay()) anew.add(key);
    return anew;
  };
  return {
    mayHold: (key) => learnt === null || learnt.has(key),
    add: (key) => {
      added += 1;
      if (added > RENEWED_AFTER) learning ??= renew();
      learnt?.add(key);
      learning?.add(key);
    },
    learnSome: () => {
      if (!learning) return false;
      const rows = db.all<{ key: string }>(sql, after);
      for (const { key } of rows) learning.add(key);
      after = rows.at(-1)?.key ?? after;
      if (rows.length === LEARNT_AT_ONCE) return true;
      learnt = learning;
      learning = null;
      return false;
    },
  };
}

interface KeyBits {
  has(key: string): boolean;
  add(key: string): void;
}

/** A Bloom filter: each key sets a few bits, and one whose bits are not all set was never added. */
function keyBits(): KeyBits {
  const words = new Int32Array(BITS / 32);
  const isSet = (bit: number) => ((words[bit >>> 5] ?? 0) & (1 << bit)) !== 0;
  return {
    has: (key) => {
      const hash = hashOf(key);
      for (let i = 0; i < HASHES; i++) if (!isSet(bitOf(hash, i))) return false;
      return true;
    },
    add: (key) => {
      const hash = hashOf(key);
      for (let i = 0; i < HASHES; i++) {
        const bit = bitOf(hash, i);
        words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << bit);
      }
    },
  };
}

/** FNV-1a, of 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash;
}

/** The bits of a key lie as far from each other as another mixture of its hash says. */
function bitOf(hash: number, i: number): number {
  const step = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) | 1;
  return (hash + i * step) & (BITS - 1);
}
