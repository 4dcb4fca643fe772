import type { Logger } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { newerError } from "./errors.ts";
import { keyHash } from "./key-hash.ts";
import {
  BUCKET_HELD,
  JOURNAL_TABLES,
  OUTBOX_LEASES,
  OUTBOX_WHY,
  QUEUE_TABLES,
  RECORD_TABLES,
  REPLAY_TABLES,
  SHARED_TABLES,
  SIGNATURE_TABLES,
  TASK_INCIDENTS,
  TASK_TABLES,
} from "./tables.ts";
import { TABLES_BY_KEY } from "./tables-by-key.ts";
import { WHOLE_ENTRIES } from "./whole-entries.ts";

/** Each brings the data one version further. Never edit one that was released; add the next. */
export const MIGRATIONS: readonly string[] = [
  `${JOURNAL_TABLES}${QUEUE_TABLES}${TASK_TABLES}`,
  SIGNATURE_TABLES,
  TASK_INCIDENTS,
  RECORD_TABLES,
  REPLAY_TABLES,
  SHARED_TABLES,
  BUCKET_HELD,
  OUTBOX_WHY,
  TABLES_BY_KEY,
  OUTBOX_LEASES,
  WHOLE_ENTRIES,
];

/** The schema version of a database file. */
export function schemaVersion(db: Database): number {
  return db.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}

/** As `migrate`, and tells it: data that is brought to a newer version keeps its owner waiting. */
export function bringUp(db: Database, log: Logger): void {
  const [found, newest] = [schemaVersion(db), MIGRATIONS.length];
  // Data that is new waits for nothing.
  if (found > 0 && found < newest) {
    log.warn(
      { from: found, to: newest },
      "data is brought to a newer version: some 15 s for each million of events",
    );
  }
  migrate(db);
}

/**
 * Brings the data to the newest version that this release knows, each step in its own transaction. Throws
 * `store.newer_version`, changing nothing, when the data is ahead of the release.
 */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  const found = schemaVersion(db);
  if (found > migrations.length) throw newerError(found, migrations.length);
  db.define("key_hash", (key) => keyHash(String(key)));
  for (let version = found; version < migrations.length; version += 1) {
    step(db, migrations[version] ?? "", version + 1);
  }
}

function step(db: Database, sql: string, version: number): void {
  db.script("BEGIN IMMEDIATE");
  try {
    db.script(`${sql}; PRAGMA user_version = ${version}`);
    db.script("COMMIT");
  } catch (cause) {
    if (db.inTransaction()) db.script("ROLLBACK");
    throw cause;
  }
}
