import type { WhaleEvent } from "./event.ts";

/** The parts of an event that a search looks into. */
export type SearchedEvent = Pick<
  WhaleEvent,
  "title" | "name" | "subject" | "labels" | "annotations" | "detail"
>;

// Stands between two strings of an event so that no phrase reaches from one into the next. From the private
// use area; where it comes in from outside it is taken for a space.
const BREAK = "\uE000";
const DIACRITICS = /[\u0300-\u036F]/g;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
// Without spaces between words: runs of these are cut in pairs.
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const PIECES =
  /\uE000|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]]+/gv;

/**
 * All strings of an event that a search looks into: title, name, subject, and the values of labels,
 * annotations and detail at any depth. Throws a TypeError when one of these parts is missing.
 */
export function searchText(event: SearchedEvent): string {
  const { title, name, subject, labels, annotations, detail } = event;
  const parts = [title, name, subject, ...Object.values(labels), ...Object.values(annotations)];
  const strings = stringsIn([...parts, ...Object.values(detail)]);
  return strings.map(withoutBreaks).join(BREAK);
}

function withoutBreaks(text: string): string {
  return text.replaceAll(BREAK, "-");
}

// A loop, since the depth of `detail` is the sender's choice.
function stringsIn(values: readonly unknown[]): string[] {
  const found: string[] = [];
  const open = [...values];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") found.push(value);
    if (typeof value !== "object" || value === null) continue;
    for (const inner of Object.values(value)) open.push(inner);
  }
  return found;
}

/**
 * Brings a text to the form in which it is compared: compatibility forms (full-width letters), case, accents
 * and invisible characters make no difference.
 */
export function foldText(text: string): string {
  const plain = text.normalize("NFKD").replaceAll(DIACRITICS, "").replaceAll(INVISIBLE, "");
  return plain.toLowerCase().normalize("NFC");
}

/**
 * The tokens under which a text is indexed, with spaces between them. A word is one token. A run of Chinese
 * gives each pair of neighbours and its last character: `磁盘率` becomes `磁盘 盘率 率`, so that words of any
 * length, of one character too, are found in its middle.
 */
export function bigrams(text: string): string {
  return piecesOf(foldText(text)).flatMap(tokensOf).join(" ");
}

/**
 * The FTS5 expression that finds, over `bigrams`, the texts that hold every word of a query. Words are parted
 * by spaces; one such as `cpu使用率` or `vm-1` must stand there in one piece, whatever punctuation is between.
 * All quotes, operators and wildcards of the query are plain text. Null when it holds nothing to look for.
 */
export function matchExpression(query: string): string | null {
  const words = foldText(withoutBreaks(query)).split(/\s+/u).map(piecesOf);
  const phrases = words.filter((pieces) => pieces.length > 0).map(phraseOf);
  return phrases.length === 0 ? null : phrases.join(" AND ");
}

function piecesOf(folded: string): string[] {
  return folded.match(PIECES) ?? [];
}

function tokensOf(piece: string): string[] {
  if (!UNSPACED.test(piece)) return [piece];
  const characters = [...piece];
  return characters.map((character, i) => character + (characters[i + 1] ?? ""));
}

function phraseOf(pieces: readonly string[]): string {
  const last = pieces.at(-1) ?? "";
  const before = pieces.slice(0, -1).flatMap(tokensOf);
  if (!UNSPACED.test(last)) return quoted([...before, last]);
  const pairs = tokensOf(last).slice(0, -1);
  // The run may go on behind the query's end, so its last character must not be asked for alone.
  if (pairs.length > 0) return quoted([...before, ...pairs]);
  return `${quoted([...before, last])} *`;
}

function quoted(tokens: readonly string[]): string {
  return `"${tokens.join(" ")}"`;
}
