import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openRedisStore, openRedisTransfer } from "../../../adapters/redis/index.ts";
import { joinedSides } from "../../../bot/migrate/index.ts";
import { openMemoryTransfer } from "../../../fixtures/memory-transfer/index.ts";
import { movedContract } from "../../contract/moved.ts";
import { transferContract } from "../../contract/transfer.ts";
import { movableClock } from "../../support/clock.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";
import { move } from "../../support/transfer.ts";

describe("a real Redis server", { skip: NO_REDIS }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.remove());

  const open = async () => {
    const store = joinedSides(await openRedisTransfer(redisOptions(server)), openMemoryTransfer());
    return { store, end: store.close };
  };
  transferContract("redis", open, 10);

  movedContract("redis", async (folder) => {
    const clock = movableClock();
    const options = redisOptions(server, { clock });
    const source = await folder.side();
    const target = joinedSides(await openRedisTransfer(options), openMemoryTransfer());
    assert.equal((await move(source, target)).outcome, "moved");
    await source.close();
    await target.close();
    const store = await openRedisStore(options);
    return { harness: { ...store, clock }, end: () => store.close() };
  });

  test("processes that are connected or hold a reader's place are seen", async () => {
    const options = redisOptions(server);
    const store = await openRedisStore(options);
    await store.journal.lease({ reader: "rules", partition: 1 }, "worker-1", 60_000);
    const side = joinedSides(await openRedisTransfer(options), openMemoryTransfer());
    const ended = await move(side, openMemoryTransfer());
    assert.ok(ended.outcome === "refused" && ended.reason === "processes_at_work");
    assert.equal(ended.holders[0], "reader worker-1");
    assert.match(ended.holders[1] ?? "", /^connection from 127\.0\.0\.1:/);
    assert.equal((await move(side, openMemoryTransfer(), { evenIfRunning: true })).outcome, "moved");
    // Who goes on all the same is told at the next look, and nobody starts on it.
    await assert.rejects(store.check(), { code: "store.not_in_force" });
    await assert.rejects(openRedisStore(options), { code: "store.not_in_force" });
    await store.close();
    await side.close();
  });
});
