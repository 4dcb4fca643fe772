import { openEmbeddedTransfer } from "../adapters/sqlite/index.ts";
import { createLogger, systemClock, systemIds } from "../adapters/telemetry/index.ts";
import type { Clock, Ids, Logger } from "../core/ports/index.ts";
import type { StorePlace } from "../core/transfer/index.ts";
import {
  type Environment,
  formatFaults,
  readMigration,
  type StoresConfig,
  secretsOfStores,
} from "./config/index.ts";
import { joinedSides, type MigrationSide } from "./migrate/index.ts";

type Production = Extract<StoresConfig, { kind: "production" }>;

/** Both sides of a migration, open, and what else it works with; or why they cannot be. */
export type OpenedMigration =
  | {
      outcome: "open";
      source: MigrationSide;
      target: MigrationSide;
      clock: Clock;
      ids: Ids;
      close(): Promise<void>;
    }
  | { outcome: "refused"; message: string };

/**
 * Opens the two sides, by the settings that the process itself starts with. Rejects as the stores do, for example while
 * a process holds the data folder.
 */
export async function openMigration(
  env: Environment,
  cwd: string,
  from: StorePlace,
): Promise<OpenedMigration> {
  const read = readMigration(env, cwd);
  if (read.outcome === "refused") return { outcome: "refused", message: formatFaults(read.faults) };
  const { dataDir, stores } = read;
  const log = createLogger({ level: "warn", secrets: secretsOfStores(stores) });
  const embedded: MigrationSide = { place: "embedded", store: await openEmbeddedTransfer({ dataDir, log }) };
  const redis = await openProduction(stores, log).catch(async (error: unknown) => {
    await embedded.store.close();
    throw error;
  });
  const close = async () => {
    await redis.store.close();
    await embedded.store.close();
  };
  const [source, target] = from === "embedded" ? [embedded, redis] : [redis, embedded];
  return { outcome: "open", source, target, clock: systemClock, ids: systemIds, close };
}

async function openProduction({ redis, elasticsearch }: Production, log: Logger): Promise<MigrationSide> {
  // Brought only where they are used: they take 50 MB of memory.
  const { openRedisTransfer } = await import("../adapters/redis/index.ts");
  const { createElasticsearchTransfer } = await import("../adapters/elasticsearch/index.ts");
  const archive = createElasticsearchTransfer({ ...elasticsearch, log });
  const store = await openRedisTransfer({ ...redis, log }).catch(async (error: unknown) => {
    await archive.close();
    throw error;
  });
  return { place: "redis", store: joinedSides(store, archive) };
}
