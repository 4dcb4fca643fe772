import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type {
  ArchiveConnection,
  ArchiveCounts,
  ArchiveFilter,
  ArchiveGrouping,
  ArchiveQuery,
  Retried,
} from "../../../core/ports/index.ts";
import { type Database, openDatabase } from "../database.ts";
import { aggregate, labelOf } from "./aggregate.ts";
import { type AuditText, auditPosition, readAudit, writeAudit } from "./audit.ts";
import type { Batch } from "./batch.ts";
import { countAll, overview } from "./daily.ts";
import {
  countLetters,
  getLetter,
  type LetterRow,
  listLetters,
  type RetryStep,
  retryStep,
  type Unfit,
} from "./dead-letters.ts";
import { type ForgetStep, type Forgotten, forgetStep } from "./forget.ts";
import { type StoredPage, searchPage } from "./search.ts";
import { prepareTables } from "./tables.ts";
import { writeOrBury } from "./write.ts";

/** The archive's file, used by one thread. Everything is synchronous; events come out as JSON texts. */
export interface Shelf {
  /** Stores a batch in one transaction. What it could not store goes among the dead letters, and is told. */
  write(batch: Batch): Unfit[];
  forget(step: ForgetStep): Forgotten;
  count(): number;
  get(id: string): string | null;
  verdicts(eventId: string): string[];
  search(query: ArchiveQuery): StoredPage;
  aggregate(filter: ArchiveFilter, grouping: ArchiveGrouping): ArchiveCounts;
  overview(): ArchiveConnection[];
  countLetters(): number;
  listLetters(limit: number): LetterRow[];
  getLetter(id: string): LetterRow | null;
  retryLetters(step: RetryStep): Retried & { next: string | null };
  writeAudit(entries: readonly AuditText[]): void;
  auditPosition(): number;
  readAudit(page: { after: number; limit: number }): string[];
  close(): void;
}

/** Opens `archive.db` in a folder, making both when absent. */
export function openShelf(dataDir: string): Shelf {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(join(dataDir, "archive.db"));
  try {
    // Synced like the journal: its reader's place may reach the disk first, and then nothing is read again.
    prepareTables(db);
    db.define("label_of", labelOf);
  } catch (cause) {
    db.close();
    throw cause;
  }
  return {
    write: (batch) => inTransaction(db, () => writeOrBury(db, batch)),
    forget: (step) => inTransaction(db, () => forgetStep(db, step)),
    count: () => countAll(db),
    get: (id) => bodyOf(db, id),
    verdicts: (eventId) => inSnapshot(db, () => verdictsOf(db, eventId)),
    search: (query) => inSnapshot(db, () => searchPage(db, query)),
    aggregate: (filter, grouping) => inSnapshot(db, () => aggregate(db, filter, grouping)),
    overview: () => overview(db),
    countLetters: () => countLetters(db),
    listLetters: (limit) => listLetters(db, limit),
    getLetter: (id) => getLetter(db, id),
    retryLetters: (step) => inTransaction(db, () => retryStep(db, step, (batch) => writeOrBury(db, batch))),
    writeAudit: (entries) => inTransaction(db, () => writeAudit(db, entries)),
    auditPosition: () => auditPosition(db),
    readAudit: (page) => readAudit(db, page),
    close: () => db.close(),
  };
}

function bodyOf(db: Database, id: string): string | null {
  const sql = "SELECT b.body AS body FROM events e JOIN bodies b ON b.seq = e.seq WHERE e.id = ?";
  return db.get<{ body: string }>(sql, id)?.body ?? null;
}

function verdictsOf(db: Database, eventId: string): string[] {
  const sql = `
    SELECT v.rule_id AS rule, v.body AS body FROM events e JOIN verdicts v ON v.seq = e.seq WHERE e.id = ?
    UNION ALL SELECT rule_id, body FROM waiting_verdicts WHERE event_id = ? ORDER BY rule`;
  return db.all<{ body: string }>(sql, eventId, eventId).map((row) => row.body);
}

function inTransaction<T>(db: Database, work: () => T): T {
  return between(db, "BEGIN IMMEDIATE", work);
}

/** Lets several statements see the same events, while another thread writes. */
function inSnapshot<T>(db: Database, work: () => T): T {
  return between(db, "BEGIN", work);
}

function between<T>(db: Database, begin: string, work: () => T): T {
  db.script(begin);
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
