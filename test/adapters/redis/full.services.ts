import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { openRedisStore, type RedisStore } from "../../../adapters/redis/index.ts";
import { upTo } from "../../contract/harness.ts";
import { aDraftNo } from "../../contract/journal/support.ts";
import { aTake } from "../../contract/throttle-store.ts";
import { aDelivery, anOutboxItem, aRawBody, aTask } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";

const FULL = { code: "store.full", retryable: true };
const LEASE_MS = 30_000;

describe("a Redis server whose memory is full", { skip: NO_REDIS }, () => {
  let server: RedisServer;
  let admin: Redis;
  let store: RedisStore;
  before(async () => {
    server = await startRedis();
    admin = new Redis({ host: "127.0.0.1", port: server.port });
    store = await openRedisStore(redisOptions(server, { clock: movableClock() }));
  });
  after(async () => {
    await store.close();
    admin.disconnect();
    await server.remove();
  });

  test("refuses what needs room, changes nothing by it, lets go of what is done, and takes all once there is room", async () => {
    const task = aTask();
    await store.tasks.make({
      task,
      outbox: [anOutboxItem(), anOutboxItem({ key: `${task.id}:card:1`, taskId: task.id })],
    });
    const [message] = await store.outbox.claim(1, LEASE_MS);
    await admin.config("SET", "maxmemory", "1");

    const drafts = upTo(3).map((n) => aDraftNo(n));
    await assert.rejects(store.journal.append(aDelivery(drafts)), FULL);
    await assert.rejects(
      store.journal.refuse({ source: "s", reason: "r", message: "", raw: aRawBody("{") }),
      FULL,
    );
    const other = aTask({ forEachIndex: 1 });
    await assert.rejects(
      store.tasks.make({ task: other, outbox: [], take: aTake({ grantId: other.id }) }),
      FULL,
    );
    await assert.rejects(store.tasks.move({ task: { ...task, revision: 2 }, expected: 1, outbox: [] }), FULL);
    await assert.rejects(store.tasks.claimDue("w", 1, LEASE_MS), FULL);
    await assert.rejects(store.outbox.add([anOutboxItem({ key: "x" })]), FULL);
    await assert.rejects(store.throttle.take([aTake()]), FULL);
    await assert.rejects(store.journal.lease({ reader: "rules", partition: 0 }, "w", LEASE_MS), FULL);
    await assert.rejects(store.check(), FULL);
    assert.deepEqual(await store.tasks.get(task.id), task);
    assert.equal(await store.outbox.settle(message?.key ?? "", message?.fence ?? 0), true);

    await admin.config("SET", "maxmemory", "0");
    assert.equal(await store.journal.lag("rules"), 0);
    assert.equal(await store.journal.raw(aRawBody("{").ref), null);
    assert.equal((await store.journal.append(aDelivery(drafts))).length, 3);
    assert.equal(await store.tasks.get(other.id), null);
    const made = await store.tasks.make({ task: other, outbox: [], take: aTake({ grantId: other.id }) });
    assert.equal(made.outcome, "made");
    assert.deepEqual(await store.outbox.depth(), { answer: 1 });
    assert.equal((await store.tasks.claimDue("w", 10, LEASE_MS)).length, 2);
    assert.equal(
      (await store.throttle.take([aTake({ grantId: "t_2", atMs: START_MS })]))[0]?.outcome,
      "held",
    );
  });
});
