import { isSecretKey, mask, maskText } from "./masks.ts";

const DEEPEST = 6;
const LONGEST_TEXT = 2000;
const MOST_ITEMS = 50;
const MOST_VALUES = 1000;

/** Where the walk through the fields is. */
interface Place {
  depth: number;
  /** Hides secrets that are known. */
  redact: (text: string) => string;
  /** Values that the whole line may still show; shared by all places of one line. */
  budget: { left: number };
}

/**
 * A log line's fields made safe to write: secrets masked by the names of their fields and by their look,
 * errors reduced to what they say, long texts and lists cut, depth and size bounded. `redact` hides secrets in what is
 * cut, before it is; the rest is for whoever writes the line. The input is not changed.
 */
export function safeFields(
  fields: Record<string, unknown>,
  redact: (text: string) => string,
): Record<string, unknown> {
  return safeObject(fields, { depth: 0, redact, budget: { left: MOST_VALUES } });
}

function below(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

function safeValue(value: unknown, place: Place): unknown {
  place.budget.left -= 1;
  if (typeof value === "string") return cut(maskText(value), place);
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return safeError(value, place);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[no date]" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (place.depth >= DEEPEST || place.budget.left <= 0) return "[more]";
  return Array.isArray(value) ? safeList(value, place) : safeObject(value, place);
}

function safeList(list: readonly unknown[], place: Place): unknown[] {
  const shown = list.slice(0, MOST_ITEMS).map((item) => safeValue(item, below(place)));
  return list.length > MOST_ITEMS ? [...shown, `[${list.length - MOST_ITEMS} more]`] : shown;
}

function safeObject(value: object, place: Place): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, item] of entriesOf(value)) {
    if (place.budget.left <= 0) break;
    safe[key] = isSecretKey(key) && holdsText(item) ? mask() : safeValue(item, below(place));
  }
  return safe;
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item]);
  if (value instanceof Set) return Object.entries([...value]);
  return Object.entries(value);
}

// Numbers stay readable: a fencing token is a number and no secret.
function holdsText(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : typeof value === "object" && value !== null;
}

function cut(whole: string, { redact }: Place): string {
  if (whole.length <= LONGEST_TEXT) return whole;
  const text = redact(whole);
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT).toWellFormed()}… [${text.length - LONGEST_TEXT} more]`;
}

/**
 * Name, code, message and causes of an error, nothing else: other properties of foreign errors hold requests
 * with their headers. Frames are kept for errors without a code, since those are faults of ours.
 */
function safeError(error: Error, place: Place): Record<string, unknown> {
  const safe: Record<string, unknown> = { name: error.name, message: cut(maskText(error.message), place) };
  for (const key of ["code", "reached", "retryable", "retryAfterMs"]) {
    const value: unknown = Reflect.get(error, key);
    if (typeof value === "string") safe[key] = cut(maskText(value), place);
    if (typeof value === "number" || typeof value === "boolean") safe[key] = value;
  }
  if (safe["code"] === undefined) safe["frames"] = framesOf(error);
  if (place.depth >= DEEPEST || place.budget.left <= 0) return safe;
  if (error.cause !== undefined) safe["cause"] = safeCause(error.cause, below(place));
  if (error instanceof AggregateError) safe["errors"] = safeList(error.errors, place);
  return safe;
}

function safeCause(cause: unknown, place: Place): unknown {
  const isForeign = typeof cause === "object" && cause !== null && !(cause instanceof Error);
  return isForeign ? "[object]" : safeValue(cause, place);
}

function framesOf(error: Error): string[] {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return frames.slice(0, 8).map((line) => line.trim());
}
