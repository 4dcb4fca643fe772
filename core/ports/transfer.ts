import type { StoreStanding, TransferKind, TransferRecord } from "../transfer/index.ts";

/** Some records of one kind. */
export interface TransferPage {
  records: TransferRecord[];
  /** Where to read on; null at the end. A page without records may have a next one. */
  next: string | null;
}

/** What can be read out and written in as records. */
export interface TransferSide {
  /**
   * A page of one kind behind a mark of an earlier page, from the beginning without one; about `limit` records, fewer
   * where they are large, more where they are small. Nothing must be written to the side meanwhile: then each record is read exactly once,
   * a partition's entries, refusals and a task's messages in their order, and marks stay good over restarts.
   */
  read(kind: TransferKind, after: string | null, limit: number): Promise<TransferPage>;
  /**
   * Writes records, all of one kind and in the order of their reading. Durable when it returns. What is there already
   * under its key is left as it is, so that a page may be written again after a crash half-way through it.
   */
  write(records: readonly TransferRecord[]): Promise<void>;
  /** Whether it holds nothing. */
  isEmpty(): Promise<boolean>;
  /** Deletes everything. A failure half-way leaves some; the next call goes on. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A store, with its mark of what transfers have made of it. */
export interface TransferStore extends TransferSide {
  standing(): Promise<StoreStanding>;
  /** Marks it, durably when it returns. `clear` leaves the mark. */
  stand(standing: StoreStanding): Promise<void>;
  /** Names of processes that are seen at work on it. One that only takes requests may not be seen. */
  holders(): Promise<string[]>;
}
