import { isJsonObject, type Json } from "../ids/index.ts";

/** One word of what a person typed behind `run`. */
export interface TypedWord {
  /** Where it begins and ends in the text. */
  from: number;
  to: number;
  /** The name before `=`; absent where the word is no `name=value`. */
  name?: string;
  /** A text without its quotes, or the JSON value that it spells. */
  value: Json;
  /** It stood in quotes, or is JSON: it is one value, whatever it holds. */
  whole: boolean;
}

/** The words of a text, or the quotation mark or bracket that is never closed. */
export type TypedWords = { outcome: "read"; words: TypedWord[] } | { outcome: "unclosed"; sign: string };

const NAME = /^([\p{L}_][\p{L}\p{N}_.-]*)=/u;
const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/**
 * Splits a text at spaces. In quotes (`"a b"`, `'a b'`), with `\` before what is to be taken as it is, and in
 * brackets (`{…}`, `[…]`) spaces belong to the word; so they do behind `name=`.
 */
export function typedWords(text: string): TypedWords {
  const words: TypedWord[] = [];
  for (let at = skipSpace(text, 0); at < text.length; ) {
    const name = NAME.exec(text.slice(at, at + 200))?.[1];
    const start = name === undefined ? at : at + name.length + 1;
    const piece = pieceAt(text, start);
    if (piece === null) return { outcome: "unclosed", sign: text[start] ?? "" };
    const { to, value, whole } = piece;
    words.push({ from: at, to, value, whole, ...(name === undefined ? {} : { name }) });
    at = skipSpace(text, to);
  }
  return { outcome: "read", words };
}

interface Piece {
  to: number;
  value: Json;
  whole: boolean;
}

function pieceAt(text: string, start: number): Piece | null {
  const sign = text[start] ?? "";
  if (sign === '"' || sign === "'") return quoted(text, start, sign);
  return sign in CLOSING ? bracketed(text, start) : bare(text, start);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}

function isSpace(sign: string | undefined): boolean {
  return sign === undefined || /\s/u.test(sign);
}

function bare(text: string, start: number): Piece {
  let to = start;
  while (to < text.length && !isSpace(text[to])) to += 1;
  return { to, value: text.slice(start, to), whole: false };
}

/** A quotation that goes on without a space is a word of other signs, as in `"a"b`. */
function quoted(text: string, start: number, sign: string): Piece | null {
  let value = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const one = text[at] ?? "";
    if (one === sign) return isSpace(text[at + 1]) ? { to: at + 1, value, whole: true } : bare(text, start);
    const next = text[at + 1];
    const isEscape = one === "\\" && (next === sign || next === "\\");
    value += isEscape ? next : one;
    if (isEscape) at += 1;
  }
  return null;
}

/** JSON where it is some, else the text between the outermost brackets with them. */
function bracketed(text: string, start: number): Piece | null {
  const to = closingOf(text, start);
  if (to === null) return null;
  if (!isSpace(text[to])) return bare(text, start);
  const value = jsonOf(text.slice(start, to));
  return value === undefined ? { to, value: text.slice(start, to), whole: true } : { to, value, whole: true };
}

function closingOf(text: string, start: number): number | null {
  const open: string[] = [];
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const one = text[at] ?? "";
    if (isText) {
      if (one === "\\") at += 1;
      else isText = one !== '"';
    } else if (one === '"') isText = true;
    else if (one in CLOSING) open.push(CLOSING[one] ?? "");
    else if (one === open.at(-1)) open.pop();
    if (open.length === 0) return at + 1;
  }
  return null;
}

function jsonOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return Array.isArray(value) || isJsonObject(value) ? value : undefined;
  } catch {
    // Brackets that hold no JSON are a text.
    return undefined;
  }
}
