/** A long text as its beginning and its end. */
export interface Excerpt {
  head: string;
  /** Null when the head is all of it. */
  tail: string | null;
  /** Lines between the two that are left out. */
  leftOut: number;
  lines: number;
  characters: number;
}

const WHOLE_LINES = 80;
const HEAD_LINES = 20;
const TAIL_LINES = 40;
const WHOLE_CHARACTERS = 12_000;
const PART_CHARACTERS = 4_000;

/** The whole of a short text, the beginning and the end of a long one; lines that are longer than a part are cut. */
export function excerptOf(text: string): Excerpt {
  const whole = text.trimEnd();
  const lines = whole.split("\n");
  const facts = { lines: whole === "" ? 0 : lines.length, characters: whole.length };
  if (lines.length <= WHOLE_LINES && whole.length <= WHOLE_CHARACTERS) {
    return { head: whole, tail: null, leftOut: 0, ...facts };
  }
  const count = Math.min(HEAD_LINES, Math.floor(lines.length / 2));
  const rest = Math.min(TAIL_LINES, lines.length - count);
  const head = lines.slice(0, count || 1).join("\n");
  const tail = lines.slice(lines.length - rest).join("\n");
  return {
    head: head.slice(0, PART_CHARACTERS).toWellFormed(),
    tail: tail.slice(-PART_CHARACTERS).toWellFormed(),
    leftOut: Math.max(0, lines.length - (count || 1) - rest),
    ...facts,
  };
}
