import type { Json, JsonObject } from "../../core/ids/index.ts";

/** How deep objects may be nested in a field for any keys, the field itself counted; a sender's detail has 64 levels. */
export const DEEPEST_OBJECT = 70;
/** A term of Lucene, in bytes of UTF-8. */
export const LONGEST_TERM_BYTES = 32_766;

/** Where in an object a value stands. */
interface Place {
  /** Levels of objects, the outermost being 1. */
  depth: number;
  /** Of the keys on the way, each with what stands behind it in the term. */
  keyBytes: number;
}

/**
 * What of an object a field for any keys (`flattened`) can index: each value is one term of its keys, joined by dots,
 * a NUL and its text. Left out are values whose term would be too long, what is nested too deep, and keys with a
 * NUL, which would make Elasticsearch refuse the whole document. Throws a TypeError for what is no object.
 */
export function indexable(object: JsonObject): JsonObject {
  return indexableObject(object, { depth: 1, keyBytes: 0 });
}

function indexableObject(object: JsonObject, { depth, keyBytes }: Place): JsonObject {
  const kept: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) {
    const place = { depth, keyBytes: keyBytes + Buffer.byteLength(key) + 1 };
    if (key.includes("\0") || place.keyBytes > LONGEST_TERM_BYTES) continue;
    const inner = indexableValue(value, place);
    if (inner !== undefined) kept.push([key, inner]);
  }
  return Object.fromEntries(kept);
}

/** Undefined for what is left out. Elements of a list stand where the list does. */
function indexableValue(value: Json, place: Place): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((element) => indexableValue(element, place)).filter((element) => element !== undefined);
  }
  if (typeof value !== "object" || value === null) return isTermOfLength(value, place) ? value : undefined;
  const { depth, keyBytes } = place;
  return depth < DEEPEST_OBJECT ? indexableObject(value, { depth: depth + 1, keyBytes }) : undefined;
}

function isTermOfLength(value: string | number | boolean | null, { keyBytes }: Place): boolean {
  return keyBytes + Buffer.byteLength(String(value)) <= LONGEST_TERM_BYTES;
}
