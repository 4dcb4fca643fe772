import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createBreakers,
  createDrains,
  createFleet,
  createUpgrades,
  guardedExecutor,
} from "../../../bot/clusters/index.ts";
import { createOpenRuns } from "../../../bot/routing/index.ts";
import type { CanaryResult, Cluster, DrainCounts, Probe } from "../../../core/clusters/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Executor } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { instantExecutor } from "../../bench/tasks/instant.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const UP: Probe = { outcome: "up", version: "3.9.0", tookMs: 1, skewMs: 0, stuck: 0 };
const DOWN: Probe = { outcome: "down", fault: "unauthorised", message: "401", tookMs: 1, skewMs: null };
const ORDER = { forMs: 60_000, atDeadline: "wait" as const, why: "升级", force: false };

const cluster = (name: string): Cluster => {
  return { name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses: ["shop"], priority: 1 };
};

/** Two clusters, whose looks, canaries and counts are what the test says. */
function aFleet() {
  const clock = movableClock(1_800_000_000_000);
  const log = recordingLog();
  const world = {
    ...{ probe: UP as Probe, canary: { outcome: "passed", tookMs: 1 } as CanaryResult, busy: 0 },
    told: [] as string[],
    canTell: true,
    triedToTell: 0,
    onCanary: async (): Promise<void> => undefined,
    onProbe: async (): Promise<Probe> => world.probe,
    onBusy: async (): Promise<number> => world.busy,
  };
  const { state, audit, tasks, leases } = openMemoryStore({ clock });
  const clusters = [cluster("hz"), { ...cluster("bj"), canary: { everyMs: 600_000, withinMs: 1_000 } }];
  const breakers = createBreakers({ clock, log });
  const engine: Executor = {
    ...instantExecutor(),
    probe: () => world.onProbe(),
    canary: async () => {
      await world.onCanary();
      return world.canary;
    },
    busy: () => world.onBusy(),
  };
  const executor = guardedExecutor(engine, breakers);
  const common = { clusters: () => clusters, executor, state, clock, log };
  const runs = createOpenRuns({
    ...{ tasks, advancer: { onMoved: () => undefined }, isAlone: false },
    clock,
    log,
  });
  const tell = async (name: string, _: unknown, counts: DrainCounts) => {
    world.told.push(`${name} ${counts.all}`);
  };
  const businesses = () => ["shop"];
  const isDown = () => false;
  const cancel = async () => undefined;
  const drains = createDrains({ ...common, businesses, isDown, runs, audit, cancel, tell });
  const upgrades = createUpgrades({
    ...{ ...common, drains, audit, leases, holder: "p1", ids: { ulid: () => "01" } },
    tell: async () => undefined,
    close: async () => undefined,
  });
  const fleet = createFleet({
    ...{ ...common, drains, upgrades, runs, breakers, metrics: { gauge: () => undefined } },
    tell: async (_key, words) => {
      world.triedToTell += 1;
      if (!world.canTell) throw new ChatOpsError("down", { code: "wecom.unreachable" });
      world.told.push(words.en);
    },
  });
  const rounds = async (seconds: number, everySeconds = 2) => {
    for (let at = 0; at < seconds; at += everySeconds) {
      clock.set(clock.nowMs() + everySeconds * 1000);
      await fleet.round();
      await new Promise(setImmediate);
    }
  };
  return { world, fleet, drains, rounds, breakers, clock, state, audit, log };
}

test("a cluster is looked at when somebody first asks, and is up when it answers", async () => {
  const { fleet } = aFleet();
  assert.equal(fleet.sights().get("hz")?.state, "unknown");
  const sight = await fleet.sightOf("hz");
  assert.deepEqual([sight.state, sight.version, sight.open], ["up", "3.9.0", 0]);
  assert.deepEqual(fleet.warnings(), []);
});

test("a cluster that hangs holds nobody up who asks how it stands: what Whale itself knows is told", async (t) => {
  const { world, fleet, drains } = aFleet();
  await drains.order("hz", ORDER, "user:zhangsan");
  world.onProbe = () => new Promise<never>(() => undefined);
  world.onBusy = () => new Promise<never>(() => undefined);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [sight, counts] = [fleet.sightOf("hz"), drains.counts("hz")];
  t.mock.timers.tick(3_000);
  assert.equal((await sight).state, "draining");
  assert.deepEqual(await counts, { own: 0, paused: 0, all: null });
});

