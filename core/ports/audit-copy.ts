import type { AuditEntry } from "../audit/entry.ts";

/**
 * The archive's copy of the audit log, which is kept for good. It says itself how far it reaches, so that whoever
 * brings entries goes on from there after any outage, and fills it anew where it was lost.
 */
export interface AuditCopy {
  /** Durable when it returns. Upserts by number: writing the same twice changes nothing. */
  write(entries: readonly AuditEntry[]): Promise<void>;
  /** The highest number up to which every entry is there; 0 when the first is not. */
  position(): Promise<number>;
  /** Up to `limit` entries with a number above `after`, in their order, to the letter. */
  read(after: number, limit: number): Promise<AuditEntry[]>;
}
