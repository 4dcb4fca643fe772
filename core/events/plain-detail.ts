import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import type { Violation } from "./event.ts";

/** Deepest nesting that is kept of a sender's detail. */
export const MAX_DETAIL_DEPTH = 64;

/** A detail that is safe to keep, and what had to be changed for that. */
export interface PlainDetail {
  detail: JsonObject;
  violations: Violation[];
}

/**
 * The detail of an event as an object of its own. JSON text is parsed once; what is no object is kept below
 * `text` or `value` and told as a violation. Levels below the deepest kept and keys `__proto__` are left out
 * and told as well.
 */
export function plainDetail(given: unknown): PlainDetail {
  const violations: Violation[] = [];
  const value = objectOf(given, violations);
  return { detail: copyObject(value, ["detail"], violations), violations };
}

function objectOf(given: unknown, violations: Violation[]): JsonObject {
  if (isJsonObject(given)) return given;
  if (given === undefined || given === null || given === "") return {};
  if (typeof given !== "string") {
    violations.push({ path: "detail", message: "is not an object" });
    return { value: given as Json };
  }
  const parsed = parsedObject(given);
  if (parsed) return parsed;
  violations.push({ path: "detail", message: "is a text, but not the JSON of an object" });
  return { text: given };
}

function parsedObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    // Any text may come here; that it is no JSON is the answer.
    return null;
  }
}

function copy(value: Json, path: readonly string[], violations: Violation[]): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (path.length > MAX_DETAIL_DEPTH) {
    violations.push({ path: path.join("."), message: `is nested deeper than ${MAX_DETAIL_DEPTH} levels` });
    return null;
  }
  if (!Array.isArray(value)) return copyObject(value, path, violations);
  return value.map((element, index) => copy(element, [...path, String(index)], violations));
}

function copyObject(value: JsonObject, path: readonly string[], violations: Violation[]): JsonObject {
  const copied: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === "__proto__") violations.push({ path: [...path, key].join("."), message: "is left out" });
    else if (typeof member === "string") copied[key.toWellFormed()] = member.toWellFormed();
    else copied[key.toWellFormed()] = copy(member, [...path, key], violations);
  }
  return copied;
}
