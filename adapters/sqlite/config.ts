import type { Clock, Logger } from "../../core/ports/index.ts";
import { optionError } from "./errors.ts";

/** What the embedded store needs. */
export interface SqliteStoreOptions {
  /** Folder of `whale.db` and `whale.lock`; made when absent. */
  dataDir: string;
  clock: Clock;
  log: Logger;
  /** Partitions of a new journal, 1 to 1024; data that exists keeps its own number. Default 8. */
  partitions?: number;
  /** How long the same delivery key counts as the same delivery, in milliseconds. Default 5 minutes. */
  dedupeWindowMs?: number;
}

/** The same, with the defaults filled in. */
export type SqliteStoreConfig = Required<SqliteStoreOptions>;

/** Fills in the defaults. Throws `store.bad_option`, naming option and value. */
export function readConfig(options: SqliteStoreOptions): SqliteStoreConfig {
  const { partitions = 8, dedupeWindowMs = 300_000 } = options;
  if (options.dataDir === "") throw optionError("dataDir", '""', "the path of a folder");
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1024) {
    throw optionError("partitions", partitions, "a whole number from 1 to 1024");
  }
  if (!Number.isFinite(dedupeWindowMs) || dedupeWindowMs <= 0) {
    throw optionError("dedupeWindowMs", dedupeWindowMs, "a positive number of milliseconds");
  }
  return { ...options, partitions, dedupeWindowMs };
}
