import type { WhaleEvent } from "../../core/events/index.ts";
import type { RawBody, ReaderName } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, mergeRecent } from "./engine.ts";
import { KNOWN } from "./journal-keys.ts";

/** Complete by its type: a new reader holds entries back until it has passed them. */
const READERS: Record<ReaderName, true> = { archive: true, rules: true };

/** One event by id; null when the journal does not hold it. */
export function eventOf({ db, recent }: Engine, id: string): WhaleEvent | null {
  const known = recent.get(KNOWN, id);
  if (!known) return null;
  const sql = "SELECT body FROM entries WHERE position = ? AND kind = 'event'";
  const row = db.get<{ body: string }>(sql, known.position);
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
  // What is forgotten below is looked for in the tables. Hardly ever is a row so old that is still in memory.
  if (engine.recent.oldestMs() < olderThanMs) await mergeRecent(engine);
  const old = { before: await engine.read(() => firstSince(engine.db, olderThanMs)), olderThanMs };
  const entries = await inChunks(engine, (db) => forgetEntries(db, old));
  await inChunks(engine, (db) => db.run(FORGET_KEYS, olderThanMs));
  await inChunks(engine, (db) => db.run(FORGET_RAW, olderThanMs));
  await inChunks(engine, (db) => db.run(FORGET_INCIDENTS, olderThanMs));
  const nowMs = engine.clock.nowMs();
  await inChunks(engine, (db) => db.run(FORGET_SIGNATURES, nowMs));
  return entries;
}

/** So many are forgotten in one write, so that a large sweep does not stop everything else. */
const AT_ONCE = 100;

async function inChunks(engine: Engine, forget: (db: Database) => number): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const count = await engine.write(() => forget(engine.db));
    forgotten += count;
    if (count < AT_ONCE) return forgotten;
  }
}

/**
 * The position of the first entry that is not old, or the one behind the last. Positions grow with time; where a
 * clock went back, old entries behind it wait for a later time.
 */
function firstSince(db: Database, olderThanMs: number): number {
  const ends =
    "SELECT coalesce(min(position), 0) AS low, coalesce(max(position), 0) + 1 AS high FROM entries";
  const at = "SELECT at_ms FROM entries WHERE position <= ? ORDER BY position DESC LIMIT 1";
  let { low, high } = db.get<{ low: number; high: number }>(ends) ?? { low: 0, high: 0 };
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const isOld = (db.get<{ at_ms: number }>(at, middle)?.at_ms ?? 0) < olderThanMs;
    if (isOld) low = middle + 1;
    else high = middle;
  }
  return high;
}

interface OldEntry {
  position: number;
  key: string;
}

/** The oldest entries, as far as all readers have come in their partition, with their keys if not seen since. */
function forgetEntries(
  db: Database,
  { before, olderThanMs }: { before: number; olderThanMs: number },
): number {
  const old = db.all<OldEntry>(PASSED, before, olderThanMs);
  for (const { position, key } of old) {
    db.run("DELETE FROM entries WHERE position = ?", position);
    db.run("DELETE FROM known WHERE key = ? AND last_at_ms < ?", key, olderThanMs);
  }
  return old.length;
}

// The walk begins with the oldest. Without its end it would look at every entry that is not old.
const PASSED = `SELECT position, key FROM entries AS entry
  WHERE position < ? AND at_ms < ? AND ${Object.keys(READERS).length} = (
    SELECT count(*) FROM readers AS place
    WHERE place.partition = entry.partition AND place.position >= entry.position
      AND place.reader IN (${Object.keys(READERS).map((name) => `'${name}'`)}))
  ORDER BY position LIMIT ${AT_ONCE}`;

/** Keys that outlived their entries because they were seen again. */
const FORGET_KEYS = `DELETE FROM known WHERE key IN (
  SELECT key FROM known WHERE duplicates > 0 AND last_at_ms < ?
    AND NOT EXISTS (SELECT 1 FROM entries WHERE entries.position = known.position) LIMIT ${AT_ONCE})`;

const FORGET_RAW = `DELETE FROM raw_bodies WHERE rowid IN (
  SELECT rowid FROM raw_bodies WHERE uses = 0 AND at_ms < ?
    AND NOT EXISTS (SELECT 1 FROM refusals WHERE refusals.raw_ref = raw_bodies.ref) LIMIT ${AT_ONCE})`;

const FORGET_INCIDENTS = `DELETE FROM incidents WHERE key IN (
  SELECT key FROM incidents WHERE state = 'closed' AND changed_at_ms < ? LIMIT ${AT_ONCE})`;

const FORGET_SIGNATURES = `DELETE FROM signatures WHERE (source, signature) IN (
  SELECT source, signature FROM signatures WHERE expires_ms <= ? LIMIT ${AT_ONCE})`;
