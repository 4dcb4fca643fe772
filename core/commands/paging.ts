import type { Args, CommandId } from "./registry.ts";

/** Where a person's last list goes on when they ask for more. */
export interface ListPlace {
  command: CommandId;
  args: Args;
  /** What the list itself understands: after which of its lines it goes on. */
  after: string;
  /** ISO instant. */
  until: string;
}

/** How long `more` goes on with a list. */
export const MORE_MS = 10 * 60_000;
/** Lines of one page. */
export const PAGE_LINES = 10;

/** One page of lines. `next` is where it goes on; null at the end. */
export interface Page<T> {
  shown: readonly T[];
  next: string | null;
  /** How many are left behind it. */
  left: number;
}

/**
 * One page of a list that is made anew each time. It goes on behind the line of the key `after`, by the order of the
 * lines, whether that line is still there or not.
 */
export function pageOf<T>(
  all: readonly T[],
  after: string | null,
  keyOf: (one: T) => string,
  size = PAGE_LINES,
): Page<T> {
  const sorted = all.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const rest = after === null ? sorted : sorted.filter((one) => keyOf(one) > after);
  const shown = rest.slice(0, size);
  const left = rest.length - shown.length;
  const last = shown.at(-1);
  return { shown, left, next: left > 0 && last !== undefined ? keyOf(last) : null };
}

/** A key by which what is newer comes first. */
export function newestFirst(atMs: number, id: string): string {
  return `${String(Number.MAX_SAFE_INTEGER - atMs).padStart(16, "0")}|${id}`;
}
