import { isJsonObject, type Json } from "../ids/index.ts";

/** A value and how it is reached; `key` is absent for the outermost value. */
interface Member {
  path: string;
  key?: string;
  value: Json;
}

/**
 * The dotted path of the first string or key, in the order of the document, that StackStorm would render as
 * a template of its own; null when there is none. Such parameters must never be sent (design.md promise 5).
 * The path is empty when the outermost value is such a string.
 */
export function findServerTemplate(value: Json): string | null {
  if (isPlain(value)) return null;
  // A stack of our own instead of recursion: deeply nested foreign data must not end the process.
  const waiting: Member[] = [{ path: "", value }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (isTemplate(next)) return next.path;
    for (const member of membersOf(next).reverse()) waiting.push(member);
  }
  return null;
}

/** Most parameters are a few scalars without a marker; that is seen without making anything. */
function isPlain(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  for (const key in value) {
    const member = value[key];
    if (typeof member === "object" && member !== null) return false;
    if (holdsMarker(key) || (typeof member === "string" && holdsMarker(member))) return false;
  }
  return true;
}

function isTemplate({ key, value }: Member): boolean {
  return (key !== undefined && holdsMarker(key)) || (typeof value === "string" && holdsMarker(value));
}

function holdsMarker(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

function membersOf({ path, value }: Member): Member[] {
  if (!Array.isArray(value) && !isJsonObject(value)) return [];
  const prefix = path === "" ? "" : `${path}.`;
  return Object.entries(value).map(([key, member]) => ({ path: prefix + key, key, value: member }));
}
