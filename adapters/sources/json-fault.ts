const WHITESPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a JSON string may not hold
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

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
  if (char === '"') return take(scan, STRING);
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
  return take(scan, STRING) && takeChar(scan, ":") && value(scan);
}
