import { hashOf } from "../ids/index.ts";
import type { TransferKind, TransferRecord } from "./record.ts";

/** What two sides are compared by: all records of one kind. */
export interface KindDigest {
  count: number;
  /** Sum of the records' hashes, modulo 2^256, as 64 hex digits: the order of reading does not count. */
  hash: string;
  /** Bytes of the records as JSON. */
  bytes: number;
}

/** Nothing read yet. */
export const NO_RECORDS: KindDigest = { count: 0, hash: "0".repeat(64), bytes: 0 };

const MODULUS = 2n ** 256n;

/** The digest with some more records in it. */
export function digestWith(before: KindDigest, records: readonly TransferRecord[]): KindDigest {
  let sum = BigInt(`0x${before.hash}`);
  let bytes = before.bytes;
  for (const record of records) {
    sum += BigInt(`0x${hashOf(record)}`);
    bytes += byteLength(record);
  }
  const hash = (sum % MODULUS).toString(16).padStart(64, "0");
  return { count: before.count + records.length, hash, bytes };
}

function byteLength(record: TransferRecord): number {
  return new TextEncoder().encode(JSON.stringify(record)).length;
}

/** One kind on both sides. */
export interface KindCheck {
  kind: TransferKind;
  source: KindDigest;
  target: KindDigest;
  outcome: "same" | "different";
  reason: "count_and_hash_agree" | "count_differs" | "hash_differs";
}

/** Compares one kind on both sides. */
export function compareKind(kind: TransferKind, source: KindDigest, target: KindDigest): KindCheck {
  const sides = { kind, source, target };
  if (source.count !== target.count) return { ...sides, outcome: "different", reason: "count_differs" };
  if (source.hash !== target.hash) return { ...sides, outcome: "different", reason: "hash_differs" };
  return { ...sides, outcome: "same", reason: "count_and_hash_agree" };
}

/** A record that is not the same on both sides. */
export interface RecordDifference {
  key: string;
  reason: "missing_in_target" | "only_in_target" | "differs";
}

/** Compares hashes of records by key, and tells at most so many that differ, by key. */
export function differences(
  source: ReadonlyMap<string, string>,
  target: ReadonlyMap<string, string>,
  limit: number,
): RecordDifference[] {
  const found: RecordDifference[] = [];
  for (const [key, hash] of source) {
    const other = target.get(key);
    if (other === undefined) found.push({ key, reason: "missing_in_target" });
    else if (other !== hash) found.push({ key, reason: "differs" });
  }
  for (const key of target.keys()) if (!source.has(key)) found.push({ key, reason: "only_in_target" });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
}