test("a key that is rotated in mid-run brings it down, is told once with what to do, and its end too", async () => {
  const { world, fleet, rounds } = aFleet();
  await rounds(20);
  world.probe = DOWN;
  await rounds(120);
  assert.equal(fleet.sights().get("hz")?.state, "down");
  assert.match(fleet.warnings()[0]?.message ?? "", /down: .*key/);
  assert.equal(world.told.filter((text) => /hz is down.*key/.test(text)).length, 1);
  world.probe = UP;
  await rounds(400);
  assert.equal(fleet.sights().get("hz")?.state, "up");
  assert.equal(world.told.filter((text) => /hz is up again/.test(text)).length, 1);
});

test("the log warns of a cluster that goes down and of starts that are cut off, and only tells what ends it", async () => {
  const { world, fleet, rounds, breakers, log } = aFleet();
  await rounds(20);
  world.probe = DOWN;
  await rounds(120);
  world.probe = UP;
  await rounds(400);
  assert.equal(fleet.sights().get("hz")?.state, "up");
  for (let n = 0; n < 100; n++) breakers.note("bj", { what: "start", isGood: false });
  breakers.note("bj", { what: "start", isGood: true });
  const turns = log.lines.filter(
    ({ message, fields }) => /turned$/.test(message) && fields["to"] !== "degraded",
  );
  const told = new Set(turns.map(({ level, fields }) => `${fields["to"] ?? fields["isOpen"]} ${level}`));
  assert.deepEqual([...told].sort(), ["down warn", "false info", "true warn", "up info"]);
});

test("who cannot be told that it is down is not tried with each round, and is told once that works", async () => {
  const { world, rounds } = aFleet();
  await rounds(20);
  Object.assign(world, { probe: DOWN, canTell: false });
  await rounds(330);
  // Of two clusters, over five minutes.
  assert.ok(world.triedToTell >= 2 && world.triedToTell <= 24, `${world.triedToTell} tries`);
  world.canTell = true;
  await rounds(60);
  assert.equal(world.told.filter((text) => /hz is down/.test(text)).length, 1);
});

test("a cluster that flaps with each look does not turn with each, and nobody is told of it", async () => {
  const { world, fleet, rounds } = aFleet();
  await rounds(20);
  for (let at = 0; at < 60; at++) {
    world.probe = at % 2 ? UP : DOWN;
    await rounds(16);
    world.probe = UP;
    await rounds(4);
  }
  assert.ok(world.told.length <= 6, world.told.join("\n"));
  assert.ok(fleet.sights().get("hz"));
});

const HOUR_MS = 3_600_000;

test("people hear that a cluster is down although the clock was set back since they heard of it last", async () => {
  const { world, fleet, rounds, clock } = aFleet();
  await rounds(20);
  world.probe = DOWN;
  await rounds(120);
  world.probe = UP;
  await rounds(400);
  assert.equal(fleet.sights().get("hz")?.state, "up");
  world.told.length = 0;
  clock.set(clock.nowMs() - HOUR_MS);
  world.probe = DOWN;
  await rounds(600);
  assert.equal(world.told.filter((text) => /hz is down/.test(text)).length, 1);
});

test("people hear of a cluster that turned right before the clock was set back", async () => {
  const { world, fleet, rounds, clock } = aFleet();
  await rounds(20);
  world.probe = DOWN;
  await rounds(20);
  assert.deepEqual([fleet.sights().get("hz")?.state, world.told], ["down", []]);
  clock.set(clock.nowMs() - HOUR_MS);
  await rounds(60);
  assert.equal(world.told.filter((text) => /hz is down/.test(text)).length, 1);
});

test("a drain ends although the clock was set back since it was ordered", async () => {
  const { drains, rounds, clock, state } = aFleet();
  await rounds(20);
  await drains.order("hz", ORDER, "user:a");
  clock.set(clock.nowMs() - HOUR_MS);
  await rounds(60);
  assert.equal((await state.get("drain", "hz"))?.body.done?.how, "empty");
});

test("a canary that fails degrades the cluster that asks for canaries, and no other", async () => {
  const { world, fleet, rounds } = aFleet();
  world.canary = { outcome: "failed", message: "core.noop is requested" };
  await rounds(40);
  assert.equal(fleet.sights().get("bj")?.state, "degraded");
  assert.equal(fleet.sights().get("hz")?.state, "up");
});

test("a drain comes before what is seen, ends when nothing runs, and is told once", async () => {
  const { world, fleet, drains, rounds, audit } = aFleet();
  await rounds(20);
  world.busy = 2;
  assert.equal((await drains.order("hz", ORDER, "user:wangwu")).outcome, "drained");
  const again = await drains.order("hz", ORDER, "user:lisi");
  assert.ok(again.outcome === "drained_before" && again.drain.by === "user:wangwu");
  assert.equal(fleet.sights().get("hz")?.state, "draining");
  await rounds(20);
  assert.equal(drains.current().get("hz")?.done, undefined);
  world.busy = 0;
  await rounds(10);
  assert.equal(drains.current().get("hz")?.done?.how, "empty");
  assert.deepEqual(world.told, ["hz 0"]);
  assert.equal((await audit.read(0, 9))[0]?.what, "cluster.drain");
});

