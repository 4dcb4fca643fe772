import type { WhaleEvent } from "../events/event.ts";
import type { EventDraft, Incident } from "../incidents/admit.ts";
import type { PlaceReason } from "../incidents/place.ts";
import type { Verdict } from "../rules/verdict.ts";

/** A body as it came, kept so that nothing sent by a monitor is lost. */
export interface RawBody {
  /** Names the bytes: ends with `sha256:<hex>` over them. */
  ref: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What makes a signed delivery known again. */
export interface Replay {
  /** Names the signature; one name per signed text, however a request spells it. */
  signature: string;
  /**
   * For so long the signature is remembered from when it is taken, by the journal's own clock, which may stand
   * elsewhere than the caller's. By then it must be refused for its age, or may count anew.
   */
  forMs: number;
}

/** What one POST brought. */
export interface Delivery {
  source: string;
  drafts: readonly EventDraft[];
  raw: RawBody;
  /** Absent when the sender signs nothing. */
  replay?: Replay;
}

/** The id of each draft, in order, and how it was taken; `duplicate` stored nothing. */
export interface Receipt {
  eventId: string;
  outcome: PlaceReason | "duplicate";
}

/** A body that made no event, kept with the reason. */
export interface Refusal {
  source: string;
  reason: string;
  message: string;
  raw: RawBody;
}

export type JournalEntry =
  | { kind: "event"; position: number; event: WhaleEvent }
  | { kind: "verdicts"; position: number; verdicts: readonly Verdict[] };

export type ReaderName = "archive" | "rules";

/** Where one reader stands in one partition. */
export interface ReaderPlace {
  reader: ReaderName;
  partition: number;
}

/** What a reader has done: entries as `read` gave them, from the first to the last. */
export interface DoneBatch {
  fence: number;
  first: number;
  last: number;
  /** What came of judging them. */
  verdicts?: readonly Verdict[];
}

/**
 * The durable log of events. Appends are durable when they return; each reader sees every entry at least
 * once, from its own place, in order within a partition.
 */
export interface Journal {
  /** How many partitions there are; fixed for the life of the data. */
  readonly partitions: number;
  /**
   * Stores a delivery's events and its raw body in one atomic write, deciding repeats and duplicates by
   * `admit`. Durable when it returns. A repeat of the call with the same delivery changes only counters.
   * Of a delivery whose events all came before, the body is kept only if its bytes differ from those that the
   * first of them came in, or these are gone; then under their bare `bytesName`, once.
   * A signature that this source used before, and that has not expired, stores nothing: the receipts are those
   * of its first delivery, all as `duplicate`.
   */
  append(delivery: Delivery): Promise<Receipt[]>;
  /** Keeps a body that made no event. Durable when it returns. */
  refuse(refusal: Refusal): Promise<void>;
  /**
   * Becomes the one reader of a place, or renews that. Returns a fencing token that grows with each new
   * holder, or null while another holder's lease lasts.
   */
  lease(place: ReaderPlace, holder: string, ttlMs: number): Promise<number | null>;
  /**
   * Up to `limit` entries after the reader's committed position, oldest first. For the rules, which made them, verdicts
   * are left out of their entries.
   */
  read(place: ReaderPlace, limit: number): Promise<JournalEntry[]>;
  /**
   * Remembers that everything up to the batch's last entry is done, and stores its verdicts as one entry behind,
   * both or neither. Of an entry that was done before no verdict is stored again: true, and no change, when all of
   * the batch was; false, and no change, when some of it was, or the fence is old.
   */
  commit(place: ReaderPlace, batch: DoneBatch): Promise<boolean>;
  /** How many entries the reader has still to read, over all partitions. */
  lag(reader: ReaderName): Promise<number>;
  /** Forgets entries that every reader has passed and that are older than `olderThanMs` (an instant). */
  trim(olderThanMs: number): Promise<number>;
  /** One event by id, while the journal holds it; null when it does not. */
  event(id: string): Promise<WhaleEvent | null>;
  /**
   * An incident of a source by its key, as the events stored so far leave it, whether a reader has passed them or not;
   * null when it never was, or is long closed and forgotten.
   */
  incident(source: string, key: string): Promise<Incident | null>;
  /** One raw body by reference; null when unknown or trimmed. */
  raw(ref: string): Promise<RawBody | null>;
  /** The newest refused bodies, newest first. */
  refusals(
    limit: number,
  ): Promise<(Omit<Refusal, "raw"> & { rawRef: string; atMs: number; count: number })[]>;
}
