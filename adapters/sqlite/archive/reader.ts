import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { absentError, faultError, faultOf, newerError } from "./errors.ts";
import { firstSeq, msOfSeq } from "./order.ts";
import { SCHEMA_VERSION } from "./tables.ts";

/** The archive's file, read beside whoever writes it. Synchronous: for a process that does nothing else. */
export interface ArchiveReader {
  /**
   * All events received from `fromMs` (inclusive) to `toMs` (exclusive) as JSON texts, in the order of their receipt,
   * page by page; events of one millisecond are on one page. No read stays open between two pages, so that whoever
   * writes is not held up.
   */
  pages(range: { fromMs: number; toMs: number }): Generator<string[]>;
  close(): void;
}

/** The events of one page, more or less. */
const PAGE = 1_000;
/** So long the file may be locked by somebody who recovers it. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens `archive.db` in a data folder for reading alone; the process that owns the folder may run. Throws
 * `archive.absent` when there is none, `archive.newer_version`, `archive.corrupt` or `archive.failed`.
 */
export function openArchiveReader(dataDir: string): ArchiveReader {
  const file = join(dataDir, "archive.db");
  if (!existsSync(file)) throw absentError(file);
  const db = telling(() => new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
  try {
    telling(() => checkVersion(db));
    return { pages: (range) => pages(db, range), close: () => db.close() };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function checkVersion(db: DatabaseSync): void {
  const found = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found > SCHEMA_VERSION) throw newerError(found, SCHEMA_VERSION);
}

function* pages(db: DatabaseSync, { fromMs, toMs }: { fromMs: number; toMs: number }): Generator<string[]> {
  // The narrow table tells where a page ends; rows of both have the same numbers.
  const cut = db.prepare(
    `SELECT ${msOfSeq("seq")} AS ms FROM events WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1 OFFSET ?`,
  );
  const bodies = db.prepare("SELECT body FROM bodies WHERE seq >= ? AND seq < ? ORDER BY seq");
  bodies.setReturnArrays(true);
  const end = firstSeq(toMs);
  let seq = firstSeq(fromMs);
  while (seq < end) {
    const last = telling(() => cut.get(seq, end, PAGE - 1));
    const next = last ? firstSeq(Number(last["ms"]) + 1) : end;
    const rows = telling(() => bodies.all(seq, next)) as unknown as [string][];
    yield rows.map(([body]) => body);
    seq = next;
  }
}

function telling<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw faultError(faultOf(thrown));
  }
}
