/** Most bytes of UTF-8 that one message of a channel holds; what is longer is cut or refused (reference/wecom.md 3.2, 3.12, 4.3). */
export const CHANNEL_BYTES = { text: 2048, markdown: 2048, robot: 4096, aibot: 20_480 } as const;

/** A cut at a line end or before markup must not leave a piece shorter than this part of what fits. */
const SHORTEST_PART = 1 / 4;
/** So far around a cut its character is looked for; longer ones may be cut. */
const LOOK_AROUND = 128;

/** A link, a colour with its text, any other tag, bold: each on one line. */
const MARKUP =
  /\[[^[\]\n]*\]\([^()\n]*\)|<font[^<>\n]*>[^<\n]*<\/font>|<[^<>\n]*>|\*\*[^*\n]+\*\*|`[^`\n]+`/g;

const characters = new Intl.Segmenter("zh", { granularity: "grapheme" });

/**
 * Cuts text into pieces of at most `maxBytes` (4 or more) bytes of UTF-8: at line ends where there are some, else
 * between characters as people see them and outside links and tags, where these fit. The pieces joined are the text,
 * with lone surrogates replaced.
 */
export function splitText(text: string, maxBytes: number): string[] {
  const whole = text.toWellFormed();
  const pieces: string[] = [];
  for (let start = 0; start < whole.length; ) {
    const end = endOfPiece(whole, start, maxBytes);
    pieces.push(whole.slice(start, end));
    start = end;
  }
  return pieces;
}

/**
 * The beginning and the end of a text that is longer than `maxBytes`, with `mark` of how many lines are left out
 * between them; else the text. At most `maxBytes`, which must hold the mark and 16 more.
 */
export function headAndTail(text: string, maxBytes: number, mark: (lines: number) => string): string {
  const whole = text.toWellFormed();
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  const lines = linesIn(whole);
  const room = maxBytes - Buffer.byteLength(`\n${mark(lines)}\n`);
  const head = endOfPiece(whole, 0, Math.floor(room / 2));
  const tail = startOfTail(whole, Math.ceil(room / 2));
  const leftOut = Math.max(1, linesIn(whole.slice(head, tail).trim()));
  return [whole.slice(0, head).trimEnd(), mark(leftOut), whole.slice(tail).trimStart()].join("\n");
}

function linesIn(text: string): number {
  return text.split("\n").length;
}

function endOfPiece(text: string, start: number, maxBytes: number): number {
  const fitting = fittingEnd(text, start, maxBytes);
  if (fitting === text.length) return fitting;
  const shortest = start + (fitting - start) * SHORTEST_PART;
  const lineEnd = text.lastIndexOf("\n", fitting - 1) + 1;
  if (lineEnd > shortest) return lineEnd;
  const between = characterStart(text, fitting);
  const outside =
    markupAt(text, between, { from: start, to: start + 2 * (fitting - start) })?.start ?? between;
  return [outside, between].find((cut) => cut > shortest) ?? fitting;
}

/** Where the most code points end that fit from `start` on; at least one. */
function fittingEnd(text: string, start: number, maxBytes: number): number {
  let bytes = 0;
  for (let at = start; at < text.length; ) {
    const point = text.codePointAt(at) ?? 0;
    bytes += bytesOf(point);
    if (bytes > maxBytes && at > start) return at;
    at += unitsOf(point);
  }
  return text.length;
}

function startOfTail(text: string, maxBytes: number): number {
  const fitting = fittingStart(text, maxBytes);
  const latest = text.length - (text.length - fitting) * SHORTEST_PART;
  const lineStart = text.indexOf("\n", fitting) + 1;
  if (lineStart > 0 && lineStart < latest) return lineStart;
  const markup = markupAt(text, fitting, { from: Math.max(0, 2 * fitting - text.length), to: text.length });
  if (markup && markup.end < latest) return markup.end;
  const start = characterStart(text, fitting);
  return start === fitting ? fitting : characterEnd(text, fitting);
}

function fittingStart(text: string, maxBytes: number): number {
  let bytes = 0;
  for (let at = text.length; at > 0; ) {
    const low = text.charCodeAt(at - 1);
    const units = low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
    bytes += bytesOf(text.codePointAt(at - units) ?? 0);
    if (bytes > maxBytes) return at;
    at -= units;
  }
  return 0;
}

function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function unitsOf(point: number): number {
  return point < 0x10000 ? 1 : 2;
}

/** Where the character begins, as people see it, that holds the code point at `at`. */
function characterStart(text: string, at: number): number {
  return characterAt(text, at).start;
}

function characterEnd(text: string, at: number): number {
  return characterAt(text, at).end;
}

function characterAt(text: string, at: number): { start: number; end: number } {
  const from = plainStart(text, Math.max(0, at - LOOK_AROUND), at);
  const found = characters.segment(text.slice(from, at + LOOK_AROUND)).containing(at - from);
  if (!found) return { start: at, end: at };
  return { start: from + found.index, end: from + found.index + found.segment.length };
}

/** The last place before `at` where a character surely begins, or the first that is looked at. */
function plainStart(text: string, from: number, at: number): number {
  for (let i = at - 1; i > from; i--) {
    if (/[\x20-\x7e]/.test(text[i] ?? "")) return i;
  }
  return isLow(text, from) ? from + 1 : from;
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The link or tag that a cut at `at` would break. */
function markupAt(
  text: string,
  at: number,
  within: { from: number; to: number },
): { start: number; end: number } | undefined {
  const from = Math.max(within.from, text.lastIndexOf("\n", at - 1) + 1);
  for (const match of text.slice(from, within.to).matchAll(MARKUP)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (start >= at) return undefined;
    if (end > at) return { start, end };
  }
  return undefined;
}
