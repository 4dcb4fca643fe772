import type { Database } from "../database.ts";

/** Runs work in a transaction of its own, which a failure takes back. */
export function inTransaction(db: Database, work: () => void): void {
  db.script("BEGIN IMMEDIATE");
  try {
    work();
    db.script("COMMIT");
  } catch (cause) {
    // Some failures (a full disk) end the transaction by themselves.
    if (db.inTransaction()) db.script("ROLLBACK");
    throw cause;
  }
}
