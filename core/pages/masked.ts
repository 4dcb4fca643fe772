import type { Json, JsonObject } from "../ids/index.ts";
import { isJsonObject } from "../ids/index.ts";

/** What must not be shown, as those who know say it. */
export interface Masking {
  /** Whether a field of this name holds a secret. */
  isSecretKey: (key: string) => boolean;
  /** Masks what looks like a secret within a text. */
  maskText: (text: string) => string;
}

/** Nothing is secret by its name or its look. */
export const NO_MASKING: Masking = { isSecretKey: () => false, maskText: (text) => text };

/** What a page shows of values, and how it shows texts in which the secret ones may come again. */
export interface Masked {
  value: JsonObject;
  /** The secret texts that were masked. */
  secrets: readonly string[];
}

/** What stands in place of a secret, as StackStorm writes it. */
export const MASK = "********";
/** A shorter one would mask half of an output. */
const SHORTEST_SECRET = 4;

/** A copy without the values of secret fields, at any depth, and of the top fields that `secret` names. */
export function masked(value: JsonObject, masking: Masking, secret: (name: string) => boolean): Masked {
  const secrets: string[] = [];
  const isSecret = (key: string, isTop: boolean) => masking.isSecretKey(key) || (isTop && secret(key));
  const copy = (one: Json): Json => {
    if (typeof one === "string") return masking.maskText(one);
    if (Array.isArray(one)) return one.map(copy);
    if (!isJsonObject(one)) return one;
    return fieldsOf(one, false);
  };
  const fieldsOf = (fields: JsonObject, isTop: boolean): JsonObject => {
    const entries = Object.entries(fields).map(([key, member]): [string, Json] => {
      if (!isSecret(key, isTop) || isNothing(member)) return [key, copy(member)];
      secrets.push(...textsOf(member));
      return [key, MASK];
    });
    return Object.fromEntries(entries);
  };
  return { value: fieldsOf(value, true), secrets };
}

/** What is cut ends with it. */
const CUT = "…";

/**
 * Hides secrets that are known, as they are, within JSON, or on one line, and what looks like one, in a text such as an
 * output. Of what was cut within a secret, its beginning is hidden.
 */
export function hiding(secrets: readonly string[], { maskText }: Masking): (text: string) => string {
  const written = secrets.flatMap((secret) => [
    ...[secret, JSON.stringify(secret).slice(1, -1)],
    secret.replace(/[\r\n\u0085\u2028\u2029]+/g, " "),
  ]);
  const long = [...new Set(written)].filter((one) => one.length >= SHORTEST_SECRET);
  // Longest first: where one holds another, hiding the short one would leave the rest.
  const longestFirst = long.sort((one, other) => other.length - one.length);
  return (text) => {
    const whole = longestFirst.reduce((out, secret) => out.replaceAll(secret, MASK), text);
    return maskText(withoutBeginnings(whole, longestFirst));
  };
}

function withoutBeginnings(text: string, longestFirst: readonly string[]): string {
  const parts = text.split(CUT);
  const cut = parts.slice(0, -1).map((part) => withoutBeginning(part, longestFirst));
  return [...cut, ...parts.slice(-1)].join(CUT);
}

/** The text without the longest end that is how a secret begins. */
function withoutBeginning(text: string, longestFirst: readonly string[]): string {
  const longest = Math.min(text.length, longestFirst[0]?.length ?? 0);
  for (let length = longest; length >= SHORTEST_SECRET; length--) {
    const end = text.slice(-length);
    if (longestFirst.some((secret) => secret.startsWith(end))) return text.slice(0, -length) + MASK;
  }
  return text;
}

/** A value, such as a result, with every text, number and name of a field in it as `hide` leaves it. */
export function hiddenIn(value: Json, hide: (text: string) => string): Json {
  if (typeof value === "string") return hide(value);
  if (typeof value === "number") return hide(String(value)) === String(value) ? value : MASK;
  if (Array.isArray(value)) return value.map((one) => hiddenIn(one, hide));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [hide(key), hiddenIn(member, hide)]),
  );
}

function isNothing(value: Json): boolean {
  return value === null || value === "";
}

function textsOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (isJsonObject(value)) return Object.values(value).flatMap(textsOf);
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}
