import { isJsonObject } from "../ids/index.ts";

/**
 * What `equals` means: the same JSON, deep, whatever the order of keys. Besides, a text equals a number when
 * it is that number's own spelling (`"85"` and 85, not `"85.0"`), because labels are always text. That holds
 * for the two values themselves, not inside lists and objects.
 */
export function equalValues(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "string") return String(a) === b;
  if (typeof a === "string" && typeof b === "number") return a === String(b);
  return sameJson(a, b);
}

/** Whether two JSON values are the same, deep, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return sameLists(a, b);
  return isJsonObject(a) && isJsonObject(b) && sameObjects(a, b);
}

function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => sameJson(value, b[index]));
}

function sameObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}
