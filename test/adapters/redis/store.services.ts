import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { openRedisStore, type RedisStore } from "../../../adapters/redis/index.ts";
import type { Queue } from "../../../core/ports/index.ts";
import { aStop } from "../../contract/state-store.ts";
import { aDelivery, aDraft, anOutboxItem, aRawBody, aTask } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";
import { aReplay } from "../../support/replays.ts";

const LEASE_MS = 30_000;
const TAKE = { grantId: "t_g", key: "k", limit: 1, perMs: 60_000, burst: 1, atMs: START_MS };

let server: RedisServer;
let admin: Redis;
let store: RedisStore;
let prefix = "";
let opened: RedisStore[] = [];

async function openStore(overrides: Partial<Parameters<typeof openRedisStore>[0]> = {}): Promise<RedisStore> {
  const options = redisOptions(server, { clock: movableClock(), partitions: 1, ...overrides });
  prefix = options.prefix ?? "";
  const store = await openRedisStore(options);
  opened.push(store);
  return store;
}

/** Announcements come with the end of a turn, those of others over the network. */
function heard(from: RedisStore, count: number): Promise<Queue[]> {
  const queues: Queue[] = [];
  return new Promise((resolve) => {
    from.onWrite((what) => {
      queues.push(what);
      if (queues.length === count) resolve(queues.sort());
    });
  });
}

describe("a store on a real Redis server", { skip: NO_REDIS }, () => {
  before(async () => {
    server = await startRedis();
    admin = new Redis({ host: "127.0.0.1", port: server.port });
    admin.on("error", () => undefined);
  });
  after(async () => {
    admin.disconnect();
    await server.remove();
  });
  beforeEach(async () => {
    store = await openStore();
  });
  afterEach(async () => {
    await server.start();
    for (const one of opened) await one.close();
    opened = [];
  });

  keeping();
  closing();
  telling();
  warning();
});

function keeping(): void {
  test("loads its scripts again after the server has forgotten them", async () => {
    await store.tasks.make({ task: aTask(), outbox: [anOutboxItem()] });
    await admin.script("FLUSH");
    const again = { task: aTask({ forEachIndex: 1 }), outbox: [] };
    assert.deepEqual(await store.tasks.make(again), { outcome: "made" });
    assert.equal((await store.tasks.claimDue("w", 10, LEASE_MS)).length, 2);
  });

  test("still holds everything after the server was killed and started again, and goes on by itself", async () => {
    const raw = aRawBody("body");
    const [first] = await store.journal.append(aDelivery([aDraft()], { raw }));
    await store.tasks.make({
      task: aTask(),
      outbox: [anOutboxItem()],
      take: { ...TAKE, grantId: aTask().id },
    });
    await store.inbox.insert({
      key: "c",
      receivedAtMs: START_MS,
      payload: { kind: "other", userId: "u", event: "e", createdAtSeconds: 1 },
    });
    const [held] = await store.tasks.claimDue("w", 1, LEASE_MS);
    await server.kill();
    await server.start();
    const [again] = await store.journal.append(aDelivery([aDraft()], { raw }));
    assert.deepEqual(again, { eventId: first?.eventId, outcome: "duplicate" });
    assert.deepEqual(await store.journal.raw(raw.ref), raw);
    assert.deepEqual(await store.outbox.depth(), { answer: 1 });
    assert.equal((await store.inbox.claim(1, LEASE_MS)).length, 1);
    assert.equal((await store.throttle.show("k"))?.tokens, 0);
    assert.deepEqual(await store.tasks.claimDue("other", 1, LEASE_MS), []);
    const move = { task: { ...aTask(), revision: 2 }, expected: 1, outbox: [], fence: held?.fence ?? 0 };
    assert.equal(await store.tasks.move(move), "moved");
  });

  test("fails calls while the server is away, tells that they never reached it, and recovers", async () => {
    const hasty = await openStore({ timeoutMs: 200 });
    await server.kill();
    // The first call may still go into the connection that breaks.
    await assert.rejects(hasty.tasks.get("t_a"), { code: "store.unreachable" });
    const unreachable = { code: "store.unreachable", retryable: true, reached: "no" };
    await assert.rejects(hasty.journal.append(aDelivery([aDraft()])), unreachable);
    await assert.rejects(hasty.check(), unreachable);
    await server.start();
    await assert.doesNotReject(store.check());
  });

  test("gives up a call that a stopped server does not answer", async () => {
    const hasty = await openStore({ timeoutMs: 200 });
    server.halt();
    await assert.rejects(hasty.tasks.get("t_a"), {
      code: "store.unreachable",
      retryable: true,
      reached: "maybe",
    });
    await server.start();
  });

  test("keeps its number of partitions and says when another was asked for", async () => {
    const log = recordingLog();
    const other = await openStore({ prefix, log, partitions: 8 });
    assert.equal(other.journal.partitions, 1);
    assert.deepEqual(
      log.lines.map((line) => line.fields),
      [{ stored: 1, asked: 8 }],
    );
  });

  test("refuses data of a later version", async () => {
    await admin.hset(`${prefix}{meta}`, "version", "2");
    await assert.rejects(openStore({ prefix }), { code: "store.newer_version" });
  });

  test("touches keys of one hash tag in each script", async () => {
    await store.tasks.make({ task: aTask(), outbox: [anOutboxItem()], take: TAKE });
    const keys = await admin.keys(`${prefix}*`);
    assert.ok(keys.length > 10);
    assert.deepEqual(
      keys.filter(
        (key) => !/^t\d+:\{(p[0-5]\d|p6[0-3]|out|in|journal|audit|config|throttle|meta)\}/.test(key),
      ),
      [],
    );
  });
}

