import type { Database } from "./database.ts";

/**
 * Copies the write-ahead log back to the database in quiet moments. Left to SQLite, the commit that makes the
 * log too long does it all, and whoever waits for that commit waits for tens of megabytes to reach the disk.
 */
export interface QuietCheckpoints {
  /** A transaction was committed. */
  committed(): void;
  /** No checkpoint begins any more. */
  close(): void;
}

/** So many changed rows are about 1,000 pages of the log, which take the disk some 10 ms. */
const ROWS = 2_000;
/** How long after a commit the moment counts as quiet. */
const QUIET_MS = 2;

/** `busy` tells whether a write waits. */
export function quietCheckpoints(db: Database, busy: () => boolean): QuietCheckpoints {
  let copied = changesOf(db);
  let timer: NodeJS.Timeout | null = null;
  const look = (): void => {
    timer = null;
    if (busy()) plan();
    else {
      db.get("PRAGMA wal_checkpoint(PASSIVE)");
      copied = changesOf(db);
    }
  };
  const plan = (): void => {
    timer ??= setTimeout(look, QUIET_MS);
  };
  return {
    committed: () => {
      if (!timer && changesOf(db) - copied >= ROWS) plan();
    },
    close: () => {
      if (timer) clearTimeout(timer);
    },
  };
}

function changesOf(db: Database): number {
  return db.get<{ changes: number }>("SELECT total_changes() AS changes")?.changes ?? 0;
}
