import assert from "node:assert/strict";
import { test } from "node:test";
import { createHostRollouts } from "../../../adapters/hosts/index.ts";
import type { HostsDeploy } from "../../../core/clusters/index.ts";
import { rolloutsContract } from "../../contract/rollouts.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { anEngine, type Engine } from "./engine.ts";

const IMAGES = { first: "packs:1", next: "packs:2", broken: "packs:broken" };
const HOSTS = ["w1", "w2", "w3"];
const ORDER = {
  ...{ cluster: "hz", role: "workers" as const, strategy: "worker-image" as const },
  ...{ image: IMAGES.next, release: "r_1" },
};

function aTarget(engine: Engine, deploy: Partial<HostsDeploy> = {}, clock = movableClock()) {
  let made = 0;
  const hosts = { workers: HOSTS, api: [], client: [], sensors: [] };
  const whole: HostsDeploy = {
    ...{ kind: "hosts", hosts, action: "release.apply", stateAction: "release.state", atOnce: 1 },
    ...{ timeoutMs: 600_000, ...deploy },
  };
  return createHostRollouts({
    ...{ clusters: [{ name: "hz", deploy: whole }], executor: engine, clock, log: silentLog },
    ids: { ulid: () => `U${made++}` },
    options: { pollMs: 1, lookTimeoutMs: 1_000 },
  });
}

const engineOf = () => anEngine(HOSTS, IMAGES.first, IMAGES.broken);

rolloutsContract("hosts", async () => {
  const engine = engineOf();
  return {
    ...{ rollouts: aTarget(engine), cluster: "hz", strategy: "worker-image" as const, images: IMAGES },
    pass: async () => engine.tick(),
    running: () => engine.running(),
    changes: () => engine.changes.length,
    setDown: async (isDown) => {
      engine.faults.down = isDown;
    },
    close: async () => undefined,
  };
});

/** Asks and lets time pass, often enough for all hosts. */
async function askOften(rollouts: ReturnType<typeof aTarget>, engine: Engine, order = ORDER) {
  let state = await rollouts.state(order);
  for (let n = 0; n < 30 && state.outcome !== "done" && state.outcome !== "failed"; n++) {
    engine.tick();
    state = await rollouts.state(order);
  }
  return state;
}

for (const atOnce of [1, 2, 5]) {
  test(`changes each host once, never more than ${atOnce} at the same time`, async () => {
    const engine = engineOf();
    const rollouts = aTarget(engine, { atOnce });
    await rollouts.set(ORDER);
    await Promise.all([rollouts.state(ORDER), rollouts.state(ORDER)]);
    assert.equal((await askOften(rollouts, engine)).outcome, "done");
    assert.deepEqual(engine.changes, HOSTS);
    assert.equal(engine.most(), Math.min(atOnce, HOSTS.length));
  });
}

test("starts no host again after a restart, and goes on with the rest", async () => {
  const engine = engineOf();
  const first = aTarget(engine);
  await first.set(ORDER);
  await first.state(ORDER);
  const second = aTarget(engine);
  assert.equal((await second.state({ cluster: "hz", role: "workers" })).outcome, "open");
  assert.equal((await askOften(second, engine)).outcome, "done");
  assert.deepEqual(engine.changes, HOSTS);
});

test("is open, and starts nothing else, while it is not known whether a host was started", async () => {
  const engine = engineOf();
  const clock = movableClock();
  const rollouts = aTarget(engine, {}, clock);
  await rollouts.set(ORDER);
  const find = engine.find;
  engine.find = async () => ({ outcome: "absent" });
  engine.faults.loseAnswer = true;
  assert.deepEqual(await rollouts.state(ORDER), { outcome: "open", message: "host w1: no answer" });
  clock.advance(200_000);
  assert.equal((await rollouts.state(ORDER)).outcome, "open");
  assert.deepEqual(engine.changes, ["w1"]);
  engine.find = find;
  assert.equal((await askOften(rollouts, engine)).outcome, "done");
  assert.deepEqual(engine.changes, HOSTS);
});

test("tries a host again that was proved not to be started, and says why it waits", async () => {
  const engine = engineOf();
  const rollouts = aTarget(engine);
  await rollouts.set(ORDER);
  engine.faults.notSent = true;
  const state = await rollouts.state(ORDER);
  assert.deepEqual(state.outcome === "rolling" && state.problems[0], "host w1: out of reach");
  engine.faults.notSent = false;
  assert.equal((await askOften(rollouts, engine)).outcome, "done");
});

test("stops at the first host that fails", async () => {
  const engine = engineOf();
  const rollouts = aTarget(engine);
  const order = { ...ORDER, image: IMAGES.broken };
  await rollouts.set(order);
  const state = await askOften(rollouts, engine, order);
  assert.ok(state.outcome === "failed" && /host w1: release\.apply x\d+ is failed/.test(state.message));
  assert.deepEqual(engine.changes, ["w1"]);
});

test("believes the host and not the action", async () => {
  const engine = engineOf();
  engine.faults.lie = true;
  const rollouts = aTarget(engine);
  await rollouts.set(ORDER);
  const state = await askOften(rollouts, engine);
  assert.ok(state.outcome === "failed" && /host w1 runs packs:1 after release\.apply/.test(state.message));
});

test("goes back on a host only when its change has ended", async () => {
  const engine = engineOf();
  const rollouts = aTarget(engine);
  await rollouts.set(ORDER);
  await rollouts.state(ORDER);
  const back = { ...ORDER, image: IMAGES.first, release: "r_2" };
  await rollouts.set(back);
  assert.equal((await askOften(rollouts, engine, back)).outcome, "done");
  assert.equal(engine.hadTwo(), false);
  assert.ok(engine.running().every((image) => image === IMAGES.first));
});

test("says of a host that takes too long, and waits for it", async () => {
  const engine = engineOf();
  const clock = movableClock();
  const rollouts = aTarget(engine, { timeoutMs: 60_000 }, clock);
  await rollouts.set(ORDER);
  await rollouts.state(ORDER);
  clock.advance(61_000);
  const state = await rollouts.state(ORDER);
  assert.ok(
    state.outcome === "rolling" && /w1: release\.apply takes longer than 60 s/.test(state.problems.join()),
  );
});

test("has nothing to do for a part without hosts", async () => {
  const rollouts = aTarget(engineOf());
  assert.equal((await rollouts.set({ ...ORDER, role: "api" })).outcome, "refused");
  assert.deepEqual(await rollouts.state({ cluster: "hz", role: "api" }), { outcome: "done", replicas: 0 });
});
