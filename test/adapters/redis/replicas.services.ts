import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { openRedisStore, type RedisStore } from "../../../adapters/redis/index.ts";
import { aDraftNo } from "../../contract/journal/support.ts";
import { aDelivery, aTask } from "../../support/builders.ts";
import { freePort } from "../../support/free-port.ts";
import {
  accepting,
  NO_REDIS,
  REDIS,
  type RedisServer,
  redisOptions,
  startRedis,
} from "../../support/redis.ts";
import { tempFolder } from "../../support/sqlite.ts";

let master: RedisServer;
let replica: RedisServer;

/** Resolves once a server says so of its replication. */
async function says(server: RedisServer, what: RegExp): Promise<void> {
  const client = new Redis({ host: "127.0.0.1", port: server.port });
  client.on("error", () => undefined);
  while (!what.test(await client.info("replication")));
  client.disconnect();
}

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
  const folder = tempFolder();
  let sentinel: { port: number; end: () => Promise<void> };

  before(async () => {
    await startPair();
    sentinel = await startSentinel();
  });
  after(async () => {
    await sentinel.end();
    await removePair();
    folder.remove();
  });

  async function startSentinel() {
    const port = await freePort();
    const lines = [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir ${folder.path}`,
      `sentinel monitor whale 127.0.0.1 ${master.port} 1`,
      "sentinel down-after-milliseconds whale 300",
      "sentinel failover-timeout whale 2000",
    ];
    const file = join(folder.path, "sentinel.conf");
    writeFileSync(file, lines.join("\n"));
    const process = spawn(REDIS, [file, "--sentinel"], { stdio: ["ignore", "pipe", "inherit"] });
    await accepting(process, `+monitor master whale`);
    const watcher = new Redis({ host: "127.0.0.1", port });
    while (!String(await watcher.call("SENTINEL", "REPLICAS", "whale")).includes(String(replica.port)));
    watcher.disconnect();
    const end = async () => {
      const gone = once(process, "exit");
      process.kill("SIGKILL");
      await gone;
    };
    return { port, end };
  }

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
