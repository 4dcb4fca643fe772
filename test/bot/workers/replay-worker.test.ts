import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ReplayWorkerDeps } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Audit } from "../../../core/ports/index.ts";
import { changed, type ReplayOrder } from "../../../core/replays/index.ts";
import { upTo } from "../../contract/harness.ts";
import { START_MS } from "../../support/clock.ts";
import { aReplay } from "../../support/replays.ts";
import { aRule } from "../../support/tasks.ts";
import { eventually, settled } from "./parts.ts";
import { type ReplayWorld, replayWorld, storedEvent } from "./replay-parts.ts";

const THROTTLE = { key: "{{ detail.app }}", limit: 1, perMs: 600_000, burst: 1 };

/** Runs one replay to its end, by a worker with these parts. */
async function run(world: ReplayWorld, order: Partial<ReplayOrder>, parts: Partial<ReplayWorkerDeps> = {}) {
  await world.store.replays.create(aReplay("r_1", { order }));
  const worker = world.start(parts);
  const replay = await world.ended("r_1");
  await worker.stop();
  return replay;
}

/** Everything that a replay could have left behind. */
async function traces({ store, archive }: ReplayWorld) {
  const { events } = await archive.search({ limit: 10_000 });
  const verdicts = await Promise.all(events.map(({ id }) => archive.verdicts(id)));
  return {
    tasks: (await store.tasks.list({ limit: 1000 })).length,
    outbox: await store.outbox.depth(),
    bucket: await store.throttle.show("vm-disk-cleanup:shop"),
    verdicts: verdicts.flat().length,
    journal: (await store.journal.lag("archive")) + (await store.journal.lag("rules")),
  };
}

const NOTHING = { tasks: 0, outbox: {}, bucket: null, verdicts: 0, journal: 0 };

/** What is written of replays themselves, among the moves of their tasks. */
async function replayed(audit: Pick<Audit, "read">) {
  return (await audit.read(0, 100)).filter(({ what }) => what === "events.replay");
}

describe("a rehearsal", () => {
  test("makes no task, no message, no throttle state and no verdict", async () => {
    const world = await replayWorld(
      upTo(450).map((no) => storedEvent(no)),
      [aRule({ throttle: THROTTLE })],
    );
    const replay = await run(world, {});
    assert.deepEqual(await traces(world), NOTHING);
    assert.deepEqual([replay.state, replay.reason], ["done", "all_judged"]);
    assert.deepEqual([replay.progress.events, replay.progress.tasks], [450, 1]);
    assert.deepEqual(replay.progress.buckets, []);
  });

  test("throttles by when events were received, as live ones are", async () => {
    const times = [0, 599, 600, 1_000, 1_300];
    const world = await replayWorld(
      times.map((no) => storedEvent(no)),
      [aRule({ throttle: THROTTLE })],
    );
    const [tally] = (await run(world, {})).progress.rules;
    assert.deepEqual([tally?.fired, tally?.held], [3, { throttled: 2 }]);
  });

  test("throttles nothing when it is asked not to", async () => {
    const world = await replayWorld(
      upTo(5).map((no) => storedEvent(no)),
      [aRule({ throttle: THROTTLE })],
    );
    assert.equal((await run(world, { ignoreThrottle: true })).progress.tasks, 5);
  });

  test("shows what would be done, whom it would ask, and why the rest would not", async () => {
    const resolved = storedEvent(2, { status: "resolved" });
    const world = await replayWorld([storedEvent(1), resolved]);
    const { samples } = (await run(world, {})).progress;
    assert.deepEqual(
      samples.map(({ reason }) => reason),
      ["fired", "not_firing"],
    );
    assert.deepEqual(samples[0]?.work, {
      action: "disk.cleanup",
      params: { host: "vm-1" },
      targets: ["vm-1"],
      clusters: ["hz-core"],
      asks: { tag: "sre-oncall" },
    });
  });

  test("judges only by the rules that were named", async () => {
    const world = await replayWorld([storedEvent(1)], [aRule(), aRule({ id: "other" })]);
    const { rules } = (await run(world, { rules: ["other"] })).progress;
    assert.deepEqual(
      rules.map(({ ruleId }) => ruleId),
      ["other"],
    );
  });

  test("takes up its own buckets where a worker that was killed left them", async () => {
    const events = upTo(400).map((no) => storedEvent(no));
    const world = await replayWorld(events, [aRule({ throttle: THROTTLE })]);
    const search: ReplayWorkerDeps["archive"]["search"] = (query) => {
      // So that every page is stored.
      world.clock.advance(2_000);
      return world.archive.search(query);
    };
    await world.store.replays.create(aReplay("r_1"));
    await killedAfter(2, world, { archive: { search } });
    const half = (await world.store.replays.get("r_1"))?.progress;
    assert.deepEqual([half?.events, half?.tasks, half?.buckets.length], [100, 1, 1]);
    const worker = world.start();
    const { progress } = await world.ended("r_1");
    await worker.stop();
    assert.deepEqual([progress.events, progress.tasks], [400, 1]);
  });
});

