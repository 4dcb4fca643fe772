import type { AuditEntry, AuditFact, ChainCheck } from "../audit/index.ts";

/**
 * Who did what, in one chain that nobody can change unseen. What a task was made or moved with (`fact`) is in the
 * chain exactly once, and every method below sees it when the write had finished before the call.
 */
export interface Audit {
  /**
   * Adds one entry behind the last, durably when it returns. Appends at the same time become one chain, in
   * some order. Rejects, adding nothing, when the store cannot write or the detail is not JSON.
   */
  append(fact: AuditFact): Promise<AuditEntry>;
  /** Up to `limit` entries with a number above `after`, oldest first. */
  read(after: number, limit: number): Promise<AuditEntry[]>;
  /**
   * Follows the chain from entry `from` (1 is all of it) to its end, and tells the first that does not hold.
   * What comes before `from` is trusted. Whole with `last` = the newest entry.
   */
  verify(from: number): Promise<ChainCheck>;
}
