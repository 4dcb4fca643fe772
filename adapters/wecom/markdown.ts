import { cleanLines } from "./card-text.ts";

/** WeCom cuts longer content without a sign. */
export const MAX_TEXT_BYTES = 2048;
/** Room for `(12/34)` and a line feed in front of each part. */
const NUMBER_BYTES = 16;
const LINE_FEED = 10;

/**
 * The markup of WeCom's small markdown, as characters that look like it. Entities are no way out: it is not
 * known which clients read them back, and those that do would read the markup.
 */
const HARMLESS: Record<string, string> = {
  "<": "＜",
  ">": "＞",
  "&": "＆",
  "[": "［",
  "]": "］",
  "`": "｀",
};

/**
 * Text of people or events for use inside markdown: it cannot mention, link, colour, quote, be a heading or
 * bold, and hides nothing. Use it on every text that is not ours. Line feeds stay.
 */
export function markdownText(text: string): string {
  return cleanLines(text)
    .replace(/[<>&[\]`]/g, (char) => HARMLESS[char] ?? char)
    .replace(/\*{2,}/g, (run) => "＊".repeat(run.length))
    .replace(/^([ \u3000]*)(#+)/gm, (_, blanks: string, run: string) => blanks + "＃".repeat(run.length));
}

/** The last place at or before `end` where a character begins. */
function characterStart(bytes: Buffer, end: number): number {
  let at = end;
  // Bytes 10xxxxxx continue a character.
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** Where the piece that begins at `start` ends: after its last line feed, unless that would leave it short. */
function pieceEnd(bytes: Buffer, start: number, maxBytes: number): number {
  if (bytes.length - start <= maxBytes) return bytes.length;
  const hardEnd = characterStart(bytes, start + maxBytes);
  const lineEnd = bytes.lastIndexOf(LINE_FEED, hardEnd - 1) + 1;
  return lineEnd - start > maxBytes / 4 ? lineEnd : hardEnd;
}

/**
 * Cuts text into pieces of at most `maxBytes` (4 or more) bytes of UTF-8, at line ends where there are some,
 * else between characters. The pieces joined are the text.
 */
export function splitText(text: string, maxBytes: number): string[] {
  const bytes = Buffer.from(text.toWellFormed());
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = pieceEnd(bytes, start, maxBytes);
    pieces.push(bytes.toString("utf8", start, end));
    start = end;
  }
  return pieces;
}

/** The messages that one markdown text becomes: clean, each within WeCom's limit, numbered when several. */
export function textMessages(markdown: string): string[] {
  const clean = cleanLines(markdown).trim();
  if (Buffer.byteLength(clean) <= MAX_TEXT_BYTES) return clean === "" ? [] : [clean];
  const pieces = splitText(clean, MAX_TEXT_BYTES - NUMBER_BYTES).filter((piece) => piece.trim() !== "");
  return pieces.map((piece, i) => `(${i + 1}/${pieces.length})\n${piece}`);
}
