import type { WhaleEvent } from "../../core/events/index.ts";
import type { JournalEntry, ReaderName, ReaderPlace } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { Database } from "./database.ts";
import { limitOf } from "./engine.ts";
import { listOf, UNREAD } from "./journal-readers.ts";

/**
 * Entries of a partition as they travel between threads: all bodies are one memory, which changes hands without being copied,
 * where texts would be read out of the database, written into the message and read out of that one by one.
 */
export interface PackedEntries {
  /** Separated by commas; those of verdicts are negative. Empty when there are none. */
  positions: string;
  /** A JSON list of the bodies in UTF-8. */
  bodies: Uint8Array;
  /** Whether fewer than were asked for are there, for their size alone. */
  shortened: boolean;
}

/** So many bytes of bodies are read at once, and one entry whatever its size. */
const MOST_BYTES = 4_194_304;

/** Who made the verdicts has no use for them. */
const BODY: Record<ReaderName, string> = {
  archive: "body",
  rules: "CASE kind WHEN 'event' THEN body ELSE '[]' END",
};

/** Up to `limit` entries after the committed position, oldest first. */
export function readPacked(db: Database, place: ReaderPlace, limit: number): PackedEntries {
  const asked = limitOf(limit);
  const most = fitting(db, place, asked);
  // An aggregate over rows that a subquery has in order sees them in that order.
  const sql = `SELECT group_concat(CASE kind WHEN 'event' THEN position ELSE -position END) AS positions,
      CAST('[' || group_concat(${BODY[place.reader]}, ',') || ']' AS BLOB) AS bodies
    FROM (${UNREAD})`;
  const row = db.get<{ positions: string | null; bodies: Uint8Array | null }>(
    sql,
    place.reader,
    place.partition,
    most,
  );
  const { positions, bodies } = row ?? {};
  return { positions: positions ?? "", bodies: bodies ?? new Uint8Array(), shortened: most < asked };
}

/** How many of the entries are read at once. */
function fitting(db: Database, { reader, partition }: ReaderPlace, limit: number): number {
  const sql = `SELECT sum(octet_length(body)) AS bytes FROM (${UNREAD})`;
  let most = limit;
  while (
    most > 1 &&
    (db.get<{ bytes: number | null }>(sql, reader, partition, most)?.bytes ?? 0) > MOST_BYTES
  ) {
    most = Math.ceil(most / 2);
  }
  return most;
}

const UTF8 = new TextDecoder();

/** The entries, oldest first. */
export function unpackedEntries({ positions, bodies }: PackedEntries): JournalEntry[] {
  if (positions === "") return [];
  const all = JSON.parse(UTF8.decode(bodies)) as (WhaleEvent | Verdict | Verdict[])[];
  return positions.split(",").map((text, i) => entryAt(Number(text), all[i]));
}

function entryAt(position: number, body: WhaleEvent | Verdict | Verdict[] | undefined): JournalEntry {
  if (position > 0) return { kind: "event", position, event: body as WhaleEvent };
  return { kind: "verdicts", position: -position, verdicts: listOf(body as Verdict | Verdict[]) };
}
