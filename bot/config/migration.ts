import { type ConfigFault, type Environment, foldersOf } from "./config.ts";
import { configReader } from "./reader.ts";
import { readStores, type StoresConfig } from "./stores.ts";

/** Where both sides of a migration are. */
export type MigrationConfig =
  | { outcome: "read"; dataDir: string; stores: Extract<StoresConfig, { kind: "production" }> }
  | { outcome: "refused"; faults: ConfigFault[] };

const NEEDED =
  "没有设置：搬迁的一边是 Redis 和 Elasticsearch (not set: one side of a migration is Redis and Elasticsearch)";

/** Reads the part of the configuration that says where stores are; the servers must be named whatever the direction. */
export function readMigration(env: Environment, cwd: string): MigrationConfig {
  const read = configReader(env, () => null);
  const stores = readStores(read);
  if (stores.kind === "embedded") {
    for (const name of ["REDIS_URL", "ELASTICSEARCH_URL"]) read.fault(name, "", NEEDED);
    return { outcome: "refused", faults: read.faults };
  }
  if (read.faults.length > 0) return { outcome: "refused", faults: read.faults };
  return { outcome: "read", dataDir: foldersOf(env, cwd).dataDir, stores };
}
