import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { NO_REDIS, type RedisServer, startRedis } from "../support/redis.ts";
import { says, startSentinel } from "../support/redis-sentinel.ts";
import { startRelay } from "../support/relay.ts";
import { until } from "../support/world.ts";
import { assertAllKept, type Fleet, startFleet } from "./fleet.ts";
import { PATIENCE_MS } from "./program.ts";

/** Longer than any lease of a process. */
const HALTED_MS = 65_000;

/** Waits until a process was told by the store that it cannot do it. */
function failing({ members }: Fleet, n: number, code: string): Promise<unknown> {
  const lines = members[n]?.lines ?? [];
  return until({ lines, patienceMs: PATIENCE_MS }, `process ${n} to meet ${code}`, () =>
    lines.some((line) => JSON.stringify(line).includes(code)),
  );
}

describe("bad days of two processes on one Redis", { skip: NO_REDIS }, () => {
  test("Redis is killed and starts again: what was acknowledged is kept, nothing is doubled", async (t) => {
    const fleet = await startFleet(t);
    await fleet.under(60, async () => {
      await pause(1_000);
      await fleet.redis?.kill();
      await failing(fleet, 0, "store.unreachable");
      await fleet.redis?.start();
    });
    assert.deepEqual(await assertAllKept(fleet, 60), []);
  });

  test("a replica is promoted: the processes go over to it, and starts are looked for before new ones", async (t) => {
    const [master, replica] = [await startRedis(), { current: null as RedisServer | null }];
    replica.current = await startRedis(["--replicaof", "127.0.0.1", String(master.port)]);
    await says(master, /connected_slaves:1/);
    const sentinel = await startSentinel(master, replica.current);
    t.after(async () => {
      await sentinel.end();
      await Promise.all([master.remove(), replica.current?.remove()]);
    });
    const env = () => ({ REDIS_URL: `redis-sentinel://127.0.0.1:${sentinel.port}/whale` });
    const fleet = await startFleet(t, { env });
    await fleet.under(60, async () => {
      await pause(1_000);
      await master.kill();
      if (replica.current) await says(replica.current, /role:master/);
    });
    assert.deepEqual(await assertAllKept(fleet, 60), []);
  });

  test("the memory of Redis is full: intake answers 503, and takes events again once there is room", async (t) => {
    const fleet = await startFleet(t);
    const admin = new Redis({ host: "127.0.0.1", port: fleet.redis?.port ?? 0 });
    t.after(() => admin.disconnect());
    await fleet.under(40, async () => {
      await pause(500);
      await admin.config("SET", "maxmemory", "1");
      await until({ lines: [] }, "intake to answer 503", async () => {
        const detail = { host: "full" };
        const body = JSON.stringify({ event_type: "chaos.probe", id: "while-full", title: "x", detail });
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${fleet.url}/hooks/generic`, { method: "POST", body, headers });
        return answer.status === 503 && answer.headers.has("retry-after");
      });
      await admin.config("SET", "maxmemory", "0");
    });
    await assertAllKept(fleet, 40);
  });

  test("one process loses the network to Redis: the other goes on, and the first comes back", async (t) => {
    const at = { port: 0 };
    const relay = await startRelay(() => [at.port]);
    t.after(() => relay.close());
    const fleet = await startFleet(t, {
      env: (n, redis) => {
        at.port = redis.port;
        return n === 0 ? { REDIS_URL: `redis://127.0.0.1:${relay.port}` } : {};
      },
    });
    await fleet.under(100, async () => {
      await pause(1_000);
      relay.cut();
      await failing(fleet, 0, "store.unreachable");
      relay.mend();
    });
    assert.deepEqual(await assertAllKept(fleet, 100), []);
  });

  test("a process is halted for longer than its leases: the other takes over, and what it does then is fenced", async (t) => {
    const fleet = await startFleet(t);
    const reader = () =>
      fleet.members.findIndex(({ lines }) => lines.some(({ msg }) => msg === "rule judged"));
    await fleet.under(200, async () => {
      const halted = await until(
        { lines: [] },
        "one to read the journal",
        () => reader() >= 0 && { n: reader() },
      );
      fleet.members[halted.n]?.signal("SIGSTOP");
      fleet.passedOver.add(halted.n);
      const { lines } = fleet.members[1 - halted.n] ?? { lines: [] };
      await until({ lines, patienceMs: HALTED_MS }, "the other to read it", () =>
        lines.some(({ msg }) => msg === "rule judged"),
      );
      await pause(HALTED_MS);
      fleet.members[halted.n]?.signal("SIGCONT");
      fleet.passedOver.delete(halted.n);
    });
    const unknown = await assertAllKept(fleet, 200);
    // Only what it had in hand between intent and answer.
    assert.ok(unknown.length <= 32, unknown.join("\n"));
  });
});
