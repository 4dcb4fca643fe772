import type { Json, JsonObject } from "../ids/index.ts";
import { TEMPLATE_LIMITS } from "./limits.ts";

/** A text of so many characters is within the limit even where each takes three bytes. */
const SHORT_CHARS = TEMPLATE_LIMITS.maxValueBytes / 3;

interface Budget {
  bytes: number;
}

/**
 * A copy of a value that shares nothing with it. Throws a `TypeError` when JSON cannot hold the value
 * (undefined, functions, NaN, instances of classes), and a `RangeError` when it is nested too deep or too
 * large. A key `__proto__` is left out, because assigning it would change what the copy is.
 */
export function jsonValue(value: unknown): Json {
  // What fits however it is encoded need not be measured.
  if (typeof value === "string" && value.length <= SHORT_CHARS) return value.toWellFormed();
  return copy(value, 0, { bytes: TEMPLATE_LIMITS.maxValueBytes });
}

function copy(value: unknown, depth: number, budget: Budget): Json {
  if (typeof value === "string") return copyText(value, budget);
  if (value === null || typeof value === "boolean") return spend(value, 4, budget);
  if (typeof value === "number") return copyNumber(value, budget);
  if (typeof value !== "object") throw new TypeError(`${typeof value} is not a value of JSON`);
  if (depth >= TEMPLATE_LIMITS.maxDepth) {
    throw new RangeError(`the value is nested deeper than ${TEMPLATE_LIMITS.maxDepth} levels`);
  }
  return Array.isArray(value) ? copyArray(value, depth, budget) : copyObject(value, depth, budget);
}

function copyText(text: string, budget: Budget): string {
  // The length first: counting bytes of a rope of many megabytes would build it.
  const bytes = text.length > budget.bytes ? text.length : Buffer.byteLength(text);
  // Half a surrogate pair, which a cut can leave, has no form in UTF-8 and no hash.
  return spend(text.toWellFormed(), bytes + 2, budget);
}

function copyNumber(value: number, budget: Budget): number {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not a value of JSON`);
  return spend(value, String(value).length, budget);
}

function copyArray(values: readonly unknown[], depth: number, budget: Budget): Json[] {
  const copied: Json[] = [];
  for (const value of values) copied.push(copy(value, depth + 1, spend(budget, 1, budget)));
  return copied;
}

function copyObject(value: object, depth: number, budget: Budget): JsonObject {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new TypeError("an instance of a class is not a value of JSON");
  }
  const copied: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === "__proto__") continue;
    copied[copyText(key, budget)] = copy(member, depth + 1, spend(budget, 2, budget));
  }
  return copied;
}

function spend<T>(value: T, bytes: number, budget: Budget): T {
  budget.bytes -= bytes;
  if (budget.bytes < -2) {
    throw new RangeError(`the value is larger than ${TEMPLATE_LIMITS.maxValueBytes} bytes`);
  }
  return value;
}
