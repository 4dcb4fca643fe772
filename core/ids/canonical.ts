import canonicalize from "canonicalize";
import { wellFormed } from "./json.ts";

/**
 * The RFC 8785 form of a JSON value; half a surrogate pair counts as U+FFFD. Undefined when JSON has no text for
 * it, as for `undefined`; throws on numbers that JSON cannot hold and on circles.
 */
export function canonicalText(value: unknown): string | undefined {
  // JSON itself writes numbers and texts as RFC 8785 wants and is several times as quick; what is left to do is
  // the order of keys, where an object keeps the one it was given.
  const ordered = inOrder(value);
  const text = ordered === UNFIT ? undefined : JSON.stringify(ordered);
  if (text !== undefined && !/\\ud[89a-f]/.test(text)) return text;
  try {
    return canonicalize(value);
  } catch {
    // Halves of surrogate pairs are the one thing in foreign JSON that has no canonical form.
    return canonicalize(wellFormed(value));
  }
}

/** Stands for a value whose canonical form is left to the library. */
const UNFIT = Symbol("unfit");
/** Deeper than anything but a circle. */
const MAX_DEPTH = 200;

/** A copy whose keys are in canonical order. */
function inOrder(value: unknown, depth = 0): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : UNFIT;
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (value === undefined) return value;
  if (typeof value !== "object" || depth > MAX_DEPTH) return UNFIT;
  return Array.isArray(value) ? listInOrder(value, depth) : objectInOrder(value, depth);
}

function listInOrder(list: readonly unknown[], depth: number): unknown {
  const copy: unknown[] = [];
  for (const item of list) {
    const ordered = inOrder(item, depth + 1);
    if (ordered === UNFIT) return UNFIT;
    copy.push(ordered);
  }
  return copy;
}

function objectInOrder(object: object, depth: number): unknown {
  if ("toJSON" in object) return UNFIT;
  const copy: Record<string, unknown> = {};
  for (const key of sortedKeys(object)) {
    // An object puts keys that look like numbers first, whatever it was given, and `__proto__` is no key of it.
    if (isDigit(key.charCodeAt(0)) || key === "__proto__") return UNFIT;
    const ordered = inOrder((object as Record<string, unknown>)[key], depth + 1);
    if (ordered === UNFIT) return UNFIT;
    copy[key] = ordered;
  }
  return copy;
}

/** Objects have few keys; the array's own sort copies them several times. */
const FEW_KEYS = 32;

function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] as string;
    let at = end;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