function closing(): void {
  test("refuses every call once it is closed, and may be closed twice", async () => {
    await store.close();
    await store.close();
    await assert.rejects(store.tasks.get("t_a"), { code: "store.closed" });
    await assert.rejects(store.outbox.add([]), { code: "store.closed" });
    await assert.rejects(store.journal.append(aDelivery([])), { code: "store.closed" });
  });

  test("finishes at closing what was asked before", async () => {
    const made = store.tasks.make({ task: aTask(), outbox: [] });
    const receipts = store.journal.append(aDelivery([aDraft()]));
    await store.close();
    assert.deepEqual(await made, { outcome: "made" });
    assert.equal((await receipts)[0]?.outcome, "new");
  });

  test("stores nothing of a delivery of which one draft cannot be decided, and the others whole", async () => {
    const broken = aDraft({ dedupeKey: "b", event: { detail: { big: 1n as unknown as number } } });
    const raw = aRawBody("half");
    const append = store.journal.append(aDelivery([aDraft(), broken], { raw }));
    const whole = store.journal.append(aDelivery([aDraft({ dedupeKey: "c" })]));
    await assert.rejects(append, { code: "store.undecided" });
    assert.equal((await whole)[0]?.outcome, "new");
    assert.equal(await store.journal.raw(raw.ref), null);
    assert.equal(await store.journal.lag("rules"), 1);
  });
}

