import { after, before, describe } from "node:test";
import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { NO_REDIS, type RedisServer, redisHarness, startRedis } from "../../support/redis.ts";

describe("a real Redis server", { skip: NO_REDIS }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.remove());

  const open = () => redisHarness(server);
  journalContract("redis", open);
  inboxContract("redis", open);
  taskStoreContract("redis", open);
  outboxContract("redis", open);
  throttleStoreContract("redis", open);
});