const REAL = { mode: "real", perSecond: 1_000 } as const;

/** Lets a worker do so many writes and then nothing any more, as when its process is killed. */
async function killedAfter(
  writes: number,
  world: ReplayWorld,
  parts: Partial<ReplayWorkerDeps> = {},
): Promise<void> {
  const { tasks, replays } = world.store;
  let left = writes;
  const orDead = <T>(written: T): T | Promise<never> => {
    left -= 1;
    return left > 0 ? written : new Promise<never>(() => undefined);
  };
  const worker = world.start({
    tasks: { make: async (making) => orDead(await tasks.make(making)) },
    replays: { ...replays, save: async (change) => orDead(await replays.save(change)) },
    ...parts,
  });
  await eventually("the last write", () => left <= 0);
  void worker.stop();
  world.clock.advance(60_000);
}

describe("a real replay", () => {
  test("makes the tasks that live events would, marked, and asks for each", async () => {
    const world = await replayWorld(upTo(3).map((no) => storedEvent(no)));
    const { progress } = await run(world, REAL);
    const tasks = await world.store.tasks.list({ limit: 10 });
    assert.deepEqual([tasks.length, progress.tasks], [3, 3]);
    for (const { origin, state } of tasks) {
      assert.deepEqual(origin, { kind: "replay", replay: "r_1", by: "zhangsan" });
      assert.equal(state, "pending_approval");
    }
    assert.deepEqual(await world.store.outbox.depth(), { card: 3 });
    const sampled = progress.samples.map(({ taskId }) => taskId).sort();
    assert.deepEqual(sampled, tasks.map(({ id }) => id).sort());
  });

  // One write begins it, then three tasks and the page, twice, then the end.
  for (const writes of upTo(9).map((n) => n + 1)) {
    test(`makes each task once when it is killed after ${writes} writes`, async () => {
      const world = await replayWorld(upTo(6).map((no) => storedEvent(no)));
      await world.store.replays.create(aReplay("r_1", { order: { mode: "real", perSecond: 3 } }));
      const nowMs = { tick: 0 };
      const clock = { nowMs: () => world.clock.nowMs() + 1_000 * nowMs.tick++ };
      await killedAfter(writes, world, { clock });
      const worker = world.start({ clock });
      const { progress, reason } = await world.ended("r_1");
      await worker.stop();
      const tasks = await world.store.tasks.list({ limit: 100 });
      assert.deepEqual([reason, tasks.length, progress.events, progress.tasks], ["all_judged", 6, 6, 6]);
    });
  }

  test("takes tokens of the true buckets at this moment, and is held back by them", async () => {
    const world = await replayWorld(
      upTo(3).map((no) => storedEvent(no)),
      [aRule({ throttle: THROTTLE })],
    );
    const { progress } = await run(world, REAL);
    assert.deepEqual([progress.tasks, progress.rules[0]?.held], [1, { throttled: 2 }]);
    const bucket = await world.store.throttle.show("vm-disk-cleanup:shop");
    assert.equal(bucket?.nextAtMs, START_MS + 600_000);
  });

  test("leaves the buckets alone when it is told to", async () => {
    const world = await replayWorld(
      upTo(3).map((no) => storedEvent(no)),
      [aRule({ throttle: THROTTLE })],
    );
    const { progress } = await run(world, { ...REAL, ignoreThrottle: true });
    assert.equal(progress.tasks, 3);
    assert.equal(await world.store.throttle.show("vm-disk-cleanup:shop"), null);
  });

  test("ends after as many tasks as it may make", async () => {
    const world = await replayWorld(upTo(5).map((no) => storedEvent(no)));
    const { state, reason, progress } = await run(world, { ...REAL, maxTasks: 2 });
    assert.deepEqual([state, reason, progress.tasks], ["done", "max_tasks", 2]);
    assert.equal((await world.store.tasks.list({ limit: 10 })).length, 2);
  });

  test("ends after as many events as it may judge, and says when those were all", async () => {
    for (const [maxEvents, reason] of [
      [3, "max_events"],
      [5, "all_judged"],
    ] as const) {
      const world = await replayWorld(upTo(5).map((no) => storedEvent(no)));
      const replay = await run(world, { ...REAL, maxEvents });
      assert.deepEqual([replay.reason, replay.progress.events], [reason, maxEvents]);
    }
  });

  test("judges as many events in a second as it may", async () => {
    const world = await replayWorld(upTo(6).map((no) => storedEvent(no)));
    await world.store.replays.create(aReplay("r_1", { order: { mode: "real", perSecond: 2 } }));
    const worker = world.start();
    const events = async () => (await world.store.replays.get("r_1"))?.progress.events;
    await eventually("the first turn", async () => (await events()) === 2);
    worker.wake();
    await settled();
    assert.equal(await events(), 2);
    world.clock.advance(1_000);
    worker.wake();
    await eventually("the second turn", async () => (await events()) === 4);
    await worker.stop();
  });
});

