import type { SQLInputValue } from "node:sqlite";
import type { NumberRange } from "../../../core/events/index.ts";
import type { ArchiveFilter } from "../../../core/ports/index.ts";
import { badQuery } from "./errors.ts";
import { firstSeq, LATEST_MS } from "./order.ts";
import { filterExpression } from "./tokens.ts";

/** Events as FROM and WHERE of a statement: rows `e` of `events`, walked in the order of `seq`. */
export interface Selection {
  tables: string;
  /** The column with the row number that the walk goes by; bounds on it let the walk begin at the right row. */
  seq: string;
  conditions: string[];
  /** Of the conditions, in order. */
  values: SQLInputValue[];
}

const LONGEST_TEXT = 1000;
// A single Chinese character is looked for under all words that begin with it, which takes its time.
const MOST_WORDS = 50;
const MOST_VALUES = 1000;
const MOST_LABELS = 50;

/** The events that fit a filter. Throws `archive.bad_query` naming what is wrong with it. */
export function selectionOf(filter: ArchiveFilter): Selection {
  checkSizes(filter);
  const selection = walkOf(filter);
  for (const [field, range] of Object.entries(filter.numbers ?? {})) whereNumber(selection, field, range);
  if (filter.from !== undefined) fromMs(selection, instant("from", filter.from));
  if (filter.to !== undefined) untilMs(selection, instant("to", filter.to));
  return selection;
}

/** Adds a condition. */
export function where(selection: Selection, condition: string, ...values: SQLInputValue[]): void {
  selection.conditions.push(condition);
  selection.values.push(...values);
}

/** Leaves out what was received before. */
export function fromMs(selection: Selection, ms: number): void {
  if (ms > LATEST_MS) where(selection, "0");
  else where(selection, `${selection.seq} >= ?`, firstSeq(ms));
}

/** Leaves out what was received at this millisecond or later. */
export function untilMs(selection: Selection, ms: number): void {
  if (ms <= LATEST_MS) where(selection, `${selection.seq} < ?`, firstSeq(ms));
}

/** A statement over the selection; its values are those of the selection and then those of the tail. */
export function statement(columns: string, { tables, conditions }: Selection, tail: string): string {
  const condition = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${columns} FROM ${tables} ${condition} ${tail}`;
}

// CROSS JOIN keeps the first table in front; the other way round it would be asked once for each event.
function walkOf(filter: ArchiveFilter): Selection {
  const match = filterExpression(filter);
  if (match !== null) {
    const tables = "event_text CROSS JOIN events e ON e.seq = event_text.rowid";
    const selection: Selection = { tables, seq: "event_text.rowid", conditions: [], values: [] };
    where(selection, "event_text MATCH ?", match);
    if (asksVerdict(filter)) whereVerdict(selection, filter);
    return selection;
  }
  if (!asksVerdict(filter)) return { tables: "events e", seq: "e.seq", conditions: [], values: [] };
  const tables = "verdicts v CROSS JOIN events e ON e.seq = v.seq";
  const selection: Selection = { tables, seq: "v.seq", conditions: [], values: [] };
  const [condition, values] = verdictCondition("v", filter);
  where(selection, condition, ...values);
  if (filter.ruleId === undefined) where(selection, FIRST_OF_ITS_REASON);
  return selection;
}

/** Several rules may have said the same of one event. */
const FIRST_OF_ITS_REASON = `NOT EXISTS (
  SELECT 1 FROM verdicts w WHERE w.seq = v.seq AND w.reason = v.reason AND w.rule_id < v.rule_id)`;

/** Names of fields that can be searched hold nothing that ends a quoted part of a path. */
function whereNumber(selection: Selection, field: string, { min, max }: NumberRange): void {
  const path = `$.detail."${field}"`;
  const isNumber = "json_type(n.body, ?) IN ('integer', 'real')";
  const bounds = [
    ...(min === undefined ? [] : ["json_extract(n.body, ?) >= ?"]),
    ...(max === undefined ? [] : ["json_extract(n.body, ?) <= ?"]),
  ];
  // A body that is nested deeper than SQLite reads has no numbers, rather than failing the whole search.
  const fits = `json_valid(n.body) AND ${[isNumber, ...bounds].join(" AND ")}`;
  const values = [min, max].flatMap((bound) => (bound === undefined ? [] : [path, bound]));
  where(
    selection,
    `(SELECT CASE WHEN ${fits} THEN 1 ELSE 0 END FROM bodies n WHERE n.seq = ${selection.seq})`,
    ...[path, ...values],
  );
}

function asksVerdict({ ruleId, reason }: ArchiveFilter): boolean {
  return ruleId !== undefined || reason !== undefined;
}

function whereVerdict(selection: Selection, filter: ArchiveFilter): void {
  const [condition, values] = verdictCondition("v", filter);
  where(
    selection,
    `EXISTS (SELECT 1 FROM verdicts v WHERE v.seq = ${selection.seq} AND ${condition})`,
    ...values,
  );
}

/** What a filter asks of one verdict; always true where it asks nothing. */
export function verdictCondition(
  alias: string,
  { ruleId, reason }: ArchiveFilter,
): [string, SQLInputValue[]] {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  for (const [column, value] of [
    ["rule_id", ruleId],
    ["reason", reason],
  ]) {
    if (value === undefined) continue;
    conditions.push(`${alias}.${column} = ?`);
    values.push(value);
  }
  return [conditions.join(" AND ") || "1", values];
}

function checkSizes(filter: ArchiveFilter): void {
  const { text = "", labels = {} } = filter;
  if (text.length > LONGEST_TEXT) throw badQuery("text", `${text.length} characters long`, "at most 1000");
  const words = new Set(text.split(/\s+/u)).size;
  if (words > MOST_WORDS) throw badQuery("text", `of ${words} words`, `of at most ${MOST_WORDS}`);
  const count = Object.keys(labels).length;
  if (count > MOST_LABELS) throw badQuery("labels", `${count} labels`, `at most ${MOST_LABELS}`);
  for (const field of ["type", "source", "severity", "status"] as const) {
    const values = filter[field];
    if (values === undefined || (values.length >= 1 && values.length <= MOST_VALUES)) continue;
    throw badQuery(field, `a list of ${values.length}`, `a list of 1 to ${MOST_VALUES} values`);
  }
}

function instant(name: string, iso: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw badQuery(name, JSON.stringify(iso), "an ISO instant");
  return ms;
}
