import type { JsonObject } from "../ids/index.ts";
import { type ActionAlias, type AliasFormat, type FormatPart, readFormat } from "./alias.ts";
import { type TypedWord, typedWords } from "./words.ts";

/** An alias with the parameters that a text gives it. */
export interface AliasMatch {
  alias: ActionAlias;
  format: AliasFormat;
  parameters: JsonObject;
}

/** What a text means among some aliases. */
export type Matching =
  | ({ outcome: "match" } & AliasMatch)
  /** Its words are there, but not all that they need. */
  | { outcome: "incomplete"; alias: ActionAlias; format: AliasFormat; missing: readonly string[] }
  | { outcome: "ambiguous"; matches: readonly AliasMatch[] }
  /** A parameter is given twice: in its place and by its name. */
  | { outcome: "twice"; name: string }
  | { outcome: "unclosed"; sign: string }
  /** `near`: the formats that come next to it. */
  | { outcome: "none"; near: readonly AliasFormat[] };

/** More words are no command that a person typed. */
const MOST_WORDS = 400;
const MOST_NEAR = 3;

/**
 * Compares a text with formats of aliases, ignoring case. Words must be as they are; a hole takes one word or more, as
 * few as it can, and one with a preset may be left out. `name=value` at the end are further parameters; in quotes it
 * is a value. Several aliases that fit are told, and none is chosen.
 */
export function matchAliases(text: string, aliases: readonly ActionAlias[]): Matching {
  const read = typedWords(text);
  if (read.outcome === "unclosed") return read;
  const { words } = read;
  if (words.length > MOST_WORDS) return { outcome: "none", near: [] };
  const typed = { text, words };
  const found = aliases.flatMap((alias) => matchOf(alias, typed) ?? []);
  const twice = found.find((one) => "twice" in one);
  const matches = distinct(found.flatMap((one) => ("twice" in one ? [] : [one])));
  const [match, ...others] = matches;
  if (match) return others.length === 0 ? { outcome: "match", ...match } : { outcome: "ambiguous", matches };
  if (twice) return { outcome: "twice", name: twice.twice };
  return incomplete(typed, aliases) ?? { outcome: "none", near: nearest(words, aliases) };
}

interface Typed {
  text: string;
  words: readonly TypedWord[];
}

interface Twice {
  twice: string;
}

/** The same action with the same parameters is one meaning, by whatever alias. */
function distinct(matches: readonly AliasMatch[]): AliasMatch[] {
  const byMeaning = new Map<string, AliasMatch>();
  for (const match of matches) {
    const meaning = JSON.stringify([match.alias.action, match.parameters, match.alias.immutable]);
    if (!byMeaning.has(meaning)) byMeaning.set(meaning, match);
  }
  return [...byMeaning.values()];
}

/** The first format of an alias that fits. */
function matchOf(alias: ActionAlias, typed: Typed): AliasMatch | Twice | null {
  let twice: Twice | null = null;
  for (const { format, parts } of readableFormats(alias)) {
    const parameters = parametersOf(parts, typed);
    if (parameters && "twice" in parameters) twice ??= parameters;
    else if (parameters) return { alias, format, parameters: parameters.given };
  }
  return twice;
}

interface ReadableFormat {
  format: AliasFormat;
  parts: readonly FormatPart[];
}

/** The ways to write an alias that can be compared. */
export function readableFormats({ formats }: ActionAlias): ReadableFormat[] {
  return formats.flatMap((format) =>
    format.representations.flatMap((one) => {
      const read = readFormat(one);
      return read.outcome === "read" ? [{ format, parts: read.parts }] : [];
    }),
  );
}

/** With as many pairs at the end taken as parameters as there can be; what then does not fit is text after all. */
function parametersOf(parts: readonly FormatPart[], typed: Typed): { given: JsonObject } | Twice | null {
  const { words } = typed;
  const firstPair = words.findLastIndex(({ name }) => name === undefined) + 1;
  for (let end = firstPair; end <= words.length; end += 1) {
    const pairs = words.slice(end);
    const named = new Set(pairs.map(({ name = "" }) => name));
    const filled = fill(parts, { ...typed, words: words.slice(0, end) }, (hole) => named.has(hole));
    if (filled) return withPairs(filled, pairs, presetsOf(parts));
  }
  return null;
}

function presetsOf(parts: readonly FormatPart[]): JsonObject {
  return Object.fromEntries(
    parts.flatMap((part) => ("hole" in part && part.preset !== undefined ? [[part.hole, part.preset]] : [])),
  );
}

function withPairs(
  filled: JsonObject,
  pairs: readonly TypedWord[],
  presets: JsonObject,
): { given: JsonObject } | Twice {
  const given = new Map(Object.entries(filled));
  for (const { name = "", value } of pairs) {
    if (given.has(name)) return { twice: name };
    given.set(name, value);
  }
  return { given: { ...presets, ...Object.fromEntries(given) } };
}

