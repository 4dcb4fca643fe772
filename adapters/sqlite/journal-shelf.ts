import type { WhaleEvent } from "../../core/events/index.ts";
import type { RawBody, ReaderName } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, mergeIndex } from "./engine.ts";
import { BODIES, EVENTS, INCIDENTS, OPENED, SEEN_AGAIN, SIGNATURES } from "./journal-keys.ts";
import { ENTRY_TABLES, forgetEntry, WHOLE_COLUMNS, type WholeRow } from "./journal-whole.ts";
import type { KeyedTable } from "./key-index.ts";

/** Complete by its type: a new reader holds entries back until it has passed them. */
const READERS: Record<ReaderName, true> = { archive: true, rules: true };

/** One event by id; null when the journal does not hold it. */
export function eventOf({ db, index }: Engine, id: string): WhaleEvent | null {
  const position = index.find(EVENTS, id);
  if (position === undefined) return null;
  const row = db.get<{ body: string }>("SELECT body FROM entries WHERE position = ?", position);
  return row ? (JSON.parse(row.body) as WhaleEvent) : null;
}

/** One raw body; null when unknown or trimmed. */
export function rawOf({ db, index }: Engine, ref: string): RawBody | null {
  const position = index.find(BODIES, ref);
  const row =
    position === undefined
      ? db.get<BodyRow>("SELECT content_type, bytes FROM raw_bodies WHERE ref = ?", ref)
      : db.get<BodyRow>("SELECT content_type, bytes FROM entries WHERE position = ?", position);
  return row ? { ref, contentType: row.content_type, bytes: row.bytes } : null;
}

interface BodyRow {
  content_type: string;
  bytes: Uint8Array;
}

/**
 * Forgets entries that every reader has passed, then what nothing refers to any more: raw bodies, delivery
 * keys long unseen, incidents long closed, signatures that have expired. Returns the number of entries.
 */
export async function trimJournal(engine: Engine, olderThanMs: number): Promise<number> {
  const before = await engine.read(() => firstSince(engine.db, olderThanMs));
  const entries = await forget(engine, () => forgetEntries(engine, before, olderThanMs));
  await forget(engine, () => forgetRows(engine, SEEN_AGAIN, someOf(engine, SEEN_BEFORE, olderThanMs)));
  await forgetRaw(engine, olderThanMs);
  await forget(engine, () => forgetIncidents(engine, olderThanMs));
  const nowMs = engine.clock.nowMs();
  await forget(engine, () => forgetRows(engine, SIGNATURES, someOf(engine, EXPIRED, nowMs)));
  return entries;
}

/** So many are forgotten in one write, so that a large sweep does not stop everything else. */
const AT_ONCE = 100;

/** A row of a table that is to be forgotten. */
interface Doomed {
  id: number;
  key: string;
}

/** Some of those that a query gives; it asks for a time and ends with `LIMIT ?`. */
function someOf({ db }: Engine, sql: string, beforeMs: number): Doomed[] {
  return db.all<Doomed>(sql, beforeMs, AT_ONCE);
}

/**
 * Deletes rows and their places in the index, some at a time. Returns how many. `some` gives null, and does nothing, when the
 * place of one of them is in memory alone. Hardly ever is a row so old then.
 */
async function forget(engine: Engine, some: () => number | null): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const count = await engine.write(some);
    if (count === null) await mergeIndex(engine);
    else forgotten += count;
    if (count !== null && count < AT_ONCE) return forgotten;
  }
}

function forgetEntries(engine: Engine, before: number, olderThanMs: number): number | null {
  const { db, index, clock } = engine;
  const rows = db.all<WholeRow>(PASSED, before, olderThanMs, AT_ONCE);
  if (rows.some(({ id }) => ENTRY_TABLES.some((table) => index.waitsUpTo(table, id)))) return null;
  for (const row of rows) forgetEntry(engine, row, clock.nowMs());
  return rows.length;
}

/** Of an incident that is forgotten, the event that opened it must not tell that it is open. */
function forgetIncidents(engine: Engine, olderThanMs: number): number | null {
  const { db, index } = engine;
  const rows = someOf(engine, CLOSED_BEFORE, olderThanMs);
  const openings = rows.map(({ key }) => ({ key, position: index.find(OPENED, key) }));
  if (openings.some(({ position = 0 }) => index.waitsUpTo(OPENED, position))) return null;
  const forgotten = forgetRows(engine, INCIDENTS, rows);
  if (forgotten === null) return null;
  for (const { key, position } of openings) {
    if (position === undefined) continue;
    db.run("UPDATE entries SET opens = NULL WHERE position = ?", position);
    index.remove(OPENED, key, position);
  }
  return forgotten;
}

function forgetRows({ db, index }: Engine, table: KeyedTable, rows: readonly Doomed[]): number | null {
  if (rows.some(({ id }) => index.waitsUpTo(table, id))) return null;
  for (const { id, key } of rows) {
    db.run(`DELETE FROM ${table.name} WHERE ${table.id} = ?`, id);
    index.remove(table, key, id);
  }
  return rows.length;
}

async function forgetRaw(engine: Engine, olderThanMs: number): Promise<void> {
  for (let count = AT_ONCE; count === AT_ONCE; ) {
    count = await engine.write(() => engine.db.run(FORGET_RAW, olderThanMs));
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

// The oldest entries, as far as all readers have come in their partition. The walk begins with the oldest; without its
// end it would look at every entry that is not old.
const PASSED = `SELECT ${WHOLE_COLUMNS} FROM entries AS entry
  WHERE position < ? AND at_ms < ? AND ${Object.keys(READERS).length} = (
    SELECT count(*) FROM readers AS place
    WHERE place.partition = entry.partition AND place.position >= entry.position
      AND place.reader IN (${Object.keys(READERS)
        .map((name) => `'${name}'`)
        .join(", ")}))
  ORDER BY position LIMIT ?`;

const SEEN_BEFORE = "SELECT seq AS id, key FROM seen_again WHERE last_at_ms < ? LIMIT ?";

const CLOSED_BEFORE = `SELECT seq AS id, key FROM incidents
  WHERE state = 'closed' AND changed_at_ms < ? LIMIT ?`;

const EXPIRED = `SELECT seq AS id, ${SIGNATURES.key} AS key FROM signatures WHERE expires_ms <= ? LIMIT ?`;

const FORGET_RAW = `DELETE FROM raw_bodies WHERE rowid IN (
  SELECT rowid FROM raw_bodies WHERE uses = 0 AND at_ms < ?
    AND NOT EXISTS (SELECT 1 FROM refusals WHERE refusals.raw_ref = raw_bodies.ref) LIMIT ${AT_ONCE})`;
