import { after, before, describe } from "node:test";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import type { Harness } from "../../contract/harness.ts";
import { modelContract } from "../../contract/model.ts";
import { movableClock } from "../../support/clock.ts";
import { NO_REDIS, type RedisServer, redisHarness, startRedis } from "../../support/redis.ts";

async function reference(): Promise<Harness> {
  const clock = movableClock();
  return { ...openMemoryStore({ clock, partitions: 2 }), clock };
}

describe("a real Redis server", { skip: NO_REDIS }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.remove());

  modelContract("redis", { subject: () => redisHarness(server, { partitions: 2 }), reference });
});
