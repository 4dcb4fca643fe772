import { mkdirSync } from "node:fs";
import { openRedisStore } from "../../../adapters/redis/index.ts";
import { openStoreThread } from "../../../adapters/sqlite/index.ts";
import type { Store } from "../../../bot/stores.ts";
import type { Clock } from "../../../core/ports/index.ts";
import { silentLog } from "../../support/log.ts";
import type { Orders } from "../orders.ts";

/** What the workers stand on. */
export type BenchStore = Omit<Store, "check">;

/** Where a store lives: on a Redis server's port, or in a folder. */
export function portOf({ env }: Orders): number | null {
  const port = env["REDIS_PORT"];
  return port === undefined ? null : Number(port);
}

/** Opens the store as production does: the embedded one in a thread of its own, or the one on Redis. */
export async function openBenchStore(orders: Orders, clock: Clock): Promise<BenchStore> {
  const port = portOf(orders);
  if (port === null) {
    mkdirSync(orders.folder, { recursive: true });
    return openStoreThread({ dataDir: orders.folder, clock, log: silentLog });
  }
  const servers = { kind: "standalone" as const, host: "127.0.0.1", port };
  return openRedisStore({ servers, log: silentLog, prefix: orders.env["PREFIX"] ?? "bench:" });
}
