import { CHANNEL_BYTES, splitText } from "../../core/texts/index.ts";
import { cleanLines } from "./card-text.ts";

export { splitText };

/** WeCom cuts longer content without a sign. */
export const MAX_TEXT_BYTES: number = CHANNEL_BYTES.markdown;
/** Room for `(12/34)` and a line feed in front of each part. */
const NUMBER_BYTES = 16;

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

/** The messages that one markdown text becomes: clean, each within WeCom's limit, numbered when several. */
export function textMessages(markdown: string): string[] {
  const clean = cleanLines(markdown).trim();
  if (Buffer.byteLength(clean) <= MAX_TEXT_BYTES) return clean === "" ? [] : [clean];
  const pieces = splitText(clean, MAX_TEXT_BYTES - NUMBER_BYTES).filter((piece) => piece.trim() !== "");
  return pieces.map((piece, i) => `(${i + 1}/${pieces.length})\n${piece}`);
}
