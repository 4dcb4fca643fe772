import { randomUUID } from "node:crypto";
import { processName } from "../adapters/local/index.ts";
import { openArchive } from "../adapters/sqlite/archive/index.ts";
import { holdFolder, openStoreThread } from "../adapters/sqlite/index.ts";
import { errorText } from "../core/errors.ts";
import type { Archive, Clock, Logger } from "../core/ports/index.ts";
import type { Config, StoresConfig } from "./config/index.ts";
import type { Warning } from "./http/index.ts";
import type { Stores } from "./stores.ts";

export interface StoresDeps {
  log: Logger;
  /** The time of embedded stores; those that processes share have their own. */
  clock: Clock;
  /** The fields of `detail` that events can be searched by as numbers. */
  numericFields: () => readonly string[];
  /** The store has ended by itself. */
  onCrash: (error: Error) => void;
}

/** Opens the stores that the configuration names, and holds the data folder for this process alone. */
export function openStores(
  { dataDir, stores }: Pick<Config, "dataDir" | "stores">,
  deps: StoresDeps,
): Promise<Stores> {
  return stores.kind === "embedded" ? openEmbedded(dataDir, deps) : openProduction(dataDir, stores, deps);
}

async function openEmbedded(
  dataDir: string,
  { log, clock, numericFields, onCrash }: StoresDeps,
): Promise<Stores> {
  log.info({ store: "embedded", dataDir }, "opening the embedded stores");
  const store = await openStoreThread({ dataDir, log, clock, onCrash });
  const archive = await openArchive({ dataDir, log, numericFields }).catch(async (error: unknown) => {
    // Its thread would keep the process alive.
    await store.close();
    throw error;
  });
  const holder = await processName(dataDir, randomUUID());
  return { kind: "embedded", store, archive, copier: archive, holder, warnings: () => [] };
}

type Production = Extract<StoresConfig, { kind: "production" }>;

async function openProduction(
  dataDir: string,
  config: Production,
  { log, numericFields }: StoresDeps,
): Promise<Stores> {
  const { redis, elasticsearch } = config;
  // Brought only where they are used: they take 50 MB of memory.
  const { openRedisStore, serversText } = await import("../adapters/redis/index.ts");
  const { createElasticsearchArchive } = await import("../adapters/elasticsearch/index.ts");
  const at = { redis: serversText(redis.servers), elasticsearch: elasticsearch.urls, dataDir };
  log.info({ store: "redis", ...at }, "opening Redis and Elasticsearch");
  const archive = watched(createElasticsearchArchive({ ...elasticsearch, log, numericFields }));
  const letGo = holdFolder(dataDir);
  // No clock: what several processes decide by is the server's.
  const holder = await processName(dataDir, randomUUID());
  const store = await openRedisStore({ ...redis, holder, log }).catch(async (error: unknown) => {
    letGo();
    await archive.archive.close();
    throw error;
  });
  const close = async () => {
    await store.close();
    letGo();
  };
  return {
    kind: "production",
    store: { ...store, close },
    archive: archive.archive,
    copier: null,
    holder,
    warnings: () => [...store.warnings(), ...archive.warnings()],
  };
}

/** An archive that remembers whether it was reached when it was last written to. */
function watched<Given extends Archive>(archive: Given): { archive: Given; warnings: () => Warning[] } {
  let trouble: string | null = null;
  const write: Archive["write"] = async (batch) => {
    try {
      await archive.write(batch);
      trouble = null;
    } catch (error) {
      trouble = errorText(error);
      throw error;
    }
  };
  const warnings = () => (trouble === null ? [] : [{ about: "elasticsearch", message: behindText(trouble) }]);
  return { archive: { ...archive, write }, warnings };
}

function behindText(trouble: string): string {
  return `归档暂停，告警照常接收和处理，恢复后自动补上；检索暂时看不到新事件 (the archive waits; events are taken and judged as ever and follow once it is back; searches do not show new ones until then): ${trouble}`;
}
