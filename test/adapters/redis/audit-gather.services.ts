import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import { openRedisStore } from "../../../adapters/redis/index.ts";
import { aDeed } from "../../contract/audit.ts";
import { aTask } from "../../support/builders.ts";
import { NO_REDIS, redisOptions, startRedis } from "../../support/redis.ts";

test("what a crash left beside a task after it came into the chain is not told twice", {
  skip: NO_REDIS,
}, async (t) => {
  const server = await startRedis();
  t.after(() => server.remove());
  const options = redisOptions(server);
  const store = await openRedisStore(options);
  const shell = new Redis({ host: "127.0.0.1", port: server.port });
  t.after(async () => {
    shell.disconnect();
    await store.close();
  });
  await store.tasks.make({ task: aTask(), outbox: [], fact: aDeed({ who: "once" }) });
  const [key = ""] = await shell.keys(`${options.prefix}*:facts`);
  const [fact = ""] = await shell.zrange(key, 0, "-1");
  await store.audit.read(0, 10);
  assert.equal(await shell.exists(key), 0);
  await shell.zadd(key, 1, fact);
  const entries = await store.audit.read(0, 10);
  assert.deepEqual(
    entries.map(({ who }) => who),
    ["once"],
  );
  assert.equal(await shell.exists(key), 0);
  await store.tasks.make({ task: aTask({ forEachIndex: 1 }), outbox: [], fact: aDeed({ who: "next" }) });
  assert.equal((await store.audit.read(0, 10)).length, 2);
});
