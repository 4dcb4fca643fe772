import { rememberedText } from "../params/remembered.ts";

/** Which end of a text is looked at. */
export type TextEnd = "start" | "end";

/**
 * Texts sorted by their characters, so that all which a text begins (or ends) with are found in one pass. A
 * twig stands for the characters of `part`; `value` belongs to the text that ends with them.
 */
export interface Twig<T> {
  part: string;
  value: T | undefined;
  /** Null when nothing is longer. */
  next: Branches<T> | null;
}

/** By the code of the next character: counted from the lowest where they lie close together, which most do. */
type Branches<T> =
  | { lowest: number; twigs: readonly (Twig<T> | undefined)[] }
  | { lowest: null; byCode: ReadonlyMap<number, Twig<T>> };

/** Codes that lie further apart would leave long lists empty. */
const CLOSE = 128;

/** Sorts texts, of which there is at least one, each with its value. */
export function textTrie<T>(texts: ReadonlyMap<string, T>, end: TextEnd): Twig<T> {
  return twigOf([...texts], 0, end);
}

/** A text to look for, and who is told of what is found; `walk` is handed on, so that no closure is made. */
export interface AffixSearch<T, W> {
  end: TextEnd;
  text: string;
  found: (value: T, walk: W) => void;
  walk: W;
}

/** Tells of the value of each text that `text` begins (or ends) with, the shortest first. */
export function eachAffix<T, W>(root: Twig<T>, { end, text, found, walk }: AffixSearch<T, W>): void {
  let taken = 0;
  let twig: Twig<T> | undefined = root;
  while (twig) {
    const { part, value, next }: Twig<T> = twig;
    const here: boolean =
      end === "start" ? text.startsWith(part, taken) : text.endsWith(part, text.length - taken);
    if (!here) return;
    taken += part.length;
    if (value !== undefined) found(value, walk);
    if (next === null || taken >= text.length) return;
    twig = branchAt(next, text.charCodeAt(end === "start" ? taken : text.length - 1 - taken));
  }
}

function branchAt<T>(next: Branches<T>, code: number): Twig<T> | undefined {
  if (next.lowest === null) return next.byCode.get(code);
  return code < next.lowest ? undefined : next.twigs[code - next.lowest];
}

const MAX_PARTS = 10_000;

/** Equal texts that are one stay near the processor. */
const sameText = rememberedText((text) => text, MAX_PARTS);

function twigOf<T>(texts: readonly [text: string, value: T][], taken: number, end: TextEnd): Twig<T> {
  const [first] = texts;
  if (!first) throw new RangeError("a trie needs a text");
  const length = Math.min(...texts.map(([text]) => shared(first[0], text, end)));
  const part = sameText(slice(first[0], taken, { length, end }));
  const whole = texts.find(([text]) => text.length === length);
  const longer = Map.groupBy(
    texts.filter(([text]) => text.length > length),
    ([text]) => text.charCodeAt(end === "start" ? length : text.length - 1 - length),
  );
  const byCode = new Map([...longer].map(([code, group]) => [code, twigOf(group, length, end)]));
  return { part, value: whole?.[1], next: byCode.size === 0 ? null : branchesOf(byCode) };
}

function branchesOf<T>(byCode: ReadonlyMap<number, Twig<T>>): Branches<T> {
  const lowest = Math.min(...byCode.keys());
  const span = Math.max(...byCode.keys()) - lowest + 1;
  if (span > CLOSE) return { lowest: null, byCode };
  return { lowest, twigs: Array.from({ length: span }, (_, i) => byCode.get(lowest + i)) };
}

function slice(text: string, taken: number, { length, end }: { length: number; end: TextEnd }): string {
  return end === "start" ? text.slice(taken, length) : text.slice(text.length - length, text.length - taken);
}

/** How many characters two texts share at that end. */
function shared(a: string, b: string, end: TextEnd): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i += 1) {
    const same = end === "start" ? a[i] === b[i] : a.at(-1 - i) === b.at(-1 - i);
    if (!same) return i;
  }
  return most;
}
