import type { WhaleEvent } from "../../core/events/index.ts";
import type { RawBody, ReaderName } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, sweep } from "./engine.ts";
import { forgetSignatures } from "./journal-signatures.ts";

/** Complete by its type: a new reader holds entries back until it has passed them. */
const READERS: Record<ReaderName, true> = { archive: true, rules: true };

/** One event by id; null when the journal does not hold it. */
export function eventOf(db: Database, id: string): WhaleEvent | null {
  const sql = "SELECT body FROM entries WHERE key = ? AND kind = 'event'";
  const row = db.get<{ body: string }>(sql, id);
  return row ? (JSON.parse(row.body) as WhaleEvent) : null;
}

/** One raw body; null when unknown or trimmed. */
export function rawOf(db: Database, ref: string): RawBody | null {
  const sql = "SELECT content_type, bytes FROM raw_bodies WHERE ref = ?";
  const row = db.get<{ content_type: string; bytes: Uint8Array }>(sql, ref);
  return row ? { ref, contentType: row.content_type, bytes: row.bytes } : null;
}

/**
 * Forgets entries that every reader has passed, then what nothing refers to any more: raw bodies, delivery
 * keys long unseen, incidents long closed, signatures that have expired. Returns the number of entries.
 */
export async function trimJournal(engine: Engine, olderThanMs: number): Promise<number> {
  const entries = await sweep(engine, { table: "entries", forget: PASSED, olderThanMs });
  await sweep(engine, { table: "raw_bodies", forget: UNUSED_RAW, olderThanMs });
  await sweep(engine, { table: "first_deliveries", forget: "last_at_ms < ?", olderThanMs });
  await sweep(engine, { table: "incidents", forget: "state = 'closed' AND changed_at_ms < ?", olderThanMs });
  await forgetSignatures(engine);
  return entries;
}

const PASSED = `at_ms < ? AND ${Object.keys(READERS).length} = (
  SELECT count(*) FROM readers AS place
  WHERE place.partition = entries.partition AND place.position >= entries.position
    AND place.reader IN (${Object.keys(READERS).map((name) => `'${name}'`)})
)`;

const UNUSED_RAW = `uses = 0 AND at_ms < ?
  AND NOT EXISTS (SELECT 1 FROM refusals WHERE refusals.raw_ref = raw_bodies.ref)`;
