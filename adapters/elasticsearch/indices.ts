import type { estypes } from "@elastic/elasticsearch";
import { DEEPEST_OBJECT } from "./flattened.ts";

/** The kinds of documents, each in indices of its own. */
export type Kind = "events" | "verdicts" | "waiting" | "dead" | "audit";

/** Names of indices. Events and verdicts have one for each day of receipt, in UTC; entries of the audit log too. */
export interface Indices {
  /** All of one kind. */
  all(kind: Kind): string;
  /** The index of a day, of an ISO instant. */
  ofDay(kind: "events" | "verdicts" | "audit", iso: string): string;
  /** The day in a name that `ofDay` made for events or verdicts, as `2026-11-01`; null for any other name. */
  dayOf(index: string): string | null;
  /** What rules said of events that are not there yet, by event. */
  waiting: string;
  /** What Elasticsearch would not take. */
  dead: string;
}

/** The names under one prefix. */
export function createIndices(prefix: string): Indices {
  const head = {
    events: `${prefix}-events-`,
    verdicts: `${prefix}-verdicts-`,
    audit: `${prefix}-audit-`,
  };
  const single = { waiting: `${prefix}-waiting`, dead: `${prefix}-dead-letters` };
  return {
    all: (kind) => (kind === "waiting" || kind === "dead" ? single[kind] : `${head[kind]}*`),
    ofDay: (kind, iso) => `${head[kind]}${iso.slice(0, 10).replaceAll("-", ".")}`,
    dayOf: (index) => {
      const kind = index.startsWith(head.events) ? "events" : "verdicts";
      const day = index.startsWith(head[kind]) ? index.slice(head[kind].length) : "";
      return /^\d{4}\.\d\d\.\d\d$/.test(day) ? day.replaceAll(".", "-") : null;
    },
    ...single,
  };
}

type Template = estypes.IndicesPutIndexTemplateRequest;
type Properties = Record<string, estypes.MappingProperty>;

/** Goes up with every change of a mapping, for people who look at a cluster. A change holds from the next day on. */
export const TEMPLATE_VERSION = 4;

// A term of Lucene holds 32,766 bytes, and a UTF-16 unit becomes at most three.
const LONGEST_TERM = 10_000;
const keyword: estypes.MappingProperty = { type: "keyword", ignore_above: LONGEST_TERM };
const kept: estypes.MappingProperty = { type: "keyword", index: false, doc_values: false };
const anyKeys: estypes.MappingProperty = {
  type: "flattened",
  ignore_above: LONGEST_TERM,
  depth_limit: DEEPEST_OBJECT,
};
const receivedAt: estypes.MappingProperty = {
  type: "date",
  format: "strict_date_optional_time||epoch_millis",
};

/**
 * `tokens` holds the tokens that core makes of all strings, the same as the embedded archive indexes, so that both
 * find the same: the analyzers that Elasticsearch brings keep `db_2` in one piece and know no single Chinese
 * character. `body` is the event to the letter. `said` holds rule and reason of each verdict as one term. Labels
 * and detail have one field each, whatever their keys; what such a field cannot index is left out of it (`indexable`)
 * and stands in `body` alone.
 */
const EVENT: Properties = {
  id: keyword,
  receivedAt,
  time: { type: "date", ignore_malformed: true },
  type: keyword,
  name: keyword,
  title: keyword,
  source: keyword,
  subject: keyword,
  severity: keyword,
  status: keyword,
  fingerprint: keyword,
  incident: keyword,
  invalid: { type: "boolean" },
  rules: keyword,
  reasons: keyword,
  said: keyword,
  labels: anyKeys,
  detail: anyKeys,
  // One field for each that is declared, of which there are at most fifty at a time.
  numbers: { type: "object", dynamic: true },
  tokens: {
    type: "text",
    analyzer: "whitespace",
    norms: false,
    index_prefixes: { min_chars: 1, max_chars: 2 },
  },
  body: kept,
};

const VERDICT: Properties = {
  eventId: keyword,
  ruleId: keyword,
  outcome: keyword,
  reason: keyword,
  taskId: keyword,
  receivedAt,
  body: kept,
};

const DEAD: Properties = {
  kind: keyword,
  id: keyword,
  problem: kept,
  at: { type: "date" },
  body: kept,
};

const AUDIT: Properties = {
  seq: { type: "long" },
  at: { type: "date", ignore_malformed: true },
  who: keyword,
  what: keyword,
  object: keyword,
  hash: kept,
  body: kept,
};

const NUMBERS: Record<string, estypes.MappingDynamicTemplate>[] = [
  { numbers: { path_match: "numbers.*", mapping: { type: "double" } } },
];

/** The templates of all indices. */
export function templates(prefix: string, replicas: number): Template[] {
  const indices = createIndices(prefix);
  const made = (kind: Kind, properties: Properties): Template => ({
    name: `${prefix}-${kind}`,
    index_patterns: [indices.all(kind)],
    priority: 500,
    version: TEMPLATE_VERSION,
    template: {
      settings: { number_of_shards: 1, number_of_replicas: replicas, codec: "best_compression" },
      // Bounded: what is not named here is kept and not indexed.
      mappings: { dynamic: false, dynamic_templates: NUMBERS, _source: { excludes: ["tokens"] }, properties },
    },
  });
  return [
    made("events", EVENT),
    made("verdicts", VERDICT),
    made("waiting", { receivedAt }),
    made("dead", DEAD),
    made("audit", AUDIT),
  ];
}
