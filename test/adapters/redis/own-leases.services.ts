import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openRedisStore } from "../../../adapters/redis/index.ts";
import { upTo } from "../../contract/harness.ts";
import { anOutboxItem, aTask } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";

const LEASE_MS = 60_000;

describe("a process that starts again under its name on Redis", { skip: NO_REDIS }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.remove());

  test("frees what it held, and only that; what it did before is fenced", async () => {
    const options = redisOptions(server, { clock: movableClock() });
    const open = (holder: string) => openRedisStore({ ...options, holder });
    const [a, b] = [await open("a"), await open("b")];
    for (const n of upTo(4)) {
      await a.tasks.make({ task: aTask({ forEachIndex: n }), outbox: [anOutboxItem({ key: `k${n}` })] });
      const payload = { kind: "text" as const, userId: "u", text: "x", chatId: null };
      await a.inbox.insert({ key: `c${n}`, receivedAtMs: n, payload: payload as never });
    }
    const claim = async (store: typeof a, holder: string) => ({
      tasks: await store.tasks.claimDue(holder, 2, LEASE_MS),
      messages: await store.outbox.claim(2, LEASE_MS),
      callbacks: await store.inbox.claim(2, LEASE_MS),
    });
    const before = await claim(a, "a");
    const others = await claim(b, "b");
    await a.close();

    const again = await open("a");
    const after = await claim(again, "a");
    assert.deepEqual(
      after.tasks.map(({ task }) => task.id),
      before.tasks.map(({ task }) => task.id),
    );
    assert.deepEqual(
      [...after.messages, ...after.callbacks].map(({ key, attempts }) => [key, attempts]),
      [...before.messages, ...before.callbacks].map(({ key }) => [key, 1]),
    );
    const [old, own] = [before.messages[0], others.messages[0]];
    assert.equal(await again.outbox.settle(old?.key ?? "", old?.fence ?? 0), false);
    assert.equal(await b.outbox.settle(own?.key ?? "", own?.fence ?? 0), true);
    const [task] = before.tasks;
    const moved = task && { ...task.task, revision: task.task.revision + 1 };
    const move = { task: moved ?? aTask(), expected: task?.task.revision ?? 0, outbox: [] };
    assert.equal(await again.tasks.move({ ...move, fence: task?.fence ?? 0 }), "conflict");
    await Promise.all([again.close(), b.close()]);
  });
});
