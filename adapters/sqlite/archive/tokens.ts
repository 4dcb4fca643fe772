import { createHash } from "node:crypto";
import { bigrams, matchExpression, searchText, type WhaleEvent } from "../../../core/events/index.ts";
import type { ArchiveFilter } from "../../../core/ports/index.ts";

// Private use characters, which no word of an event's text has (see core/events/search-text.ts).
const MARK = "\uE100";
const HASHED = "\uE101";
const EQUALS = "\uE102";
/** The tokenizer would part tokens at these or change their case, so each has a stand-in. */
const ASCII_MEANT = /[^a-z0-9\u0080-\uFFFF]/g;
const STAND_IN = Array.from({ length: 128 }, (_, code) => String.fromCharCode(0xe200 + code));
const OURS = /[\uE100-\uE2FF]/;
const LONGEST = 64;

/** One letter for each field that events are filtered by. */
const LETTERS = {
  type: "t",
  source: "s",
  severity: "v",
  status: "f",
  subject: "u",
  incident: "i",
  invalid: "x",
  label: "l",
} as const;

// Most values come again and again.
const known = new Map<string, string>();
const MOST_KNOWN = 20_000;

/** A value as part of a token: different values give different texts. */
function encoded(value: string): string {
  const before = known.get(value);
  if (before !== undefined) return before;
  const fresh = encodedAnew(value);
  if (known.size >= MOST_KNOWN) known.clear();
  if (value.length <= LONGEST) known.set(value, fresh);
  return fresh;
}

function encodedAnew(value: string): string {
  if (value.length > LONGEST || OURS.test(value) || !value.isWellFormed()) return hashed(value);
  return value.replace(ASCII_MEANT, (character) => STAND_IN[character.charCodeAt(0)] ?? "");
}

function hashed(value: string): string {
  // As JSON, since halves of surrogate pairs would all be hashed as one character.
  return HASHED + createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** The token of one value of a field. */
export function fieldToken(field: Exclude<keyof typeof LETTERS, "label">, value: unknown): string {
  return MARK + LETTERS[field] + encoded(String(value));
}

function labelToken(key: string, value: unknown): string {
  return MARK + LETTERS.label + encoded(key) + EQUALS + encoded(String(value));
}

/** Whether an event has violations. */
export function isInvalid(event: WhaleEvent): boolean {
  return Array.isArray(event.violations) && event.violations.length > 0;
}

/** The tokens under which an event is filtered. Takes events with parts missing. */
export function filterTokens(event: WhaleEvent): string {
  const { type, source, severity, status, subject, incident } = event;
  const fields = Object.entries({ type, source, severity, status, subject, incident });
  const tokens = fields.map(([field, value]) => fieldToken(field as "type", value));
  tokens.push(fieldToken("invalid", isInvalid(event)));
  for (const [key, value] of Object.entries(event.labels ?? {})) tokens.push(labelToken(key, value));
  return tokens.join(" ");
}

/** The tokens of an event's words. Throws a TypeError when a part of the event is missing. */
export function textTokens(event: WhaleEvent): string {
  return bigrams(searchText(event));
}

/** The FTS5 expression of what a filter says about an event's own content; null when it says nothing. */
export function filterExpression(filter: ArchiveFilter): string | null {
  const parts: string[] = [];
  for (const field of ["type", "source", "severity", "status"] as const) {
    const values = filter[field];
    if (values) parts.push(anyOf(values.map((value) => fieldToken(field, value))));
  }
  for (const field of ["subject", "incident", "invalid"] as const) {
    const value = filter[field];
    if (value !== undefined) parts.push(anyOf([fieldToken(field, value)]));
  }
  for (const [key, value] of Object.entries(filter.labels ?? {})) parts.push(anyOf([labelToken(key, value)]));
  const words = matchExpression(filter.text ?? "");
  if (words !== null) parts.push(words);
  return parts.length === 0 ? null : parts.join(" AND ");
}

function anyOf(tokens: readonly string[]): string {
  return `(${tokens.map((token) => `"${token}"`).join(" OR ")})`;
}
