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
const WORD = /[\p{L}\p{N}\p{M}]/u;
// Without anything that folding changes in a way that matters to tokens, but for case. Most texts are of these.
const FOLDED_BUT_FOR_CASE =
  /^[\0-\x7F\u3001\u3002\u300A\u300B\u4E00-\u9FFF\uE000\uFF01\uFF05\uFF08\uFF09\uFF0C\uFF1A\uFF1B\uFF1F]*$/;

type Kind = "gap" | "word" | "unspaced" | "break";

// Every event's whole text goes through here, and regular expressions over scripts are slow.
const kinds: (Kind | undefined)[] = new Array(0x10000);

/**
 * All strings of an event that a search looks into: title, name, subject, and the values of labels,
 * annotations and detail at any depth. Throws a TypeError when one of these parts is missing.
 */
export function searchText(event: SearchedEvent): string {
  const { title, name, subject, labels, annotations, detail } = event;
  const parts = [title, name, subject, ...Object.values(labels), ...Object.values(annotations)];
  const strings = stringsIn([...parts, ...Object.values(detail)]);
  // Subject, title and labels often say the same; once is enough to be found by.
  return [...new Set(strings)].map(withoutBreaks).join(BREAK);
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
  return tokensOf(FOLDED_BUT_FOR_CASE.test(text) ? text.toLowerCase() : foldText(text)).join(" ");
}

/** What must stand in a text in one piece: its tokens, one behind the other. */
export interface SearchPhrase {
  tokens: string[];
  /** The last token is only the beginning of one: a single Chinese character may be followed by another. */
  openEnd: boolean;
}

/**
 * The phrases that a text must hold, in tokens as `bigrams` gives them, to hold every word of a query. Words are
 * parted by spaces; one such as `cpu使用率` or `vm-1` must stand there in one piece, whatever punctuation is
 * between. Quotes, operators and wildcards of the query are plain text. None when it holds nothing to look for.
 */
export function searchPhrases(query: string): SearchPhrase[] {
  const words = foldText(withoutBreaks(query)).split(/\s+/u).map(tokensOf);
  // Each once: a word said a hundred times would be looked for a hundred times.
  const different = new Map(words.map((tokens) => [tokens.join(" "), tokens]));
  return [...different.values()].filter((tokens) => tokens.length > 0).map(phraseOf);
}

/** Whether a query holds a word to look for. One that holds none finds whatever there is. */
export function asksForWords(query: string): boolean {
  return searchPhrases(query).length > 0;
}

/** The phrases of a query as an FTS5 expression. Null when it holds nothing to look for. */
export function matchExpression(query: string): string | null {
  const phrases = searchPhrases(query).map(
    ({ tokens, openEnd }) => `${quoted(tokens)}${openEnd ? " *" : ""}`,
  );
  return phrases.length === 0 ? null : phrases.join(" AND ");
}

function tokensOf(folded: string): string[] {
  const tokens: string[] = [];
  let start = 0;
  while (start < folded.length) {
    const kind = kindAt(folded, start);
    const next = kind === "word" ? wordEnd(folded, start) : start + widthAt(folded, start);
    if (kind === "unspaced") tokens.push(folded.slice(start, pairEnd(folded, next)));
    else if (kind !== "gap") tokens.push(folded.slice(start, next));
    start = next;
  }
  return tokens;
}

function wordEnd(folded: string, start: number): number {
  let end = start;
  while (end < folded.length && kindAt(folded, end) === "word") end += widthAt(folded, end);
  return end;
}

function pairEnd(folded: string, second: number): number {
  const inRun = second < folded.length && kindAt(folded, second) === "unspaced";
  return inRun ? second + widthAt(folded, second) : second;
}

function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function kindAt(text: string, index: number): Kind {
  const code = text.codePointAt(index) ?? 0;
  if (code > 0xffff) return kindOf(String.fromCodePoint(code));
  const known = kinds[code];
  if (known) return known;
  const kind = kindOf(String.fromCodePoint(code));
  kinds[code] = kind;
  return kind;
}

function kindOf(character: string): Kind {
  if (character === BREAK) return "break";
  if (UNSPACED.test(character)) return "unspaced";
  return WORD.test(character) ? "word" : "gap";
}

function phraseOf(tokens: string[]): SearchPhrase {
  const last = tokens.at(-1) ?? "";
  if (!UNSPACED.test(last)) return { tokens, openEnd: false };
  // The run may go on behind the query's end, so its last character must not be asked for alone.
  if (isPair(tokens.at(-2) ?? "")) return { tokens: tokens.slice(0, -1), openEnd: false };
  return { tokens, openEnd: true };
}

// Of a run of at least two, the pair with the last character stands before that character.
function isPair(token: string): boolean {
  return UNSPACED.test(token) && token.length > widthAt(token, 0);
}

function quoted(tokens: readonly string[]): string {
  return `"${tokens.join(" ")}"`;
}
