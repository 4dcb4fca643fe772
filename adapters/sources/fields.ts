import type { Json, JsonObject } from "../../core/ids/index.ts";
import { isJsonObject, pick } from "../../core/ids/index.ts";

// A sender's field of the wrong type is read as absent, so that an odd label never costs the alert. What an
// adapter cannot do without it asks for by name, and refuses the body with the path where it is missing.

/** A scalar as trimmed text; empty for none, for null and for objects and lists. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** The scalar along these keys as text; empty when there is none. */
export function textAt(value: unknown, ...keys: string[]): string {
  return textOf(pick(value, keys));
}

/** The object along these keys; an empty one when there is none. */
export function objectAt(value: unknown, ...keys: string[]): JsonObject {
  const found = pick(value, keys);
  return isJsonObject(found) ? found : {};
}

/** The list along these keys; an empty one when there is none. */
export function listAt(value: unknown, ...keys: string[]): Json[] {
  const found = pick(value, keys);
  return Array.isArray(found) ? (found as Json[]) : [];
}

/** The first text that is not empty; empty when all are. */
export function firstText(...texts: readonly string[]): string {
  return texts.find((text) => text !== "") ?? "";
}

/** The first line of a text, without blanks around it. */
export function firstLine(text: string): string {
  const trimmed = text.trim();
  const end = trimmed.indexOf("\n");
  return end < 0 ? trimmed : trimmed.slice(0, end).trim();
}

/** The scalars of an object as texts, in their order. Empty ones, objects and lists are left out. */
export function scalarTexts(value: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  if (!isJsonObject(value)) return texts;
  for (const [key, inner] of Object.entries(value)) {
    const text = textOf(inner);
    if (text !== "" && key !== "__proto__") texts[key] = text;
  }
  return texts;
}

/** Key and value pairs as one text whose order does not depend on the sender: `a=1,b=2`. */
export function sortedPairs(texts: Readonly<Record<string, string>>, separator = "="): string {
  const pairs = Object.entries(texts).map(([key, value]) => `${key}${separator}${value}`);
  return pairs.sort().join(",");
}

const SECRET_KEY =
  /(?:token|secret|password|passwd|signature|authorization|cookie|api[-_]?key|access[-_]?key(?:[-_]?id)?)$/i;

/** A copy for `detail` without what looks like a secret by its key, and without the keys named. */
export function withoutSecrets(value: JsonObject, ...keys: readonly string[]): JsonObject {
  const kept = Object.entries(value).filter(
    ([key]) => !SECRET_KEY.test(key) && !keys.includes(key) && key !== "__proto__",
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSecretsInside(inner)]));
}

function withoutSecretsInside(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSecretsInside);
  return isJsonObject(value) ? withoutSecrets(value) : value;
}
