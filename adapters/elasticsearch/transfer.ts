import type { WhaleEvent } from "../../core/events/index.ts";
import type { TransferPage, TransferSide } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { TransferRecord, TransferRecordOf } from "../../core/transfer/index.ts";
import { createElasticsearchArchive } from "./archive.ts";
import { checkOptions, type ElasticsearchOptions } from "./config.ts";
import { createConnection } from "./connection.ts";
import { createIndices, type Kind } from "./indices.ts";
import { readHits, readNames } from "./schema.ts";
import type { Place } from "./search.ts";
import { readArchived, readWaiting } from "./transfer-pages.ts";

const KINDS: readonly Kind[] = ["events", "verdicts", "waiting", "dead", "audit"];

/** What one search gives at most. */
const MOST_DEAD = 10_000;

/** The archive in Elasticsearch, to be read and written as records. Throws `elasticsearch.bad_option`. */
export function createElasticsearchTransfer(options: ElasticsearchOptions): TransferSide {
  const config = checkOptions(options);
  const connection = createConnection(config);
  const place: Place = { connection, indices: createIndices(config.prefix) };
  const archive = createElasticsearchArchive(options);
  const pages = { place, dead: () => archive.deadLetters.list(MOST_DEAD) };
  return {
    read: async (kind, after, limit): Promise<TransferPage> => {
      if (after === null) await refresh(place);
      if (kind === "archived") return readArchived(pages, { after, limit });
      if (kind === "waiting") return readWaiting(pages);
      return { records: [], next: null };
    },
    write: (records) => archive.write(batchOf(records)),
    isEmpty: async () => (await namesOf(place)).length === 0 || (await holdsNothing(place)),
    clear: async () => {
      for (const index of await namesOf(place)) {
        await connection.ask("delete index", (client) => client.indices.delete({ index }));
      }
    },
    close: async () => {
      await archive.close();
      await connection.close();
    },
  };
}

function batchOf(records: readonly TransferRecord[]): { events: WhaleEvent[]; verdicts: Verdict[] } {
  const archived = records.filter((one): one is TransferRecordOf<"archived"> => one.kind === "archived");
  const waiting = records.filter((one): one is TransferRecordOf<"waiting"> => one.kind === "waiting");
  const verdicts = [
    ...archived.flatMap(({ body }) => body.verdicts),
    ...waiting.map(({ body }) => body.text),
  ];
  return {
    events: archived.map(({ body }) => JSON.parse(body.text) as WhaleEvent),
    verdicts: verdicts.map((text) => JSON.parse(text) as Verdict),
  };
}

/** Names of all indices of the archive. One by one, because clusters refuse to delete by wildcard. */
async function namesOf({ connection, indices }: Place): Promise<string[]> {
  const names = await Promise.all(
    KINDS.map(async (kind) => {
      const answer = await connection.read("list indices", (client) =>
        client.indices.resolveIndex({ name: indices.all(kind), ignore_unavailable: true }),
      );
      return readNames(answer);
    }),
  );
  return names.flat();
}

async function holdsNothing(place: Place): Promise<boolean> {
  await refresh(place);
  const index = KINDS.map((kind) => place.indices.all(kind));
  const request = { index, size: 1, ignore_unavailable: true, _source: false };
  return readHits(await place.connection.search("look", request)).length === 0;
}

/** Others may have written since. */
async function refresh({ connection, indices }: Place): Promise<void> {
  const index = KINDS.map((kind) => indices.all(kind));
  await connection.read("refresh", (client) => client.indices.refresh({ index, ignore_unavailable: true }));
}
