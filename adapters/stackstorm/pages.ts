import type { OutboundRequest } from "../outbound/index.ts";
import { type Call, type Connection, readJson } from "./connection.ts";
import { badAnswer } from "./errors.ts";

const PAGE_SIZE = 100;
const MOST_ROWS = 10_000;

/** A list that is read page by page. */
export interface PagedList {
  operation: string;
  path: string;
  /** Of which rows. */
  filter?: OutboundRequest["query"];
}

/**
 * All rows of a list, a hundred a request and 10,000 at most. Rows may move between pages while they are read, so that
 * one may come twice. Throws when it cannot be read.
 */
export async function pagedRows(connection: Connection, list: PagedList): Promise<unknown[]> {
  const { operation, path, filter } = list;
  const rows: unknown[] = [];
  for (let offset = 0; offset < MOST_ROWS; offset += PAGE_SIZE) {
    const call: Call = { operation, method: "GET", path, query: { ...filter, limit: PAGE_SIZE, offset } };
    const page = await readJson(connection, call);
    if (!Array.isArray(page)) throw badAnswer(operation, "/ must be array");
    rows.push(...page);
    if (page.length < PAGE_SIZE) break;
  }
  return rows;
}
