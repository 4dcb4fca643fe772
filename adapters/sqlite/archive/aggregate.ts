import type { SQLInputValue } from "node:sqlite";
import type {
  ArchiveBucket,
  ArchiveCounts,
  ArchiveFilter,
  ArchiveGrouping,
  ArchiveKey,
} from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import { badQuery } from "./errors.ts";
import { type Selection, selectionOf, statement, verdictCondition, where } from "./filter.ts";
import { msOfSeq } from "./order.ts";

const INTERVALS_MS: Record<NonNullable<ArchiveGrouping["interval"]>, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const MOST_KEYS = 1000;
const COLUMNS = ["type", "source", "severity", "status", "subject"] as const;
const LABEL = "label:";

/** A selection of events and the key that each row counts for. */
interface Keyed {
  selection: Selection;
  /** An expression that is NULL for events without a key, and the values in it. */
  key: string;
  keyValues: SQLInputValue[];
  /** How its rows are counted: an event may have several rows of one reason, but one of everything else. */
  events: "count(*)" | "count(DISTINCT e.seq)";
}

interface TopKey {
  key: string;
  events: number;
  keys: number;
  total: number;
}

/** Counts what fits a filter. Throws `archive.bad_query` naming what is wrong with the question. */
export function aggregate(db: Database, filter: ArchiveFilter, grouping: ArchiveGrouping): ArchiveCounts {
  const { by, interval, limit } = grouping;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_KEYS) {
    throw badQuery("limit", limit, `a whole number from 1 to ${MOST_KEYS}`);
  }
  if (interval !== undefined && !Object.hasOwn(INTERVALS_MS, interval)) {
    throw badQuery("interval", interval, "minute, hour or day");
  }
  const top = topKeys(db, keyedBy(filter, by), limit);
  const told = top.reduce((sum, one) => sum + one.events, 0);
  const [{ keys, total } = { keys: 0, total: 0 }] = top;
  return {
    buckets: interval === undefined ? top.map(plain) : series(db, keyedBy(filter, by), { top, interval }),
    others: { keys: keys - top.length, events: total - told },
    events: countAll(db, filter),
  };
}

function plain({ key, events }: TopKey): ArchiveBucket {
  return { key, events };
}

function countAll(db: Database, filter: ArchiveFilter): number {
  const selection = selectionOf(filter);
  return db.get<{ n: number }>(statement("count(*) AS n", selection, ""), ...selection.values)?.n ?? 0;
}

function keyedBy(filter: ArchiveFilter, by: ArchiveKey): Keyed {
  const selection = selectionOf(filter);
  const column = COLUMNS.find((one) => one === by);
  if (column) return { selection, key: `e.${column}`, keyValues: [], events: "count(*)" };
  if (by === "rule" || by === "reason") return keyedByVerdict(selection, filter, by);
  if (!by.startsWith(LABEL)) throw badQuery("by", by, `${COLUMNS.join(", ")}, rule, reason or label:<key>`);
  const key = "label_of((SELECT b.body FROM bodies b WHERE b.seq = e.seq), ?)";
  return { selection, key, keyValues: [by.slice(LABEL.length)], events: "count(*)" };
}

function keyedByVerdict(selection: Selection, filter: ArchiveFilter, by: "rule" | "reason"): Keyed {
  const tables = `${selection.tables} CROSS JOIN verdicts k ON k.seq = e.seq`;
  const keyed = { ...selection, tables };
  const [condition, values] = verdictCondition("k", filter);
  where(keyed, condition, ...values);
  if (by === "rule") return { selection: keyed, key: "k.rule_id", keyValues: [], events: "count(*)" };
  return { selection: keyed, key: "k.reason", keyValues: [], events: "count(DISTINCT e.seq)" };
}

function topKeys(db: Database, { selection, key, keyValues, events }: Keyed, limit: number): TopKey[] {
  const counted = statement(`${key} AS key, ${events} AS events`, selection, "GROUP BY 1");
  const sql = `SELECT key, events, count(*) OVER () AS keys, sum(events) OVER () AS total
    FROM (${counted}) WHERE key IS NOT NULL ORDER BY events DESC, key LIMIT ?`;
  return db.all<TopKey>(sql, ...keyValues, ...selection.values, limit);
}

function series(
  db: Database,
  { selection, key, keyValues, events }: Keyed,
  { top, interval }: { top: TopKey[]; interval: keyof typeof INTERVALS_MS },
): ArchiveBucket[] {
  const width = INTERVALS_MS[interval];
  const at = `${msOfSeq("e.seq")} / ${width} * ${width}`;
  const columns = `${key} AS key, ${at} AS at, ${events} AS events`;
  const sql = `SELECT c.key AS key, c.at AS at, c.events AS events
    FROM (${statement(columns, selection, "GROUP BY 1, 2")}) c JOIN json_each(?) t ON t.value = c.key
    ORDER BY t.key, c.at`;
  const keys = JSON.stringify(top.map((one) => one.key));
  const rows = db.all<{ key: string; at: number; events: number }>(
    sql,
    ...[...keyValues, ...selection.values, keys],
  );
  return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
}

/** The value of one label of a stored event; null where it has none. For SQL, as `label_of`. */
export function labelOf(body: unknown, key: unknown): string | null {
  const { labels } = JSON.parse(String(body)) as { labels?: Record<string, unknown> };
  const name = String(key);
  return labels && Object.hasOwn(labels, name) ? String(labels[name]) : null;
}
