import { createHash } from "node:crypto";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { bigrams, matchExpression, searchText } from "../../../core/events/search-text.ts";
import type { ArchiveFilter } from "../../../core/ports/index.ts";

// Private use characters, which no word of an event's text has (see core/events/search-text.ts).
const MARK = "\uE100";
const HASHED = "\uE101";
const EQUALS = "\uE102";
/** The tokenizer would part tokens at ASCII characters that are none of these, or change their case. */
const PLAIN = /[a-z0-9]/;
/** What stands for a unit in a token. */
const UNITS = Uint16Array.from({ length: 0x10000 }, (_, unit) =>
  unit < 128 && !PLAIN.test(String.fromCharCode(unit)) ? 0xe200 + unit : unit,
);
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

const FILTERED = ["type", "source", "severity", "status", "subject", "incident"] as const;

/** Tokens with spaces between them, written unit by unit: each label of each event goes through here. */
interface TokenWriter {
  /** Begins a token. */
  mark(letter: string): void;
  /** A value as a part of it: different values give different texts. */
  value(value: string): void;
  plain(text: string): void;
}

/** Gives what was written. Nothing of an earlier call stays, of one that threw neither. */
function written(write: (to: TokenWriter) => void): string {
  end = 0;
  write(writer);
  return Buffer.from(units.buffer, 0, 2 * end).toString("utf16le");
}

let units = new Uint16Array(16_384);
let end = 0;

function put(text: string, standIns: Uint16Array | null): void {
  while (end + text.length > units.length) {
    const larger = new Uint16Array(2 * units.length);
    larger.set(units);
    units = larger;
  }
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    units[end] = standIns ? (standIns[unit] ?? unit) : unit;
    end += 1;
  }
}

const writer: TokenWriter = {
  mark: (letter) => put(end === 0 ? MARK + letter : ` ${MARK}${letter}`, null),
  value: (value) => (isEncodable(value) ? put(value, UNITS) : put(hashed(value), null)),
  plain: (text) => put(text, null),
};

function isEncodable(value: string): boolean {
  return value.length <= LONGEST && !OURS.test(value) && value.isWellFormed();
}

function hashed(value: string): string {
  // As JSON, since halves of surrogate pairs would all be hashed as one character.
  return HASHED + createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** The token of one value of a field. */
export function fieldToken(field: Exclude<keyof typeof LETTERS, "label">, value: unknown): string {
  return written((to) => writeField(to, field, value));
}

function labelToken(key: string, value: unknown): string {
  return written((to) => writeLabel(to, key, value));
}

function writeField(to: TokenWriter, field: keyof typeof LETTERS, value: unknown): void {
  to.mark(LETTERS[field]);
  to.value(String(value));
}

function writeLabel(to: TokenWriter, key: string, value: unknown): void {
  to.mark(LETTERS.label);
  to.value(key);
  to.plain(EQUALS);
  to.value(String(value));
}

/** Whether an event has violations. */
export function isInvalid(event: WhaleEvent): boolean {
  return Array.isArray(event.violations) && event.violations.length > 0;
}

/** The tokens under which an event is filtered. Takes events with parts missing. */
export function filterTokens(event: WhaleEvent): string {
  return written((to) => {
    for (const field of FILTERED) writeField(to, field, event[field]);
    writeField(to, "invalid", isInvalid(event));
    for (const [key, value] of Object.entries(event.labels ?? {})) writeLabel(to, key, value);
  });
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