/**
 * What stands in each hole, or null when the words do not fit. `from[p][w]` says whether the parts from p on can take
 * the words from w on, so that nothing is tried twice.
 */
function fill(
  parts: readonly FormatPart[],
  { text, words }: Typed,
  mayMiss: (hole: string) => boolean,
): JsonObject | null {
  const canMiss = (part: FormatPart) => "hole" in part && (part.preset !== undefined || mayMiss(part.hole));
  const from = reachTable(parts, words, canMiss);
  if (!from[0]?.[0]) return null;
  const filled: [string, JsonObject[string]][] = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if ("word" in part) {
      at += 1;
      continue;
    }
    const next = from[index + 1] ?? [];
    let end = at + 1;
    while (end <= words.length && !next[end]) end += 1;
    // No word is left for it that the others could spare.
    if (end > words.length) continue;
    filled.push([part.hole, heldBy(text, words.slice(at, end))]);
    at = end;
  }
  return Object.fromEntries(filled);
}

function reachTable(
  parts: readonly FormatPart[],
  words: readonly TypedWord[],
  canMiss: (part: FormatPart) => boolean,
): boolean[][] {
  const last = words.map(() => false).concat(true);
  const table = [last];
  for (const part of parts.toReversed()) {
    const [next = []] = table;
    table.unshift("word" in part ? wordRow(part.word, words, next) : holeRow(next, canMiss(part)));
  }
  return table;
}

function wordRow(word: string, words: readonly TypedWord[], next: readonly boolean[]): boolean[] {
  return next.map((_, at) => isWord(words[at], word) && next[at + 1] === true);
}

function holeRow(next: readonly boolean[], canMiss: boolean): boolean[] {
  let later = false;
  const row = next.map(() => false);
  for (let at = next.length - 1; at >= 0; at -= 1) {
    row[at] = later || (canMiss && next[at] === true);
    later ||= next[at] === true;
  }
  return row;
}

function isWord(typed: TypedWord | undefined, word: string): boolean {
  if (!typed || typed.whole || typeof typed.value !== "string") return false;
  const whole = typed.name === undefined ? typed.value : `${typed.name}=${typed.value}`;
  return whole.toLowerCase() === word;
}

/** One quoted text or JSON is that value; anything else is the text as it was written. */
function heldBy(text: string, words: readonly TypedWord[]): JsonObject[string] {
  const [first, ...others] = words;
  if (first && others.length === 0 && first.whole && first.name === undefined) return first.value;
  return text.slice(first?.from ?? 0, words.at(-1)?.to ?? 0);
}

/** One alias whose words are all there while holes stay empty. */
function incomplete(
  typed: Typed,
  aliases: readonly ActionAlias[],
): Extract<Matching, { outcome: "incomplete" }> | null {
  const found = aliases.flatMap((alias) => {
    for (const { format, parts } of readableFormats(alias)) {
      const filled = fill(parts, typed, () => true);
      if (!filled) continue;
      const holes = parts.flatMap((part) => ("hole" in part && part.preset === undefined ? [part.hole] : []));
      const missing = holes.filter((hole) => !Object.hasOwn(filled, hole));
      return [{ outcome: "incomplete" as const, alias, format, missing }];
    }
    return [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The formats of which most words are there, in any order. */
function nearest(words: readonly TypedWord[], aliases: readonly ActionAlias[]): AliasFormat[] {
  const typed = new Set(words.map(({ value }) => String(value).toLowerCase()));
  const scored = aliases.flatMap((alias) =>
    readableFormats(alias).map(({ format, parts }) => {
      const own = parts.flatMap((part) => ("word" in part ? [part.word] : []));
      const shared = own.filter((word) => [...typed].some((one) => isNear(one, word))).length;
      return { format, score: shared / own.length };
    }),
  );
  const near = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return [...new Set(near.map(({ format }) => format))].slice(0, MOST_NEAR);
}

/** The same word, or one with a slip in it: a sign more, less, other, or two exchanged. */
function isNear(typed: string, word: string): boolean {
  if (typed === word) return true;
  if (typed.length < 3 || Math.abs(typed.length - word.length) > 1) return false;
  let at = 0;
  while (at < typed.length && typed[at] === word[at]) at += 1;
  const rests = [
    [typed.slice(at + 1), word.slice(at)],
    [typed.slice(at), word.slice(at + 1)],
    [typed.slice(at + 1), word.slice(at + 1)],
  ];
  const isSwapped = typed[at] === word[at + 1] && typed[at + 1] === word[at];
  return (
    rests.some(([one, other]) => one === other) || (isSwapped && typed.slice(at + 2) === word.slice(at + 2))
  );
}