describe("every replay", () => {
  test("leaves out the ends of tasks, and what its asker has no right on, and counts them", async () => {
    const ended = storedEvent(1, { type: "whale.task.ended" });
    const other = storedEvent(2, { type: "vm.memory" });
    const world = await replayWorld(
      [storedEvent(0), ended, other],
      [aRule({ on: ["vm.disk.usage", "vm.memory"] })],
    );
    const events = { kind: "limited" as const, anyOf: [{ types: ["vm.disk.*"] }] };
    const { progress } = await run(world, { scope: { events, rules: { kind: "everything" } } });
    const { events: read, chained, outOfScope, tasks } = progress;
    assert.deepEqual([read, chained, outOfScope, tasks], [3, 1, 1, 1]);
  });

  test("asks no rule that its asker may not read", async () => {
    const world = await replayWorld([storedEvent(0)], [aRule(), aRule({ id: "pay", business: "pay" })]);
    const rules = { kind: "limited" as const, anyOf: [{ businesses: ["shop"] }] };
    const { progress } = await run(world, { scope: { events: { kind: "everything" }, rules } });
    assert.deepEqual(
      progress.rules.map(({ ruleId }) => ruleId),
      ["vm-disk-cleanup"],
    );
  });

  for (const [what, hold] of [
    ["the rules have not read everything", { journal: { lag: async () => 1 } }],
    ["intake is crowded or short of something", { busy: () => true }],
  ] as const) {
    test(`waits while ${what}`, async () => {
      const world = await replayWorld([storedEvent(0)]);
      await world.store.replays.create(aReplay("r_1"));
      const worker = world.start(hold);
      await eventually(
        "it to be taken up",
        async () => (await world.store.replays.get("r_1"))?.state === "running",
      );
      await settled();
      assert.equal((await world.store.replays.get("r_1"))?.progress.events, 0);
      await worker.stop();
    });
  }

  test("stops when it is canceled", async () => {
    const world = await replayWorld(upTo(1_000).map((no) => storedEvent(no)));
    const { replays } = world.store;
    let pages = 0;
    const search: ReplayWorkerDeps["archive"]["search"] = async (query) => {
      pages += 1;
      world.clock.advance(2_000);
      const replay = await replays.get("r_1");
      const over = replay && changed(replay, { state: "canceled", reason: "canceled_by_person" }, START_MS);
      if (over && query.after) await replays.save({ replay: over, expected: replay.revision });
      return world.archive.search(query);
    };
    await replays.create(aReplay("r_1"));
    const worker = world.start({ archive: { search } });
    const replay = await world.ended("r_1");
    await settled(100);
    await worker.stop();
    assert.deepEqual([replay.state, replay.progress.events, pages], ["canceled", 100, 2]);
  });

  test("is written in the audit log when it ends, with what came of it", async () => {
    const world = await replayWorld(upTo(2).map((no) => storedEvent(no)));
    await run(world, REAL);
    const [entry] = await replayed(world.store.audit);
    assert.deepEqual([entry?.who, entry?.what, entry?.object], ["user:zhangsan", "events.replay", "r_1"]);
    const counts = { events: 2, chained: 0, outOfScope: 0, tasks: 2 };
    assert.deepEqual(entry?.detail, { state: "done", reason: "all_judged", mode: "real", ...counts });
  });

  test("fails with the reason when the archive does not take its filter", async () => {
    const world = await replayWorld([storedEvent(0)]);
    const bad = new ChatOpsError("archive: text is too long", { code: "archive.bad_query" });
    const replay = await run(world, {}, { archive: { search: () => Promise.reject(bad) } });
    assert.deepEqual([replay.state, replay.reason, replay.message], ["failed", "bad_filter", bad.message]);
  });

  test("goes on by itself after a failure that passes, and counts nothing twice", async () => {
    const world = await replayWorld(upTo(3).map((no) => storedEvent(no)));
    let failures = 2;
    const failing = async <T>(work: () => Promise<T>): Promise<T> => {
      failures -= 1;
      if (failures >= 0) throw new ChatOpsError("no room", { code: "store.write_failed", retryable: true });
      return work();
    };
    const { audit, tasks } = world.store;
    const parts: Partial<ReplayWorkerDeps> = {
      audit: { append: (fact) => failing(() => audit.append(fact)) },
      tasks: { make: (making) => tasks.make(making) },
    };
    const { progress } = await run(world, { mode: "real", perSecond: null }, parts);
    assert.deepEqual([progress.events, progress.tasks], [3, 3]);
    assert.equal((await replayed(audit)).length, 1);
  });
});
