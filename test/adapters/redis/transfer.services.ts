import { after, before, describe } from "node:test";
import { openRedisTransfer } from "../../../adapters/redis/index.ts";
import { joinedSides } from "../../../bot/migrate/index.ts";
import { openMemoryTransfer } from "../../../fixtures/memory-transfer/index.ts";
import { transferContract } from "../../contract/transfer.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";

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
});
