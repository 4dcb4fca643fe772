/** How many events of one millisecond have row numbers of their own. */
const SLOTS = 2n ** 21n;
/** The millisecond of a row number, in SQL. */
export function msOfSeq(seq: string): string {
  return `(${seq} >> 21)`;
}
/** The last millisecond that has row numbers, in 2109. */
export const LATEST_MS = 2 ** 42 - 1;

/** An instant as the archive orders by it: whole milliseconds since 1970, within what row numbers can hold. */
export function orderMs(iso: string): number {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? 0 : Math.min(LATEST_MS, Math.max(0, ms));
}

/** The lowest row number of a millisecond; those of later ones are all higher. Beyond what a double holds. */
export function firstSeq(ms: number): bigint {
  return BigInt(Math.min(LATEST_MS, Math.max(0, ms))) * SLOTS;
}

/** The place of one event in the order: by receipt, then by id. */
export interface Mark {
  ms: number;
  id: string;
}

/** A mark as an opaque text for the next page. */
export function markText(mark: Mark): string {
  return Buffer.from(JSON.stringify([mark.ms, mark.id])).toString("base64url");
}

/** Reads what `markText` wrote; null for anything else. */
export function parseMark(text: string): Mark | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [ms, id] = value as unknown[];
    return Number.isSafeInteger(ms) && typeof id === "string" ? { ms: Number(ms), id } : null;
  } catch {
    // Not JSON: somebody else's text.
    return null;
  }
}
