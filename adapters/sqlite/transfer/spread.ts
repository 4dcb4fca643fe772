import type { Database } from "../database.ts";
import { KEYED_TABLES } from "../journal-keys.ts";
import { spreadEntries } from "../journal-whole.ts";
import { type KeyIndex, keyIndex } from "../key-index.ts";
import { inTransaction } from "./transaction.ts";

/** Rows in memory from which on they are brought to the tables of the index: there may be millions. */
const MERGE_FROM = 120_000;

/**
 * Makes each table whole by itself, as a migration reads them: what the index would have in memory is in its tables, and
 * what entries have beside their event in rows of its own.
 */
export async function spread(
  db: Database,
  index: KeyIndex = keyIndex(db, KEYED_TABLES),
  mergeFrom = MERGE_FROM,
): Promise<void> {
  const commit = (work: () => void): void => {
    inTransaction(db, work);
    index.transaction.committed();
  };
  const merge = () => index.merge(async (job) => commit(job));
  await merge();
  await spreadEntries({ db, index }, async (work) => {
    commit(work);
    if (index.waiting() >= mergeFrom) await merge();
  });
  await merge();
}
