import { openArchiveReader } from "../adapters/sqlite/archive/index.ts";
import { createLogger } from "../adapters/telemetry/index.ts";
import type { WhaleEvent } from "../core/events/index.ts";
import type { Archive } from "../core/ports/index.ts";
import { type Config, secretsOfStores } from "./config/index.ts";

/** When events were received, in milliseconds: from (inclusive), to (exclusive). */
export interface Received {
  fromMs: number;
  toMs: number;
}

/** The archive, for reading it from one end to the other in the command's own process. */
export interface ArchivedEvents {
  /** Pages of events in the order of their receipt, then of their ids. */
  pages(received: Received): AsyncIterable<readonly WhaleEvent[]>;
  close(): Promise<void>;
}

/**
 * Opens the archive that the configuration names. Nothing is ever written to it, and a process that runs on it is
 * not held up. Throws `archive.absent` when there is none, and as the archive does.
 */
export async function openArchivedEvents({
  dataDir,
  stores,
}: Pick<Config, "dataDir" | "stores">): Promise<ArchivedEvents> {
  if (stores.kind === "embedded") {
    const reader = openArchiveReader(dataDir);
    return { pages: (received) => parsed(reader.pages(received)), close: async () => reader.close() };
  }
  // Brought only where it is used: it takes 30 MB of memory.
  const { createElasticsearchArchive } = await import("../adapters/elasticsearch/index.ts");
  const log = createLogger({ level: "warn", secrets: secretsOfStores(stores) });
  const archive = createElasticsearchArchive({ ...stores.elasticsearch, log });
  return { pages: (received) => searched(archive, received), close: () => archive.close() };
}

async function* parsed(pages: Iterable<string[]>): AsyncGenerator<WhaleEvent[]> {
  for (const bodies of pages) yield inOrder(bodies.map((body) => JSON.parse(body) as WhaleEvent));
}

/** Texts come in the order of milliseconds, and few events share one. */
function inOrder(events: WhaleEvent[]): WhaleEvent[] {
  const shared = events.some(({ receivedAt }, index) => events[index - 1]?.receivedAt === receivedAt);
  return shared ? events.sort(byReceipt) : events;
}

function byReceipt(a: WhaleEvent, b: WhaleEvent): number {
  return Date.parse(a.receivedAt) - Date.parse(b.receivedAt) || (a.id < b.id ? -1 : 1);
}

const PAGE = 2_000;

async function* searched(archive: Archive, { fromMs, toMs }: Received): AsyncGenerator<WhaleEvent[]> {
  const filter = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  let after: string | undefined;
  do {
    const query = { ...filter, order: "oldest" as const, limit: PAGE };
    const page = await archive.search({ ...query, ...(after === undefined ? {} : { after }) });
    yield page.events;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
