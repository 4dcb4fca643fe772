const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const FOUR_HEX_DIGITS = /^[0-9a-fA-F]{4}$/;
const ESCAPED = new Set('"\\/bfnrt');

/** Where in a text something is, counted from 1; columns count UTF-16 units. */
export interface TextPosition {
  line: number;
  column: number;
}

interface Scan {
  text: string;
  at: number;
}

/**
 * Where a text stops being JSON; null when it is JSON. Node's own message is not used: it quotes the body and
 * often leaves the position out. The caller bounds the nesting.
 */
export function findJsonFault(text: string): TextPosition | null {
  const scan: Scan = { text, at: 0 };
  skipSpace(scan);
  const whole = value(scan) && atEnd(scan);
  return whole ? null : positionAt(text, scan.at);
}

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: offset - lastBreak };
}

function atEnd(scan: Scan): boolean {
  skipSpace(scan);
  return scan.at === scan.text.length;
}

/** Moves past a match; leaves `at` where it was when there is none. */
function take(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.at;
  const match = pattern.exec(scan.text);
  if (!match) return false;
  scan.at += match[0].length;
  return true;
}

function skipSpace(scan: Scan): void {
  take(scan, WHITESPACE);
}

function takeChar(scan: Scan, char: string): boolean {
  skipSpace(scan);
  if (scan.text[scan.at] !== char) return false;
  scan.at += 1;
  return true;
}

function value(scan: Scan): boolean {
  skipSpace(scan);
  const char = scan.text[scan.at];
  if (char === "{") return list(scan, "}", member);
  if (char === "[") return list(scan, "]", value);
  if (char === '"') return string(scan);
  return take(scan, WORD) || take(scan, NUMBER);
}

function list(scan: Scan, close: string, item: (scan: Scan) => boolean): boolean {
  scan.at += 1;
  if (takeChar(scan, close)) return true;
  do {
    skipSpace(scan);
    if (!item(scan)) return false;
  } while (takeChar(scan, ","));
  return takeChar(scan, close);
}

function member(scan: Scan): boolean {
  return string(scan) && takeChar(scan, ":") && value(scan);
}

// Not by a pattern: one that takes escape after escape exhausts the stack on a string of some megabytes.
function string(scan: Scan): boolean {
  const { text } = scan;
  if (text[scan.at] !== '"') return false;
  for (let at = scan.at + 1; at < text.length; ) {
    if (text[at] === '"') {
      scan.at = at + 1;
      return true;
    }
    const length = partLength(text, at);
    if (length === 0) return false;
    at += length;
  }
  return false;
}

/** How many UTF-16 units one character of a string is written with; 0 when it may not stand there. */
function partLength(text: string, at: number): 0 | 1 | 2 | 6 {
  if (text[at] !== "\\") return text.charCodeAt(at) < 0x20 ? 0 : 1;
  const char = text[at + 1] ?? "";
  if (char === "u") return FOUR_HEX_DIGITS.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return ESCAPED.has(char) ? 2 : 0;
}
