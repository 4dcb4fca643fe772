import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { errorText } from "../../../core/errors.ts";
import { bigrams, searchText, type WhaleEvent } from "../../../core/events/index.ts";
import type { ArchiveQuery } from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import { type Database, openDatabase } from "../database.ts";
import { firstSeq, orderMs } from "./order.ts";
import { type StoredPage, searchPage } from "./search.ts";
import { prepareTables } from "./tables.ts";

/** What one write brings. */
export interface Batch {
  events: readonly WhaleEvent[];
  verdicts: readonly Verdict[];
}

/** An event of a batch that could not be stored whole, and why. */
export interface Poisoned {
  eventId: string;
  kept: "without_text" | "not_at_all";
  problem: string;
}

/** The archive's file, used by one thread. Everything is synchronous; events come out as JSON texts. */
export interface Shelf {
  /** Stores a batch in one transaction. Tells the events that it could not index or store. */
  write(batch: Batch): Poisoned[];
  get(id: string): string | null;
  verdicts(eventId: string): string[];
  search(query: ArchiveQuery): StoredPage;
  count(): number;
  close(): void;
}

/** Opens `archive.db` in a folder, making both when absent. */
export function openShelf(dataDir: string): Shelf {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(join(dataDir, "archive.db"));
  try {
    // Synced like the journal: its reader's place may reach the disk first, and then nothing is read again.
    prepareTables(db);
  } catch (cause) {
    db.close();
    throw cause;
  }
  return {
    write: (batch) => inTransaction(db, () => writeBatch(db, batch)),
    get: (id) => db.get<{ body: string }>("SELECT body FROM events WHERE id = ?", id)?.body ?? null,
    verdicts: (eventId) => {
      const sql = "SELECT body FROM verdicts WHERE event_id = ? ORDER BY rule_id";
      return db.all<{ body: string }>(sql, eventId).map((row) => row.body);
    },
    search: (query) => searchPage(db, query),
    count: () => db.get<{ n: number }>("SELECT count(*) AS n FROM events")?.n ?? 0,
    close: () => db.close(),
  };
}

function inTransaction<T>(db: Database, work: () => T): T {
  db.script("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.script("COMMIT");
    return result;
  } catch (cause) {
    // Some failures (a full disk) end the transaction by themselves.
    if (db.inTransaction()) db.script("ROLLBACK");
    throw cause;
  }
}

function writeBatch(db: Database, { events, verdicts }: Batch): Poisoned[] {
  const ready = events.map(prepared);
  // In the order of row numbers: the text index is slow when it must go back.
  const rows = ready.flatMap((one) => one.row ?? []).toSorted((a, b) => a.ms - b.ms);
  for (const row of rows) writeEvent(db, row);
  for (const verdict of verdicts) writeVerdict(db, verdict);
  return ready.flatMap((one) => one.poisoned ?? []);
}

interface Row {
  id: string;
  ms: number;
  columns: [type: string, source: string, subject: string];
  body: string;
  text: string;
}

/** An event as a row, as far as it can be made one: a bad event must not hold up the good ones. */
function prepared(event: WhaleEvent): { row?: Row; poisoned?: Poisoned } {
  const eventId = String(event.id);
  try {
    const columns: Row["columns"] = [String(event.type), String(event.source), String(event.subject)];
    const row = { id: eventId, ms: orderMs(event.receivedAt), columns, body: JSON.stringify(event) };
    return withText(row, event);
  } catch (thrown) {
    return { poisoned: { eventId, kept: "not_at_all", problem: errorText(thrown) } };
  }
}

function withText(row: Omit<Row, "text">, event: WhaleEvent): { row: Row; poisoned?: Poisoned } {
  try {
    return { row: { ...row, text: bigrams(searchText(event)) } };
  } catch (thrown) {
    const poisoned: Poisoned = { eventId: row.id, kept: "without_text", problem: errorText(thrown) };
    return { row: { ...row, text: "" }, poisoned };
  }
}

function writeEvent(db: Database, row: Row): void {
  const known = db.get<{ body: string }>("SELECT body FROM events WHERE id = ?", row.id);
  if (known?.body === row.body) return;
  if (known) {
    db.run("DELETE FROM event_text WHERE rowid = (SELECT seq FROM events WHERE id = ?)", row.id);
    db.run("DELETE FROM events WHERE id = ?", row.id);
  }
  const first = firstSeq(row.ms);
  db.run(
    `INSERT INTO events (seq, id, received_ms, type, source, subject, body)
     SELECT coalesce(max(seq) + 1, ?), ?, ?, ?, ?, ?, ? FROM events WHERE seq >= ? AND seq < ?`,
    ...[first, row.id, row.ms, ...row.columns, row.body, first, firstSeq(row.ms + 1)],
  );
  if (row.text === "") return;
  db.run("INSERT INTO event_text (rowid, text) SELECT seq, ? FROM events WHERE id = ?", row.text, row.id);
}

function writeVerdict(db: Database, verdict: Verdict): void {
  const { eventId, ruleId } = verdict;
  db.run(
    `INSERT INTO verdicts (event_id, rule_id, body) VALUES (?, ?, ?)
     ON CONFLICT (event_id, rule_id) DO UPDATE SET body = excluded.body`,
    ...[eventId, ruleId, JSON.stringify(verdict)],
  );
}
