import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { openRedisStore, type RedisStore } from "../../../adapters/redis/index.ts";
import { aDraftNo } from "../../contract/journal/support.ts";
import { aDelivery, aTask } from "../../support/builders.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";
import { type Sentinel, says, startSentinel } from "../../support/redis-sentinel.ts";

let master: RedisServer;
let replica: RedisServer;

async function startPair(): Promise<void> {
  master = await startRedis();
  replica = await startRedis(["--replicaof", "127.0.0.1", String(master.port)]);
  await synced();
}

/** Resolves once the replica confirms writes. */
async function synced(): Promise<void> {
  const client = new Redis({ host: "127.0.0.1", port: master.port });
  await client.set("synced", 1);
  await client.wait(1, 0);
  client.disconnect();
}

async function removePair(): Promise<void> {
  await master.remove();
  await replica.remove();
}

describe("a Redis master with a replica", { skip: NO_REDIS }, () => {
  let store: RedisStore;
  beforeEach(async () => {
    await startPair();
    store = await openRedisStore(redisOptions(master, { replicaTimeoutMs: 200 }));
  });
  afterEach(async () => {
    await store.close();
    await removePair();
  });

  test("answers writes once the replica has them", async () => {
    await store.journal.append(aDelivery([aDraftNo(1)]));
    await store.tasks.make({ task: aTask(), outbox: [] });
    const copy = new Redis({ host: "127.0.0.1", port: replica.port });
    assert.ok((await copy.dbsize()) > 5);
    copy.disconnect();
    assert.deepEqual(store.warnings(), []);
  });

  test("fails writes that a halted replica does not confirm, and knows them again afterwards", async () => {
    replica.halt();
    const unconfirmed = { code: "store.not_replicated", retryable: true, reached: "maybe" };
    await assert.rejects(store.journal.append(aDelivery([aDraftNo(1)])), unconfirmed);
    await assert.rejects(store.tasks.make({ task: aTask(), outbox: [] }), unconfirmed);
    await replica.start();
    const [receipt] = await store.journal.append(aDelivery([aDraftNo(1)]));
    assert.equal(receipt?.outcome, "duplicate");
    assert.deepEqual(await store.tasks.make({ task: aTask(), outbox: [] }), { outcome: "exists" });
  });

  test("goes on without a replica that is gone, and warns", async () => {
    await replica.kill();
    await says(master, /connected_slaves:0/);
    assert.equal((await store.journal.append(aDelivery([aDraftNo(1)])))[0]?.outcome, "new");
    assert.match(store.warnings()[0]?.message ?? "", /no replica connected any more/);
    await replica.start();
    await synced();
    await store.check();
    assert.deepEqual(store.warnings(), []);
  });
});

describe("a Redis master watched by a sentinel", { skip: NO_REDIS }, () => {
  let sentinel: Sentinel;

  before(async () => {
    await startPair();
    sentinel = await startSentinel(master, replica);
  });
  after(async () => {
    await sentinel.end();
    await removePair();
  });

  test("hands over to the replica, which holds all that was acknowledged and takes the next writes", async () => {
    const servers = {
      kind: "sentinel" as const,
      name: "whale",
      sentinels: [{ host: "127.0.0.1", port: sentinel.port }],
    };
    const store = await openRedisStore(redisOptions(master, { servers, timeoutMs: 10_000 }));
    const [receipt] = await store.journal.append(aDelivery([aDraftNo(1)]));
    await store.tasks.make({ task: aTask(), outbox: [] });
    await master.kill();
    await says(replica, /role:master/);
    const [again] = await store.journal.append(aDelivery([aDraftNo(1)]));
    assert.deepEqual(again, { eventId: receipt?.eventId, outcome: "duplicate" });
    assert.deepEqual(await store.tasks.get(aTask().id), aTask());
    const move = { task: { ...aTask(), revision: 2 }, expected: 1, outbox: [] };
    assert.equal(await store.tasks.move(move), "moved");
    await store.close();
  });
});