test("the last cluster of a business is drained with force alone", async () => {
  const { drains } = aFleet();
  await drains.order("hz", ORDER, "user:wangwu");
  assert.deepEqual(await drains.order("bj", ORDER, "user:wangwu"), {
    ...{ outcome: "refused", reason: "stranded", businesses: ["shop"] },
  });
  assert.equal((await drains.order("bj", { ...ORDER, force: true }, "user:wangwu")).outcome, "drained");
  assert.equal((await drains.order("xx", ORDER, "local")).outcome, "refused");
});

test("a failing canary keeps a cluster drained, unless it is skipped with a reason", async () => {
  const { world, drains } = aFleet();
  assert.deepEqual(await drains.lift("hz", "local"), { outcome: "refused", reason: "not_drained" });
  await drains.order("hz", ORDER, "user:wangwu");
  world.canary = { outcome: "failed", message: "stuck" };
  const refused = { outcome: "refused", reason: "canary_failed", message: "stuck" };
  assert.deepEqual(await drains.lift("hz", "local"), refused);
  assert.equal(drains.current().has("hz"), true);
  assert.deepEqual(await drains.lift("hz", "local", "没有 noop"), { outcome: "undrained", canary: null });
  assert.equal(drains.current().has("hz"), false);
});

test("a drain that is ordered while the canary of another runs is not ended by it", async () => {
  const { world, drains, state, clock } = aFleet();
  await drains.order("hz", ORDER, "user:wangwu");
  world.onCanary = async () => {
    const found = await state.get("drain", "hz");
    assert.ok(found && (await state.remove("drain", "hz", found.revision)));
    clock.advance(1);
    await drains.order("hz", ORDER, "user:lisi");
  };
  assert.deepEqual(await drains.lift("hz", "user:zhaoliu"), { outcome: "refused", reason: "not_drained" });
  assert.equal(drains.current().get("hz")?.by, "user:lisi");
});

test("starts that a cluster answers by not taking them do not cut it off, those without an answer do", async () => {
  const clock = movableClock(1_800_000_000_000);
  const breakers = createBreakers({ clock, log: recordingLog() });
  const engine = instantExecutor();
  const guarded = guardedExecutor(
    {
      ...engine,
      start: async (request) => {
        if (request.action === "pack.forbidden")
          return { outcome: "not_sent", message: "it may not", isAnswered: true };
        return request.action === "a.b"
          ? engine.start(request)
          : { outcome: "not_sent", message: "ECONNREFUSED" };
      },
    },
    breakers,
  );
  const start = async (action: string) => {
    const asked = { cluster: "hz", parameters: {}, requestId: "r", taskId: "t", approvedBy: [] };
    return (await guarded.start({ ...asked, action })).outcome;
  };
  for (let at = 0; at < 10; at++) assert.equal(await start("pack.forbidden"), "not_sent");
  assert.equal(breakers.failedStarts("hz"), 0);
  assert.equal(await start("a.b"), "started");
  for (let at = 0; at < 5; at++) assert.equal(await start("pack.unsent"), "not_sent");
  assert.equal(breakers.failedStarts("hz"), 5);
  assert.equal(await start("a.b"), "not_sent");
});

test("a cluster whose requests fail in a row is cut off until a look succeeds", async () => {
  const clock = movableClock(1_800_000_000_000);
  const breakers = createBreakers({ clock, log: recordingLog() });
  const broken = { isBroken: true, asked: 0 };
  const engine: Executor = {
    ...instantExecutor(),
    list: async () => {
      broken.asked++;
      if (broken.isBroken) throw new ChatOpsError("no", { code: "stackstorm.timeout", retryable: true });
      return [];
    },
    probe: async () => (broken.isBroken ? DOWN : UP),
  };
  const guarded = guardedExecutor(engine, breakers);
  for (let at = 0; at < 5; at++) await assert.rejects(guarded.list("hz", []), { code: "stackstorm.timeout" });
  await assert.rejects(guarded.list("hz", []), { code: "cluster.cut_off", retryable: true, reached: "no" });
  assert.equal(broken.asked, 5);
  const request = { action: "a.b", parameters: {}, requestId: "r", taskId: "t", approvedBy: [] };
  assert.equal((await guarded.start({ cluster: "hz", ...request })).outcome, "not_sent");
  assert.equal((await guarded.start({ cluster: "bj", ...request })).outcome, "started");
  broken.isBroken = false;
  await guarded.probe("hz");
  assert.deepEqual(await guarded.list("hz", []), []);
});
