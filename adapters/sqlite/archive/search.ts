import type { ArchiveQuery } from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import { badQuery } from "./errors.ts";
import { fromMs, type Selection, selectionOf, statement, untilMs, where } from "./filter.ts";
import { firstSeq, type Mark, markText, msOfSeq, parseMark } from "./order.ts";

/** A page with its events as JSON texts; the asking thread parses them. */
export interface StoredPage {
  bodies: string[];
  next: string | null;
}

interface Row extends Mark {
  body: string;
}

/** How the two orders differ. */
interface Direction {
  sort: "ASC" | "DESC";
  /** Compares what comes behind a mark with it. */
  behind: "<" | ">";
}

const DIRECTIONS: Record<NonNullable<ArchiveQuery["order"]>, Direction> = {
  newest: { sort: "DESC", behind: "<" },
  oldest: { sort: "ASC", behind: ">" },
};
const LARGEST_PAGE = 10_000;

/** One page of the events that fit. Throws `archive.bad_query` naming what is wrong with the query. */
export function searchPage(db: Database, query: ArchiveQuery): StoredPage {
  const { limit, order = "newest", after } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw badQuery("limit", limit, `a whole number from 1 to ${LARGEST_PAGE}`);
  }
  if (!Object.hasOwn(DIRECTIONS, order)) throw badQuery("order", order, "newest or oldest");
  const selection = selectionOf(query);
  if (after !== undefined) goOn(selection, after, DIRECTIONS[order]);
  // One more than asked for tells whether there is a next page.
  const rows = rowsOf(db, selection, { direction: DIRECTIONS[order], count: limit + 1 });
  return pageOf(rows, limit);
}

function pageOf(rows: Row[], limit: number): StoredPage {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last ? markText(last) : null;
  return { bodies: shown.map((row) => row.body), next };
}

function goOn(selection: Selection, after: string, { behind }: Direction): void {
  const mark = parseMark(after);
  if (!mark) throw badQuery("after", JSON.stringify(after), "the `next` of an earlier page");
  const { seq } = selection;
  if (behind === "<") untilMs(selection, mark.ms + 1);
  else fromMs(selection, mark.ms);
  const beyond = behind === "<" ? `${seq} < ?` : `${seq} >= ?`;
  const edge = firstSeq(behind === "<" ? mark.ms : mark.ms + 1);
  where(selection, `(${beyond} OR e.id ${behind} ?)`, edge, mark.id);
}

/**
 * The walk is by row number: in the order of milliseconds, but in no order within one. So the first question
 * finds the millisecond of the last row wanted, without sorting all hits; the second sorts only what is not
 * beyond.
 */
function rowsOf(db: Database, selection: Selection, page: { direction: Direction; count: number }): Row[] {
  const { sort, behind } = page.direction;
  const { seq } = selection;
  const cutSql = statement(`${msOfSeq(seq)} AS ms`, selection, `ORDER BY ${seq} ${sort} LIMIT 1 OFFSET ?`);
  const cut = db.get<{ ms: number }>(cutSql, ...selection.values, page.count - 1);
  if (cut && behind === "<") fromMs(selection, cut.ms);
  if (cut && behind === ">") untilMs(selection, cut.ms + 1);
  const tail = `ORDER BY ms ${sort}, e.id ${sort} LIMIT ?`;
  const found = statement(`e.seq AS seq, ${msOfSeq("e.seq")} AS ms, e.id AS id`, selection, tail);
  const sql = `SELECT p.ms AS ms, p.id AS id, b.body AS body FROM (${found}) p
    CROSS JOIN bodies b ON b.seq = p.seq ORDER BY p.ms ${sort}, p.id ${sort}`;
  return db.all<Row>(sql, ...selection.values, page.count);
}
