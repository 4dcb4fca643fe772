import type { estypes } from "@elastic/elasticsearch";
import type {
  ArchiveBucket,
  ArchiveConnection,
  ArchiveCounts,
  ArchiveFilter,
  ArchiveGrouping,
  ArchiveKey,
} from "../../core/ports/index.ts";
import { parseSaid } from "./documents.ts";
import { badQuery } from "./errors.ts";
import { queryOf } from "./filters.ts";
import { readCount, readPairs, readSpans, readTerms } from "./schema.ts";
import type { Place, Searched } from "./search.ts";

type Query = estypes.QueryDslQueryContainer;

/** What is counted: a field, and which of its terms count as which key. */
interface Counted {
  field: string;
  /** The key that a term counts for; null for none. */
  keyOf(term: string): string | null;
}

interface Top {
  term: string;
  key: string;
  events: number;
}

const INTERVALS = { minute: "1m", hour: "1h", day: "1d" } as const;
const FIELDS = ["type", "source", "severity", "status", "subject"] as const;
const LABEL = "label:";
const MOST_KEYS = 1000;
/** Terms and intervals that are asked for at once; a search gives at most 65,536. */
const MOST_AT_ONCE = 10_000;
const MOST_PARTITIONS = 2 ** 16;

/** Counts what fits a filter. Throws `archive.bad_query` naming what is wrong with the question. */
export async function aggregate(
  place: Searched,
  filter: ArchiveFilter,
  grouping: ArchiveGrouping,
): Promise<ArchiveCounts> {
  const { by, interval, limit } = grouping;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_KEYS) {
    throw badQuery("limit", limit, `a whole number from 1 to ${MOST_KEYS}`);
  }
  if (interval !== undefined && !Object.hasOwn(INTERVALS, interval)) {
    throw badQuery("interval", interval, "minute, hour or day");
  }
  const query = queryOf(filter, place.numericFields());
  const counted = countedBy(by, filter);
  const all = (await allTerms(place, query, counted)).toSorted(larger);
  const top = all.slice(0, limit);
  const rest = all.slice(limit);
  return {
    buckets: interval === undefined ? top.map(plain) : await series(place, query, { top, counted, interval }),
    others: { keys: rest.length, events: rest.reduce((sum, { events }) => sum + events, 0) },
    events: await countOf(place, query),
  };
}

/** How many events fit a query. */
export async function countOf({ connection, indices }: Place, query: Query): Promise<number> {
  const request = { index: indices.all("events"), query, size: 0, track_total_hits: true };
  return readCount(await connection.search("count", request));
}

function countedBy(by: ArchiveKey, { ruleId, reason }: ArchiveFilter): Counted {
  const field = FIELDS.find((one) => one === by);
  if (field) return { field, keyOf: (term) => term };
  if (by.startsWith(LABEL)) return { field: `labels.${by.slice(LABEL.length)}`, keyOf: (term) => term };
  if (by !== "rule" && by !== "reason")
    throw badQuery("by", by, `${FIELDS.join(", ")}, rule, reason or label:<key>`);
  const other = by === "rule" ? reason : ruleId;
  const same = by === "rule" ? ruleId : reason;
  if (other === undefined) {
    return {
      field: by === "rule" ? "rules" : "reasons",
      keyOf: (term) => ((same ?? term) === term ? term : null),
    };
  }
  // Only the verdicts that fit the filter count, not others about the same event.
  const keyOf = (term: string) => {
    const [rule, why] = parseSaid(term);
    const fits = (ruleId ?? rule) === rule && (reason ?? why) === why;
    return fits ? (by === "rule" ? rule : why) : null;
  };
  return { field: "said", keyOf };
}

function larger(one: Top, other: Top): number {
  return other.events - one.events || Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
}

function plain({ key, events }: Top): ArchiveBucket {
  return { key, events };
}

/**
 * Every term with its exact count. Elasticsearch counts terms exactly only where none is cut off, so they are asked
 * for in parts, in more of them until each part is whole.
 */
async function allTerms(place: Place, query: Query, counted: Counted): Promise<Top[]> {
  for (let partitions = 1; partitions <= MOST_PARTITIONS; partitions *= 8) {
    const terms = await termsIn(place, query, { field: counted.field, partitions });
    if (terms === null) continue;
    return terms.flatMap(({ term, events }) => {
      const key = counted.keyOf(term);
      return key === null ? [] : [{ term, key, events }];
    });
  }
  throw badQuery("by", counted.field, "something with fewer different values");
}

async function termsIn(
  { connection, indices }: Place,
  query: Query,
  { field, partitions }: { field: string; partitions: number },
): Promise<{ term: string; events: number }[] | null> {
  const found: { term: string; events: number }[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const part = partitions === 1 ? {} : { include: { partition, num_partitions: partitions } };
    const terms = { field, size: MOST_AT_ONCE, shard_size: MOST_AT_ONCE, ...part };
    const answer = await connection.search("count terms", {
      index: indices.all("events"),
      query,
      size: 0,

      aggs: { all: { terms } },
    });
    const { buckets, whole } = readTerms(answer);
    if (!whole) return null;
    found.push(...buckets);
  }
  return found;
}

/** Of each key, how many events in which interval. */
async function series(
  place: Place,
  query: Query,
  { top, counted, interval }: { top: Top[]; counted: Counted; interval: keyof typeof INTERVALS },
): Promise<ArchiveBucket[]> {
  const buckets: ArchiveBucket[] = [];
  for (const { term, key } of top) {
    const ofKey: Query = { bool: { filter: [query, { term: { [counted.field]: term } }] } };
    const spans = await spansOf(place, ofKey, INTERVALS[interval]);
    buckets.push(...spans.map(({ ms, events }) => ({ key, at: new Date(ms).toISOString(), events })));
  }
  return buckets;
}

async function spansOf({ connection, indices }: Place, query: Query, width: string) {
  const spans: { ms: number; events: number }[] = [];
  let after: number | null = null;
  do {
    const at = { date_histogram: { field: "receivedAt", fixed_interval: width } };
    const from = after === null ? {} : { after: { at: after } };
    const answer = await connection.search("count intervals", {
      ...{ index: indices.all("events"), query, size: 0 },
      aggs: { all: { composite: { size: MOST_AT_ONCE, sources: [{ at }], ...from } } },
    });
    const page = readSpans(answer);
    spans.push(...page);
    after = page.length < MOST_AT_ONCE ? null : (page.at(-1)?.ms ?? null);
  } while (after !== null);
  return spans;
}

/** Everything that is connected, by type, then source. */
export async function overview({ connection, indices }: Place): Promise<ArchiveConnection[]> {
  const found: ArchiveConnection[] = [];
  let after: { type: string; source: string } | null = null;
  do {
    const sources = [{ type: { terms: { field: "type" } } }, { source: { terms: { field: "source" } } }];
    const from = after === null ? {} : { after };
    const answer = await connection.search("overview", {
      ...{ index: indices.all("events"), size: 0 },
      aggs: {
        all: {
          composite: { size: MOST_AT_ONCE, sources, ...from },
          aggs: {
            invalid: { filter: { term: { invalid: true } } },
            last: { max: { field: "receivedAt" } },
          },
        },
      },
    });
    const page = readPairs(answer);
    found.push(...page.map(({ lastMs, ...one }) => ({ ...one, lastSeenAt: new Date(lastMs).toISOString() })));
    const last = page.at(-1);
    after = last && page.length === MOST_AT_ONCE ? { type: last.type, source: last.source } : null;
  } while (after !== null);
  return found;
}
