import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openRedisStore, type RedisStoreOptions } from "../../../adapters/redis/index.ts";
import { isChatOpsError } from "../../../core/errors.ts";
import { configStoreContract } from "../../contract/config-store.ts";
import { upTo } from "../../contract/harness.ts";
import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { leasesContract } from "../../contract/leases.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { replayStoreContract } from "../../contract/replay-store.ts";
import { stateStoreContract } from "../../contract/state-store.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { aTask } from "../../support/builders.ts";
import { NO_REDIS, redisHarness, redisOptions } from "../../support/redis.ts";
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
  replayStoreContract("redis cluster", open);
  leasesContract("redis cluster", open);
  stateStoreContract("redis cluster", open);

  test("fails calls to a node that is gone as to be tried again, serves the others, and recovers", async (t) => {
    const options = { servers: cluster.servers, timeoutMs: 2_000 };
    const store = await openRedisStore(redisOptions(cluster.nodes[0] ?? { port: 0 }, options));
    t.after(() => store.close());
    const tasks = upTo(60).map((n) => aTask({ forEachIndex: n }));
    for (const task of tasks) await store.tasks.make({ task, outbox: [] });
    await cluster.nodes[1]?.kill();
    const answers = await Promise.allSettled(tasks.map((task) => store.tasks.get(task.id)));
    const failed = answers.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    assert.ok(failed.length > 0 && failed.length < 60);
    assert.ok(failed.every((reason) => isChatOpsError(reason) && reason.retryable));
    await cluster.nodes[1]?.start();
    await cluster.whole();
    const again = await Promise.all(tasks.map((task) => store.tasks.get(task.id)));
    assert.deepEqual(again, tasks);
  });
});
