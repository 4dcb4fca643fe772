import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { malformedError, unreadableError } from "./errors.ts";

const Item = Type.Object({
  status: Type.Integer(),
  error: Type.Optional(
    Type.Object({ type: Type.Optional(Type.String()), reason: Type.Optional(Type.Unknown()) }),
  ),
});
const BulkAnswer = Type.Object({
  items: Type.Array(Type.Record(Type.String(), Item)),
});
const Hits = Type.Object({
  hits: Type.Object({
    hits: Type.Array(
      Type.Object({
        _id: Type.String(),
        _index: Type.String(),
        _source: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        sort: Type.Optional(Type.Array(Type.Unknown())),
      }),
    ),
  }),
  pit_id: Type.Optional(Type.String()),
});

const Found = Type.Object({
  found: Type.Boolean(),
  _seq_no: Type.Optional(Type.Integer()),
  _primary_term: Type.Optional(Type.Integer()),
  _source: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
const Absent = Type.Object({ error: Type.Object({ type: Type.String() }) });
const MgetAnswer = Type.Object({ docs: Type.Array(Type.Union([Found, Absent])) });

const Count = Type.Integer({ minimum: 0 });
const CountAnswer = Type.Object({ hits: Type.Object({ total: Type.Object({ value: Count }) }) });
/** The aggregation `all` of an answer; there is none where there is no index yet. */
function counted<T extends TSchema>(bucket: T) {
  const other = Type.Optional(Count);
  const all = Type.Object({ buckets: Type.Array(bucket), sum_other_doc_count: other });
  return Type.Object({ aggregations: Type.Optional(Type.Object({ all: Type.Optional(all) })) });
}
const TermsAnswer = counted(Type.Object({ key: Type.String(), doc_count: Count }));
const SpansAnswer = counted(Type.Object({ key: Type.Object({ at: Type.Number() }), doc_count: Count }));
const PairsAnswer = counted(
  Type.Object({
    key: Type.Object({ type: Type.String(), source: Type.String() }),
    doc_count: Count,
    invalid: Type.Object({ doc_count: Count }),
    last: Type.Object({ value: Type.Number() }),
  }),
);

/** What became of one document of a bulk request. */
export type BulkItem = Static<typeof Item>;
/** One document that a search found. */
export type Hit = Static<typeof Hits>["hits"]["hits"][number];

/** One document as it is now, and its state. */
export interface Found {
  _seq_no: number;
  _primary_term: number;
  _source?: Record<string, unknown>;
}

const NamesAnswer = Type.Object({ indices: Type.Array(Type.Object({ name: Type.String() })) });
const PointAnswer = Type.Object({ id: Type.String() });

const readers = {
  bulk: Compile(BulkAnswer),
  count: Compile(CountAnswer),
  hits: Compile(Hits),
  mget: Compile(MgetAnswer),
  names: Compile(NamesAnswer),
  pairs: Compile(PairsAnswer),
  point: Compile(PointAnswer),
  spans: Compile(SpansAnswer),
  terms: Compile(TermsAnswer),
};

/** The items of a bulk answer, in the order of the request. Throws `elasticsearch.malformed`. */
export function readItems(answer: unknown, count: number): BulkItem[] {
  const { items } = read<typeof BulkAnswer>("bulk", answer);
  if (items.length !== count) throw malformedError("bulk", `${items.length} items for ${count} documents`);
  return items.map((item) => {
    const [result] = Object.values(item);
    if (!result) throw malformedError("bulk", "an item without a result");
    return result;
  });
}

/** The hits of a search. Throws `elasticsearch.malformed`. */
export function readHits(answer: unknown): Hit[] {
  return read<typeof Hits>("hits", answer).hits.hits;
}

/** The documents of an answer, in the order of the request; null for one that is not there. */
export function readFound(answer: unknown, count: number): (Found | null)[] {
  const { docs } = read<typeof MgetAnswer>("mget", answer);
  if (docs.length !== count) throw malformedError("mget", `${docs.length} documents for ${count}`);
  return docs.map((doc) => {
    if ("error" in doc) {
      // An index is made with its first document.
      if (doc.error.type === "index_not_found_exception") return null;
      throw unreadableError(doc.error.type);
    }
    const { found, _seq_no, _primary_term, _source } = doc;
    if (!found || _seq_no === undefined || _primary_term === undefined) return null;
    return { _seq_no, _primary_term, ...(_source ? { _source } : {}) };
  });
}

/** How many documents fit. */
export function readCount(answer: unknown): number {
  return read<typeof CountAnswer>("count", answer).hits.total.value;
}

/** Terms and their counts; not `whole` when some were cut off. */
export function readTerms(answer: unknown) {
  const { buckets = [], sum_other_doc_count: cut = 0 } =
    read<typeof TermsAnswer>("terms", answer).aggregations?.all ?? {};
  const terms = buckets.map(({ key, doc_count }) => ({ term: key, events: doc_count }));
  return { buckets: terms, whole: cut === 0 };
}

/** Intervals and their counts, the earlier first. */
export function readSpans(answer: unknown) {
  const { buckets = [] } = read<typeof SpansAnswer>("spans", answer).aggregations?.all ?? {};
  return buckets.map(({ key, doc_count }) => ({ ms: key.at, events: doc_count }));
}

/** What came of each type from each source. */
export function readPairs(answer: unknown) {
  const { buckets = [] } = read<typeof PairsAnswer>("pairs", answer).aggregations?.all ?? {};
  return buckets.map(({ key, doc_count, invalid, last }) => ({
    ...key,
    events: doc_count,
    invalid: invalid.doc_count,
    lastMs: last.value,
  }));
}

/** The names of indices. */
export function readNames(answer: unknown): string[] {
  return read<typeof NamesAnswer>("names", answer).indices.map(({ name }) => name);
}

/** The id of a point in time. */
export function readPointInTime(answer: unknown): string {
  return read<typeof PointAnswer>("point", answer).id;
}

/** The event, verdict or dead letter in a hit, as it was written. */
export function bodyOf<T>(hit: Pick<Hit, "_source">): T {
  const body = hit._source?.["body"];
  if (typeof body !== "string") throw malformedError("search", "a document without a body");
  return JSON.parse(body) as T;
}

function read<T extends TSchema>(which: keyof typeof readers, value: unknown): Static<T> {
  const reader = readers[which];
  if (reader.Check(value)) return value as Static<T>;
  const [first] = reader.Errors(value);
  throw malformedError(which, first?.instancePath || "/");
}
