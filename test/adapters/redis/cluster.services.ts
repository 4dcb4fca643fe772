import { after, before, describe } from "node:test";
import type { RedisStoreOptions } from "../../../adapters/redis/index.ts";
import { configStoreContract } from "../../contract/config-store.ts";
import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { NO_REDIS, redisHarness } from "../../support/redis.ts";
import { type RedisClusterOfThree, startCluster } from "../../support/redis-cluster.ts";

describe("a real Redis Cluster of three", { skip: NO_REDIS }, () => {
  let cluster: RedisClusterOfThree;
  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.remove());

  const open = () => {
    const options: Partial<RedisStoreOptions> = { servers: cluster.servers };
    return redisHarness(cluster.nodes[0] ?? { port: 0 }, options);
  };
  journalContract("redis cluster", open);
  inboxContract("redis cluster", open);
  taskStoreContract("redis cluster", open);
  outboxContract("redis cluster", open);
  throttleStoreContract("redis cluster", open);
  configStoreContract("redis cluster", open);
});
