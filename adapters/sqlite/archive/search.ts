import type { SQLInputValue } from "node:sqlite";
import { matchExpression } from "../../../core/events/index.ts";
import type { ArchiveQuery } from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import { badQuery } from "./errors.ts";
import { firstSeq, LATEST_MS, type Mark, markText, parseMark } from "./order.ts";

/** A page with its events as JSON texts; the asking thread parses them. */
export interface StoredPage {
  bodies: string[];
  next: string | null;
}

interface Row extends Mark {
  body: string;
}

/** Conditions of a search, joined by AND, and their values in order. */
interface Where {
  sql: string[];
  values: SQLInputValue[];
  /** The milliseconds of receipt that the conditions leave, from (inclusive) to (exclusive). */
  fromMs: number;
  toMs: number;
}

const LONGEST_TEXT = 1000;
const NEWEST_FIRST = "ORDER BY e.received_ms DESC, e.id DESC LIMIT ?";
const COLUMNS = "SELECT e.received_ms AS ms, e.id AS id, e.body AS body";
// CROSS JOIN keeps the text index in front; the other way round it would be asked once for each event.
const TEXT_TABLES = "FROM event_text CROSS JOIN events e ON e.seq = event_text.rowid";

/** One page of the newest events that fit. Throws `archive.bad_query` naming what is wrong with the query. */
export function searchPage(db: Database, query: ArchiveQuery): StoredPage {
  const { limit, text = "" } = query;
  if (!Number.isInteger(limit) || limit < 1) throw badQuery("limit", limit, "a whole number from 1");
  if (text.length > LONGEST_TEXT) throw badQuery("text", `${text.length} characters long`, "at most 1000");
  const where = conditions(query);
  const match = matchExpression(text);
  // One more than asked for tells whether there is a next page.
  const rows = match === null ? byTime(db, where, limit + 1) : byText(db, matching(where, match), limit + 1);
  return pageOf(rows, limit);
}

function pageOf(rows: Row[], limit: number): StoredPage {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last ? markText(last) : null;
  return { bodies: shown.map((row) => row.body), next };
}

function conditions(query: ArchiveQuery): Where {
  const fromMs = query.from === undefined ? 0 : instant("from", query.from);
  const toMs = query.to === undefined ? Number.POSITIVE_INFINITY : instant("to", query.to);
  const where: Where = { sql: [], values: [], fromMs, toMs };
  for (const key of ["type", "source", "subject"] as const) {
    const value = query[key];
    if (value !== undefined) add(where, `e.${key} = ?`, value);
  }
  if (query.from !== undefined) add(where, "e.received_ms >= ?", fromMs);
  if (query.to !== undefined) add(where, "e.received_ms < ?", toMs);
  return query.after === undefined ? where : afterMark(where, query.after);
}

function afterMark(where: Where, after: string): Where {
  const mark = parseMark(after);
  if (!mark) throw badQuery("after", JSON.stringify(after), "the `next` of an earlier page");
  add(where, "(e.received_ms, e.id) < (?, ?)", mark.ms, mark.id);
  return { ...where, toMs: Math.min(where.toMs, mark.ms + 1) };
}

function add(where: Where, sql: string, ...values: SQLInputValue[]): void {
  where.sql.push(sql);
  where.values.push(...values);
}

function instant(name: string, iso: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw badQuery(name, JSON.stringify(iso), "an ISO instant");
  return ms;
}

/** The same conditions and a text, with bounds that let the text index begin at the right row. */
function matching(where: Where, match: string): Where {
  const found = { ...where, sql: ["event_text MATCH ?", ...where.sql], values: [match, ...where.values] };
  if (found.fromMs > 0) add(found, "event_text.rowid >= ?", firstSeq(found.fromMs));
  if (found.toMs <= LATEST_MS) add(found, "event_text.rowid < ?", firstSeq(found.toMs));
  return found;
}

function byTime(db: Database, where: Where, count: number): Row[] {
  return db.all<Row>(statement(COLUMNS, "FROM events e", where, NEWEST_FIRST), ...where.values, count);
}

/**
 * Full text search gives hits by row number, newest millisecond first but in no order within one. So the
 * first question finds the millisecond of the last row wanted, without sorting all hits; the second sorts
 * only what is not older.
 */
function byText(db: Database, where: Where, count: number): Row[] {
  const tail = "ORDER BY event_text.rowid DESC LIMIT 1 OFFSET ?";
  const sql = statement("SELECT e.received_ms AS ms", TEXT_TABLES, where, tail);
  const cut = db.get<{ ms: number }>(sql, ...where.values, count - 1);
  if (cut) add(where, "event_text.rowid >= ?", firstSeq(cut.ms));
  return db.all<Row>(statement(COLUMNS, TEXT_TABLES, where, NEWEST_FIRST), ...where.values, count);
}

function statement(columns: string, tables: string, where: Where, tail: string): string {
  const condition = where.sql.length === 0 ? "" : `WHERE ${where.sql.join(" AND ")}`;
  return `${columns} ${tables} ${condition} ${tail}`;
}
