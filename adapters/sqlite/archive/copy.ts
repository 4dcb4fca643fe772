import { join } from "node:path";
import type { CopiedEntries } from "../../../core/ports/index.ts";
import { type Database, openForReading } from "../database.ts";
import { type EntryRow, readPlace, verdictsIn } from "../journal-readers.ts";
import { type Batch, verdictText } from "./batch.ts";
import type { Unfit } from "./dead-letters.ts";

/** Which entries are to be copied: up to so many of each partition. */
export interface CopyStep {
  partitions: readonly number[];
  limit: number;
}

/** What was copied, and what of it could not be stored. */
export interface Copied {
  entries: CopiedEntries[];
  unfit: Unfit[];
}

/** The journal of the archive's folder. Only read: what is read is marked by the store itself. */
export function openJournal(dataDir: string): Database {
  return openForReading(join(dataDir, "whale.db"));
}

/** Entries of one partition, and whether there may be more behind them. */
interface Unread extends CopiedEntries {
  rows: EntryRow[];
}

/** What the archive has still to take over, oldest first; of partitions that have some. */
export function unreadEntries(journal: Database, { partitions, limit }: CopyStep): Unread[] {
  return partitions.flatMap((partition) => {
    const found = readPlace(journal, { reader: "archive", partition }, limit);
    const rows = atOnce(found);
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) return [];
    const more = found.length === limit || rows.length < found.length;
    return [{ partition, first: first.position, last: last.position, more, rows }];
  });
}

/** Of one partition so much text goes into a write, and one entry whatever its length. */
const MOST_TEXT = 2_000_000;

function atOnce(rows: EntryRow[]): EntryRow[] {
  let length = 0;
  const end = rows.findIndex(({ body }, at) => {
    length += body.length;
    return at > 0 && length > MOST_TEXT;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

/** Entries as a write takes them: events as the texts that they are. */
export function batchOfRows(rows: readonly EntryRow[]): Batch {
  return {
    events: rows.flatMap(({ kind, body }) => (kind === "event" ? [body] : [])),
    verdicts: rows.flatMap(({ kind, body }) => (kind === "verdict" ? verdictsIn(body).map(verdictText) : [])),
  };
}
