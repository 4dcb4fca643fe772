import type { estypes } from "@elastic/elasticsearch";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { ArchivePage, ArchiveQuery } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { Connection } from "./connection.ts";
import { documentId } from "./documents.ts";
import { badQuery } from "./errors.ts";
import { queryOf } from "./filters.ts";
import type { Indices } from "./indices.ts";
import { bodyOf, type Hit, readHits } from "./schema.ts";

/** Where to search. */
export interface Place {
  connection: Connection;
  indices: Indices;
}

/** A place, and what can be asked of it. */
export interface Searched extends Place {
  numericFields: () => readonly string[];
}

const MOST_EVENTS = 10_000;
// Below the 10,000 hits that an index gives at once by default: one more than a page's is asked for.
const MOST_AT_ONCE = 5_000;

/** An event by its id, which does not tell its day. Null when unknown. */
export async function getEvent({ connection, indices }: Place, id: string): Promise<WhaleEvent | null> {
  const query = { ids: { values: [documentId(id)] } };
  const answer = await connection.search("get", {
    index: indices.all("events"),
    query,
    _source: ["body"],
    size: 1,
  });
  const [hit] = readHits(answer);
  return hit ? bodyOf<WhaleEvent>(hit) : null;
}

/** What rules said of an event, by rule. */
export async function verdictsOf({ connection, indices }: Place, eventId: string): Promise<Verdict[]> {
  const answer = await connection.search("verdicts", {
    ...{ index: indices.all("verdicts"), query: { term: { eventId } }, size: MOST_EVENTS },
    ...{ sort: [{ ruleId: "asc" }], _source: ["body"] },
  });
  return readHits(answer).map((hit) => bodyOf<Verdict>(hit));
}

/** One page of events. Throws `archive.bad_query` naming what is wrong with the query. */
export async function searchPage(place: Searched, query: ArchiveQuery): Promise<ArchivePage> {
  const { limit, after, order = "newest" } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_EVENTS) {
    throw badQuery("limit", limit, `a whole number from 1 to ${MOST_EVENTS}`);
  }
  if (order !== "newest" && order !== "oldest") throw badQuery("order", order, "newest or oldest");
  const mark = after === undefined ? undefined : parseMark(after);
  const direction = order === "newest" ? "desc" : "asc";
  // One more than asked for tells whether there is a next page.
  const fitting = queryOf(query, place.numericFields());
  const hits = await collect(place, { query: fitting, direction, count: limit + 1, mark });
  const shown = hits.slice(0, limit);
  const last = shown.at(-1);
  const next = hits.length > limit && last ? markText(last) : null;
  return { events: shown.map((hit) => bodyOf<WhaleEvent>(hit)), next };
}

interface Wanted {
  query: estypes.QueryDslQueryContainer;
  direction: "asc" | "desc";
  count: number;
  mark: estypes.SortResults | undefined;
}

/**
 * The first so many hits behind a mark. A mark is the place of an event in the order and needs nothing to be kept
 * open in the cluster: it stays good for days, over restarts, and shows what comes later behind it.
 */
async function collect({ connection, indices }: Place, wanted: Wanted): Promise<Hit[]> {
  const { query, direction } = wanted;
  const found: Hit[] = [];
  let { mark } = wanted;
  while (found.length < wanted.count) {
    const size = Math.min(MOST_AT_ONCE, wanted.count - found.length);
    const answer = await connection.search("search", {
      index: indices.all("events"),
      query,
      sort: [{ receivedAt: { order: direction } }, { id: { order: direction } }],
      size,

      _source: ["body"],
      ...(mark === undefined ? {} : { search_after: mark }),
    });
    const hits = readHits(answer);
    found.push(...hits);
    if (hits.length < size) break;
    mark = hits.at(-1)?.sort as estypes.SortResults;
  }
  return found;
}

function markText(hit: Hit): string {
  return Buffer.from(JSON.stringify(hit.sort)).toString("base64url");
}

function parseMark(text: string): estypes.SortResults {
  const mark = jsonIn(Buffer.from(text, "base64url").toString("utf8"));
  const [ms, id] = Array.isArray(mark) && mark.length === 2 ? (mark as unknown[]) : [];
  if (Number.isSafeInteger(ms) && typeof id === "string") return [Number(ms), id];
  throw badQuery("after", JSON.stringify(text), "the `next` of an earlier page");
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's text.
    return null;
  }
}
