import { after, before, describe } from "node:test";
import { Redis } from "ioredis";
import { openRedisStore } from "../../../adapters/redis/index.ts";
import { type AuditHarness, auditContract } from "../../contract/audit.ts";
import { configStoreContract } from "../../contract/config-store.ts";
import { earlierTasksContract } from "../../contract/earlier-tasks.ts";
import { handOverContract } from "../../contract/hand-over.ts";
import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { leasesContract } from "../../contract/leases.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { replayStoreContract } from "../../contract/replay-store.ts";
import { stateStoreContract } from "../../contract/state-store.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { NO_REDIS, type RedisServer, redisHarness, redisOptions, startRedis } from "../../support/redis.ts";

/** A store whose entries a second connection changes behind its back, as somebody with a shell would. */
async function auditHarness(server: RedisServer): Promise<AuditHarness> {
  const options = redisOptions(server);
  const store = await openRedisStore(options);
  const shell = new Redis({ host: "127.0.0.1", port: server.port });
  const key = `${options.prefix}{audit}:chain`;
  let changed: Promise<unknown> = Promise.resolve();
  const replace = async (seq: number, change: object | null): Promise<void> => {
    const [text = "{}"] = await shell.zrangebyscore(key, seq, seq);
    await shell.zremrangebyscore(key, seq, seq);
    if (change) await shell.zadd(key, seq, JSON.stringify({ ...JSON.parse(text), ...change }));
  };
  const close = async () => {
    shell.disconnect();
    await store.close();
  };
  const verify = (from: number) => changed.then(() => store.audit.verify(from));
  const tamper: AuditHarness["tamper"] = (seq, change) => {
    changed = changed.then(() => replace(seq, change));
  };
  const rewrite: AuditHarness["rewrite"] = async (entries) => {
    await shell.del(key);
    for (const entry of entries) await shell.zadd(key, entry.seq, JSON.stringify(entry));
  };
  return { audit: { ...store.audit, verify }, tamper, rewrite, close };
}

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
  earlierTasksContract("redis", open);
  outboxContract("redis", open);
  throttleStoreContract("redis", open);
  configStoreContract("redis", open);
  replayStoreContract("redis", open);
  leasesContract("redis", open);
  handOverContract("redis", open);
  stateStoreContract("redis", open);
  auditContract("redis", () => auditHarness(server));
});
