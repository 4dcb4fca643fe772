import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { findJsonFault, positionAt } from "./json-fault.ts";
import type { Refusal } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

/** The deepest nesting that is read; everything behind it walks values recursively. */
export const MAX_JSON_DEPTH = 100;

export type JsonReading = { outcome: "read"; value: Json } | Refusal;

/** Escapes of surrogates, which may stand alone. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

function hasSurrogateEscape(text: string): boolean {
  return text.includes("\\u") && SURROGATE_ESCAPE.test(text);
}

/**
 * Reads a body as JSON: UTF-8 only (a byte order mark is tolerated), at most 100 levels deep. Integers that a
 * double cannot hold keep their digits as text, `__proto__` keys are dropped, and lone surrogates are replaced,
 * so that the value can be hashed, stored and sent on. What a later equal key replaces need not be judged. Never throws.
 */
export function readJson(body: Buffer): JsonReading {
  if (body.length === 0) return refused("empty", "请求体为空 (the body is empty)");
  if (looksUtf16(body)) {
    return refused("bad_encoding", "请求体是 UTF-16，只收 UTF-8 (the body is UTF-16; only UTF-8 is read)");
  }
  if (!isUtf8(body)) {
    return refused("bad_encoding", "请求体不是 UTF-8（可能是 GBK）(the body is not UTF-8, maybe GBK)");
  }
  return readJsonText(UTF8.decode(body));
}

/** Leaves a byte order mark out. Kept, because making one costs as much as decoding a short body. */
const UTF8 = new TextDecoder();

/** The same for a text, for example a `detail` that is JSON inside JSON. */
export function readJsonText(text: string): JsonReading {
  try {
    const value = JSON.parse(text) as Json;
    const odd = oddityOf(value, 0) ?? (hasSurrogateEscape(text) ? "unsafe" : null);
    return odd === null ? { outcome: "read", value } : readOdd(text);
  } catch {
    // The parser's error is not passed on: it quotes the body.
    return faultOf(text);
  }
}

/** The same for a text that may be nested too deep, or hold what must not be taken as it stands. */
function readOdd(text: string): JsonReading {
  const deepAt = findTooDeep(text);
  if (deepAt >= 0) return tooDeep(text, deepAt);
  return { outcome: "read", value: JSON.parse(text, careful) as Json };
}

function faultOf(text: string): Refusal {
  if (text.trim() === "") return refused("empty", "请求体为空 (the body is empty)");
  const deepAt = findTooDeep(text);
  return deepAt >= 0 ? tooDeep(text, deepAt) : notJson(text);
}

/**
 * Whether a value is nested too deep, or holds a key or a number that must not be taken as it stands. To look at
 * what was read is several times as quick as to look through its text.
 */
function oddityOf(value: Json, depth: number): "too_deep" | "unsafe" | null {
  if (typeof value === "number") return isExact(value) ? null : "unsafe";
  if (typeof value !== "object" || value === null) return null;
  if (depth >= MAX_JSON_DEPTH) return "too_deep";
  if (Array.isArray(value)) {
    for (const item of value) {
      const odd = oddityOf(item, depth + 1);
      if (odd !== null) return odd;
    }
    return null;
  }
  for (const key in value) {
    const odd = key === "__proto__" ? "unsafe" : oddityOf(value[key] as Json, depth + 1);
    if (odd !== null) return odd;
  }
  return null;
}

/** Whether a number is what was written: a long integer, or one beyond the largest double, is not. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

function looksUtf16(body: Buffer): boolean {
  const [first, second] = body;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return first !== undefined && second !== undefined && (first === 0) !== (second === 0);
}

/** Offset of the bracket that opens one level too many; -1 when there is none. */
function findTooDeep(text: string): number {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return at;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return -1;
}

function tooDeep(text: string, offset: number): Refusal {
  const { line, column } = positionAt(text, offset);
  return refused(
    "too_deep",
    `第 ${line} 行第 ${column} 列：嵌套超过 ${MAX_JSON_DEPTH} 层 ` +
      `(line ${line} column ${column}: nested deeper than ${MAX_JSON_DEPTH})`,
  );
}

function notJson(text: string): Refusal {
  const { line, column } = findJsonFault(text) ?? { line: 1, column: 1 };
  return refused(
    "bad_json",
    `第 ${line} 行第 ${column} 列：不是合法的 JSON (line ${line} column ${column}: not valid JSON)`,
  );
}

/** Reviver. `context.source` is the number as it was written (Node 21 and later). */
function careful(this: unknown, key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === "__proto__") return undefined;
  if (typeof value === "number") return exactNumber(value, context?.source);
  if (typeof value === "string") return value.toWellFormed();
  return isJsonObject(value) ? withWellFormedKeys(value) : value;
}

function exactNumber(value: number, source: string | undefined): number | string {
  if (source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) || !Number.isFinite(value) ? source : value;
}

function withWellFormedKeys(value: JsonObject): JsonObject {
  if (Object.keys(value).every((key) => key.isWellFormed())) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]));
}
