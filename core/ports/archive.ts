import type { EventStatus, Severity, WhaleEvent } from "../events/event.ts";
import type { NumberRange } from "../events/numeric-fields.ts";
import type { Verdict, VerdictReason } from "../rules/verdict.ts";
import type { AuditCopy } from "./audit-copy.ts";
import type { DeadLetters } from "./dead-letters.ts";

/**
 * Which events are meant. An event fits when it fits everything that is given; of a list, one value is enough.
 * All values are compared exactly, letter case included. A list holds 1 to 1000 values, `labels` up to 50.
 */
export interface ArchiveFilter {
  /**
   * Words, Chinese or not, that must all be there; a Chinese word may be of two characters. Everything else in it
   * is plain text. Up to 1000 characters and 50 different words.
   */
  text?: string;
  type?: readonly string[];
  source?: readonly string[];
  severity?: readonly Severity[];
  status?: readonly EventStatus[];
  subject?: string;
  incident?: string;
  /** Labels that must all be there with these values. */
  labels?: Readonly<Record<string, string>>;
  /**
   * Numbers of `detail` that must all be there and in range, by the name of a field that an event type declares as
   * numeric. An event that came before its field was declared may be missed.
   */
  numbers?: Readonly<Record<string, NumberRange>>;
  /** Whether it has violations of its type's schema. */
  invalid?: boolean;
  /** One and the same verdict about the event must be of this rule and give this reason. */
  ruleId?: string;
  reason?: VerdictReason;
  /** ISO instants: from (inclusive), to (exclusive), by `receivedAt`. */
  from?: string;
  to?: string;
}

export interface ArchiveQuery extends ArchiveFilter {
  /** By `receivedAt`, then by id. Default `newest` first. */
  order?: "newest" | "oldest";
  /** Events of one page, 1 to 10000. */
  limit: number;
  /** The `next` of the page before, of the same filter and order. */
  after?: string;
}

export interface ArchivePage {
  events: WhaleEvent[];
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

/** What events are counted by: a field of theirs, the value of one label, or what rules said of them. */
export type ArchiveKey =
  | "type"
  | "source"
  | "severity"
  | "status"
  | "subject"
  | "rule"
  | "reason"
  | `label:${string}`;

export interface ArchiveGrouping {
  /**
   * An event without the label, or without a verdict, has no key. One with verdicts of several rules or reasons
   * counts once for each; where the filter names `ruleId` or `reason`, only verdicts that fit it count.
   */
  by: ArchiveKey;
  /** Also parts each key's events by when they were received, in whole minutes, hours or days of UTC. */
  interval?: "minute" | "hour" | "day";
  /** How many keys are told, 1 to 1000. */
  limit: number;
}

export interface ArchiveBucket {
  key: string;
  /** ISO instant at which the interval begins; there is one only where an interval was asked for. */
  at?: string;
  events: number;
}

export interface ArchiveCounts {
  /**
   * The keys with the most events, the larger first, then by key. With an interval the same keys in the same
   * order, each with one bucket per interval that has events, the earlier first.
   */
  buckets: ArchiveBucket[];
  /** What the limit left out: how many further keys, and the sum of their events. */
  others: { keys: number; events: number };
  /** All events that fit the filter, those without a key too. */
  events: number;
}

/** What came of one type from one source, over everything that is kept. */
export interface ArchiveConnection {
  type: string;
  source: string;
  events: number;
  /** How many of them have violations. */
  invalid: number;
  /** The latest `receivedAt`, as ISO instant in UTC. */
  lastSeenAt: string;
}

/** How long events are kept, by when they were received, in milliseconds. */
export interface ArchiveRetention {
  defaultKeepMs: number;
  /** By event type; a type not named here has the default. */
  byType: Readonly<Record<string, number>>;
}

/**
 * Search, replay and statistics over everything that came. Upserts by id: writing the same twice changes
 * nothing, also in counts. A method that reads sees every write that was finished before it was called.
 * What is wrong with a query is thrown as `archive.bad_query`, naming field and value.
 */
export interface Archive {
  /**
   * Durable when it returns, and then found by everything below. All or nothing, but for an event or verdict
   * that cannot be stored: that one is left out, logged and kept among the dead letters; without a letter where it
   * is not even JSON. A verdict may come before its event.
   */
  write(batch: { events: readonly WhaleEvent[]; verdicts: readonly Verdict[] }): Promise<void>;
  /** Null when unknown. */
  get(id: string): Promise<WhaleEvent | null>;
  /** By rule id; empty when there are none. */
  verdicts(eventId: string): Promise<Verdict[]>;
  /**
   * One page of the events that fit. Going from page to page shows each event that was there all the time
   * exactly once, whatever is written meanwhile.
   */
  search(query: ArchiveQuery): Promise<ArchivePage>;
  /** Counts the events that fit, for charts. Exact; takes time with the number of events that fit. */
  aggregate(filter: ArchiveFilter, grouping: ArchiveGrouping): Promise<ArchiveCounts>;
  /** Everything that is connected, by type, then source. Exact, and quick however many events there are. */
  overview(): Promise<ArchiveConnection[]>;
  count(): Promise<number>;
  /**
   * Forgets events with their verdicts, text and share in all counts, a whole UTC day of a type at a time: once
   * the day's end is at least as long ago as its type is kept. So an event stays as long as it is to be kept
   * and up to a day longer. Works in small steps with writes and reads in between; what is written meanwhile
   * may stay until the next call. Dead letters go with what has no type of its own: by the default, and a day. A failure half-way leaves whole events; the next call goes on. Returns how
   * many events were forgotten. Throws `archive.bad_query` for a time that is no number from 0.
   */
  forget(retention: ArchiveRetention, nowMs: number): Promise<number>;
  /** What `write` had to leave out. */
  deadLetters: DeadLetters;
  /** The copy of the audit log. */
  audit: AuditCopy;
}

/** What of a partition's entries was archived. */
export interface CopiedEntries {
  partition: number;
  /** Positions of the first and the last. */
  first: number;
  last: number;
  /** Whether there may be more behind them. */
  more: boolean;
}

/** An archive that takes entries out of the journal by itself. */
export interface EntryCopier {
  /**
   * Archives up to `limit` entries of each partition behind the place of the reader `archive`, oldest first, and
   * leaves the place where it is. Durable when it returns. Tells of the partitions that had some.
   */
  copy(partitions: readonly number[], limit: number): Promise<CopiedEntries[]>;
}
