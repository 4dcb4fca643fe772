import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { openRedisStore, type RedisStore } from "../../../adapters/redis/index.ts";
import type { Receipt } from "../../../core/ports/index.ts";
import { upTo } from "../../contract/harness.ts";
import { aDraftNo, passAll } from "../../contract/journal/support.ts";
import { aTake } from "../../contract/throttle-store.ts";
import { aDelivery, aDraft, anOutboxItem, aTask } from "../../support/builders.ts";
import { type MovableClock, movableClock, START_MS } from "../../support/clock.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../../support/redis.ts";

const LEASE_MS = 30_000;

let server: RedisServer;
let clock: MovableClock;
let stores: [RedisStore, RedisStore];

/** Does a job many times on both stores, all at once. */
function onBoth<T>(times: number, job: (store: RedisStore, n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(upTo(times).map((n) => job(stores[n % 2] as RedisStore, n)));
}

function countOf(receipts: readonly Receipt[], outcome: Receipt["outcome"]): number {
  return receipts.filter((one) => one.outcome === outcome).length;
}

describe("two stores on one Redis server", { skip: NO_REDIS }, () => {
  before(async () => {
    server = await startRedis();
  });
  after(() => server.remove());
  beforeEach(async () => {
    clock = movableClock();
    const options = redisOptions(server, { clock });
    stores = [await openRedisStore(options), await openRedisStore(options)];
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
  });

  claiming();
  fencing();
  appending();
});

function claiming(): void {
  test("never claim a task twice, and leave none", async () => {
    await onBoth(60, (store, n) => store.tasks.make({ task: aTask({ forEachIndex: n }), outbox: [] }));
    const claims = (await onBoth(20, (store, n) => store.tasks.claimDue(`w${n}`, 4, LEASE_MS))).flat();
    assert.equal(claims.length, 60);
    assert.equal(new Set(claims.map((claim) => claim.task.id)).size, 60);
  });

  test("never give a message or a callback out twice, and leave none", async () => {
    await onBoth(60, async (store, n) => {
      await store.outbox.add([anOutboxItem({ key: `k${n}` })]);
      const payload = { kind: "other" as const, userId: "u", event: "e", createdAtSeconds: 1 };
      await store.inbox.insert({ key: `k${n}`, receivedAtMs: START_MS, payload });
    });
    const messages = (await onBoth(20, (store) => store.outbox.claim(5, LEASE_MS))).flat();
    const callbacks = (await onBoth(20, (store) => store.inbox.claim(5, LEASE_MS))).flat();
    for (const claims of [messages, callbacks]) {
      assert.equal(claims.length, 60);
      assert.equal(new Set(claims.map((claim) => claim.key)).size, 60);
    }
  });

  test("give a place of a reader to one", async () => {
    const place = { reader: "rules" as const, partition: 0 };
    const fences = await onBoth(20, (store, n) => store.journal.lease(place, `w${n}`, LEASE_MS));
    assert.equal(fences.filter((fence) => fence !== null).length, 1);
  });

  test("take no more tokens than there are, and make as many tasks", async () => {
    const answers = await onBoth(100, (store, n) => {
      const task = aTask({ forEachIndex: n });
      return store.tasks.make({ task, outbox: [], take: aTake({ grantId: task.id, burst: 9 }) });
    });
    assert.equal(answers.filter((answer) => answer.outcome === "made").length, 9);
    assert.deepEqual(await stores[0].tasks.countByState(), { pending_approval: 9 });
  });

  test("take no more of a shared bucket than it holds, through a server that is killed meanwhile", async () => {
    const shared = { key: "@all", limit: 1, perMs: 3_600_000, burst: 9 };
    const wish = (n: number) =>
      aTake({ grantId: `t_${n}`, key: `rule/${n % 20}`, burst: 99, also: [shared] });
    const ask = () =>
      onBoth(200, (store, n) =>
        store.throttle.take([wish(n)]).then(
          ([grant]) => grant?.outcome,
          () => undefined,
        ),
      );
    const asking = ask();
    await stores[0].throttle.take([wish(0)]);
    await server.kill();
    const before = await asking;
    await server.start();
    const after = await ask();
    assert.equal(after.filter((outcome) => outcome === "granted").length, 9);
    for (const [n, outcome] of before.entries()) if (outcome !== undefined) assert.equal(after[n], outcome);
    const tokens = await Promise.all(upTo(20).map((n) => stores[1].throttle.show(`rule/${n}`)));
    assert.equal(
      tokens.reduce((sum, view) => sum + 99 - (view?.tokens ?? 0), 0),
      9,
    );
  });

  test("make one task when both ask with one id, with one token", async () => {
    const task = aTask();
    const answers = await onBoth(30, (store) =>
      store.tasks.make({ task, outbox: [], take: aTake({ grantId: task.id, burst: 2 }) }),
    );
    assert.equal(answers.filter((answer) => answer.outcome === "made").length, 1);
    assert.equal((await stores[1].throttle.show(aTake().key))?.tokens, 1);
  });
}

function fencing(): void {
  test("void the fences of one that was paused longer than its leases", async () => {
    const [paused, other] = stores;
    const task = aTask();
    const place = { reader: "rules" as const, partition: 0 };
    await paused.tasks.make({ task, outbox: [anOutboxItem()] });
    const [claim] = await paused.tasks.claimDue("paused", 1, LEASE_MS);
    const [message] = await paused.outbox.claim(1, LEASE_MS);
    const reader = await paused.journal.lease(place, "paused", LEASE_MS);
    clock.advance(LEASE_MS);
    const [taken] = await other.tasks.claimDue("other", 1, LEASE_MS);
    await other.outbox.claim(1, LEASE_MS);
    await other.journal.lease(place, "other", LEASE_MS);
    assert.ok(claim && message && reader !== null && taken);
    const move = { task: { ...task, revision: 2 }, expected: 1, outbox: [] };
    assert.equal(await paused.tasks.move({ ...move, fence: claim.fence }), "conflict");
    assert.equal(await paused.outbox.settle(message.key, message.fence), false);
    assert.equal(await paused.journal.commit(place, { fence: reader, first: 1, last: 1 }), false);
    assert.equal(await other.tasks.move({ ...move, fence: taken.fence }), "moved");
  });

  test("let one of many moves through", async () => {
    const task = aTask();
    await stores[0].tasks.make({ task, outbox: [] });
    const moves = await onBoth(40, (store) =>
      store.tasks.move({ task: { ...task, revision: 2 }, expected: 1, outbox: [] }),
    );
    assert.equal(moves.filter((outcome) => outcome === "moved").length, 1);
  });
}

function appending(): void {
  test("store each delivery once, whichever gets it first", async () => {
    const receipts = (
      await onBoth(200, (store, n) => store.journal.append(aDelivery([aDraftNo(n >> 1)])))
    ).flat();
    assert.equal(countOf(receipts, "new"), 100);
    assert.equal(countOf(receipts, "duplicate"), 100);
    assert.equal(await stores[0].journal.lag("rules"), 100);
  });

  test("open one incident for a storm of its alerts", async () => {
    const receipts = (
      await onBoth(100, (store, n) => store.journal.append(aDelivery([aDraft({ dedupeKey: `k${n}` })])))
    ).flat();
    assert.equal(countOf(receipts, "new"), 1);
    assert.equal(countOf(receipts, "repeat"), 99);
  });

  test("take a signature once", async () => {
    const replay = { signature: "s", forMs: 60_000 };
    const receipts = (
      await onBoth(40, (store, n) => {
        const drafts = upTo(3).map((m) => aDraft({ dedupeKey: null, freshId: `e_${n}_${m}` }));
        return store.journal.append(aDelivery(drafts, { replay }));
      })
    ).flat();
    assert.equal(new Set(receipts.map((one) => one.eventId)).size, 3);
    assert.equal(receipts.length - countOf(receipts, "duplicate"), 3);
  });

  test("lose nothing that was acknowledged, and double nothing, when the server is killed under them", async () => {
    const [one, other] = stores;
    const sent = onBoth(400, (store, n) =>
      store.journal.append(aDelivery(upTo(5).map((m) => aDraftNo(1_000 * n + m)))).then(
        (receipts) => receipts,
        () => [],
      ),
    );
    await one.journal.append(aDelivery([aDraftNo(-1)]));
    await server.kill();
    const acknowledged = (await sent).flat();
    await server.start();
    await onBoth(400, (store, n) =>
      store.journal.append(aDelivery(upTo(5).map((m) => aDraftNo(1_000 * n + m)))),
    );
    const events = await Promise.all(acknowledged.map(({ eventId }) => other.journal.event(eventId)));
    assert.ok(events.every((event) => event !== null));
    assert.equal(await other.journal.lag("rules"), 2_001);
    await passAll(other.journal, "rules");
    assert.equal(await one.journal.lag("rules"), 0);
  });
}
