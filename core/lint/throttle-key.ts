import { parsePath } from "../params/path.ts";

/** Fields whose text is new with nearly every event, wherever they stand. */
const UNBOUNDED = new Set([
  "title",
  "time",
  "timestamp",
  "description",
  "summary",
  "message",
  "receivedAt",
  "endsAt",
]);
const OF_EVENT = new Set(["id", "rawRef"]);

/** The first thing in a throttle's key that nearly every event has another value of; null when there is none. */
export function unboundedReference(key: string): string | null {
  for (const [, output = ""] of key.matchAll(/\{\{-?([^}]*)\}\}/g)) {
    const path = (output.split("|")[0] ?? "").trim();
    const keys = parsePath(path) ?? [];
    const last = keys.at(-1) ?? "";
    if (UNBOUNDED.has(last) || (keys.length === 1 && OF_EVENT.has(last))) return keys.join(".");
  }
  return null;
}
