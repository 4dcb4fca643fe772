import { isJsonObject, type Json, pick } from "../../core/ids/index.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";

// Checks look at files that may not have the right shape yet, so that a person sees every mistake at once.
// What has the wrong type is told by the shape; here it counts as absent.

/** The value at a path; undefined when there is none. */
export function valueAt(located: Located, path: Path): Json | undefined {
  return pick(located.value, path) as Json | undefined;
}

/** The text at a path; undefined when there is none. */
export function textAt(located: Located, path: Path): string | undefined {
  const value = valueAt(located, path);
  return typeof value === "string" ? value : undefined;
}

/** The paths of a list's items; none when there is no list. */
export function itemsAt(located: Located, path: Path): Path[] {
  const value = valueAt(located, path);
  return Array.isArray(value) ? value.map((_, index) => [...path, String(index)]) : [];
}

/** The keys of the object at a path; none when there is no object. */
export function keysAt(located: Located, path: Path): string[] {
  const value = valueAt(located, path);
  return isJsonObject(value) ? Object.keys(value) : [];
}
