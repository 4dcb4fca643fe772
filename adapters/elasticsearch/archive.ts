import type { Archive } from "../../core/ports/index.ts";
import { aggregate, countOf, overview } from "./aggregate.ts";
import { createAuditCopy } from "./audit.ts";
import { createStore } from "./bulk.ts";
import { checkOptions, type ElasticsearchConfig, type ElasticsearchOptions } from "./config.ts";
import { type Connection, createConnection } from "./connection.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { forget } from "./forget.ts";
import { createFreshness } from "./freshness.ts";
import { createIndices, templates } from "./indices.ts";
import { type Batch, joinAll } from "./join.ts";
import { getEvent, searchPage, verdictsOf } from "./search.ts";
import { together } from "./together.ts";

/** The archive in Elasticsearch. */
export type ElasticsearchArchive = Archive & {
  /** Ends its connections. */
  close(): Promise<void>;
};

/**
 * The archive in an Elasticsearch cluster. Nothing is sent before the first call, so a process starts while the
 * cluster is down; `write` then throws a retryable error, and who reads the journal goes on from its place later.
 * Throws `elasticsearch.bad_option`.
 */
export function createElasticsearchArchive(options: ElasticsearchOptions): ElasticsearchArchive {
  const config = checkOptions(options);
  const { numericFields } = config;
  const connection = createConnection(config);
  const indices = createIndices(config.prefix);
  const freshness = createFreshness(connection);
  const store = freshness.noting(createStore(connection, config));
  const prepared = once(() => putTemplates(connection, config));
  const join = async (batch: Batch) => {
    await prepared();
    return joinAll({ connection, indices, store, numericFields }, batch);
  };
  const { bury, ...deadLetters } = createDeadLetters({ connection, indices, log: config.log, store, join });
  const place = { connection, indices, numericFields };
  const settled = async <T>(read: () => Promise<T>): Promise<T> => {
    await freshness.settle();
    return read();
  };
  return {
    write: together(async (batch) => bury(await join(batch))),
    get: (id) => settled(() => getEvent(place, id)),
    verdicts: (eventId) => settled(() => verdictsOf(place, eventId)),
    search: (query) => settled(() => searchPage(place, query)),
    aggregate: (filter, grouping) => settled(() => aggregate(place, filter, grouping)),
    overview: () => settled(() => overview(place)),
    count: () => settled(() => countOf(place, { match_all: {} })),
    forget: (retention, nowMs) => forget({ ...place, store }, retention, nowMs),
    deadLetters,
    audit: createAuditCopy({ connection, indices, store, prepared, settle: freshness.settle }),
    close: () => connection.close(),
  };
}

async function putTemplates(
  connection: Connection,
  { prefix, replicas }: ElasticsearchConfig,
): Promise<void> {
  for (const template of templates(prefix, replicas)) {
    await connection.ask("put index template", (client) => client.indices.putIndexTemplate(template));
  }
}

/** Does the work at the first call, and again only after it failed. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work().catch((thrown: unknown) => {
      done = null;
      throw thrown;
    });
    return done;
  };
}
