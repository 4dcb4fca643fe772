import type { WhaleEvent } from "../events/event.ts";
import type { Verdict } from "../rules/verdict.ts";

export interface ArchiveQuery {
  /** Words, Chinese or not, that must all be there; a Chinese word may be of two characters. */
  text?: string;
  type?: string;
  source?: string;
  subject?: string;
  /** ISO instants: from (inclusive), to (exclusive), by `receivedAt`. */
  from?: string;
  to?: string;
  limit: number;
  /** The `next` of the page before. */
  after?: string;
}

export interface ArchivePage {
  events: WhaleEvent[];
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

/** Search, replay and statistics over everything that came. Upserts by id: writing twice changes nothing. */
export interface Archive {
  write(batch: { events: readonly WhaleEvent[]; verdicts: readonly Verdict[] }): Promise<void>;
  /** Null when unknown. */
  get(id: string): Promise<WhaleEvent | null>;
  verdicts(eventId: string): Promise<Verdict[]>;
  /** Newest first. */
  search(query: ArchiveQuery): Promise<ArchivePage>;
  count(): Promise<number>;
}