function telling(): void {
  test("tells once per turn which queues have new work", async () => {
    const queues = heard(store, 3);
    await Promise.all([
      store.tasks.make({ task: aTask(), outbox: [anOutboxItem()] }),
      store.journal.append(aDelivery([aDraft()])),
    ]);
    assert.deepEqual(await queues, ["journal", "outbox", "tasks"]);
  });

  test("tells another process's store", async () => {
    const other = await openStore({ prefix });
    const queues = heard(other, 2);
    await store.tasks.make({ task: aTask(), outbox: [anOutboxItem()] });
    assert.deepEqual(await queues, ["outbox", "tasks"]);
  });

  test("tells of a replay that somebody asked for", async () => {
    const queues = heard(store, 1);
    await store.replays.create(aReplay("r_1"));
    assert.deepEqual(await queues, ["replays"]);
  });

  test("tells another process's store of what somebody ordered and took back", async () => {
    const other = await openStore({ prefix });
    const ordered = heard(other, 1);
    const stop = { kind: "stop", name: "everything", expected: null, body: aStop() } as const;
    const stored = await store.state.put(stop);
    assert.deepEqual(await ordered, ["state"]);
    assert.ok(stored.outcome === "stored");
    const lifted = heard(other, 1);
    await store.state.remove("stop", "everything", stored.document.revision);
    assert.deepEqual(await lifted, ["state"]);
  });

  test("tells nothing of writes that bring no work", async () => {
    const task = aTask();
    await store.tasks.make({ task, outbox: [] });
    await store.journal.append(aDelivery([aDraft()]));
    await store.replays.create(aReplay("r_1"));
    const queues: Queue[] = [];
    store.onWrite((what) => queues.push(what));
    await store.tasks.make({ task, outbox: [anOutboxItem()] });
    await store.journal.append(aDelivery([aDraft()]));
    await store.throttle.take([TAKE]);
    await store.replays.create(aReplay("r_1"));
    await store.leases.acquire("scheduler", "one", LEASE_MS);
    await store.state.remove("stop", "everything", 1);
    await store.check();
    assert.deepEqual(queues, []);
  });

  test("lets no listener silence another by throwing", async () => {
    store.onWrite(() => {
      throw new Error("listener");
    });
    const queues = heard(store, 1);
    await store.outbox.add([anOutboxItem()]);
    assert.deepEqual(await queues, ["outbox"]);
  });
}

function warning(): void {
  test("warns of nothing where each write is synced, and tells the bytes in use", () => {
    assert.deepEqual(store.warnings(), []);
    assert.ok(store.sizeBytes() > 0);
  });

  const weaker: [setting: string, value: string, back: string, told: RegExp][] = [
    ["appendfsync", "everysec", "always", /everysec.*last second/],
    ["appendfsync", "no", "always", /appendfsync no.*half minute/],
    ["appendonly", "no", "yes", /appendonly no.*lost when it restarts/],
  ];
  for (const [setting, value, back, told] of weaker) {
    test(`says which promise is reduced to what with ${setting} ${value}`, async () => {
      await admin.config("SET", setting, value);
      await store.check();
      const [found] = store.warnings();
      await admin.config("SET", setting, back);
      assert.equal(found?.about, "redis");
      assert.match(found?.message ?? "", told);
      await store.check();
      assert.deepEqual(store.warnings(), []);
    });
  }

  test("refuses a server that may throw keys away, at opening and later", async () => {
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    const refused = { code: "store.bad_settings", message: /allkeys-lru/ };
    await assert.rejects(openStore(), refused);
    await assert.rejects(store.check(), refused);
    await admin.config("SET", "maxmemory-policy", "noeviction");
    await assert.doesNotReject(store.check());
  });

  test("says so when the server does not tell its settings", async () => {
    await admin.acl("SETUSER", "reader", "on", ">pass", "~*", "&*", "+@all", "-config");
    const other = await openStore({ username: "reader", password: "pass" });
    assert.match(other.warnings()[0]?.message ?? "", /does not tell its settings/);
  });

  test("is refused with a wrong password, which no error and no log line shows", async () => {
    await admin.acl("SETUSER", "strict", "on", ">right", "~*", "&*", "+@all");
    const log = recordingLog();
    const password = "wr0ng-passw0rd";
    const opening = openStore({ username: "strict", password, log, timeoutMs: 300 });
    const error = await opening.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.match(String(error), /WRONGPASS/);
    assertLeaksNoSecret([password], error);
    assertLeaksNoSecret([password], log.lines);
  });

  test("cannot be opened where no server listens, and says where", async () => {
    const servers = { kind: "standalone" as const, host: "127.0.0.1", port: 1 };
    const opening = openRedisStore({ servers, log: silentLog, timeoutMs: 200 });
    await assert.rejects(opening, { code: "store.unreachable", retryable: true, message: /127\.0\.0\.1:1/ });
  });
}
