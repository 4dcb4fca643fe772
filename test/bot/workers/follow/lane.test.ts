import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { startLane } from "../../../../bot/workers/follow/lane.ts";
import { createAdvancer } from "../../../../bot/workers/index.ts";
import type { Execution } from "../../../../core/ports/index.ts";
import { DEFAULT_SETTINGS, type Task } from "../../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../../fixtures/memory/index.ts";
import { movableClock } from "../../../support/clock.ts";
import { silentLog } from "../../../support/log.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../../support/tasks.ts";
import { countedMetrics, eventually, settled } from "../parts.ts";

/** A lane over one cluster that answers as the test says, with so many tasks that began ten minutes ago. */
async function aLane(t: TestContext, count: number) {
  const clock = movableClock();
  const { tasks } = openMemoryStore({ clock });
  const advancer = createAdvancer(
    { tasks, clock, log: silentLog, metrics: countedMetrics() },
    DEFAULT_SETTINGS,
  );
  const engine = {
    statuses: new Map<string, string>(),
    lists: [] as number[],
    gets: [] as string[],
    failing: false,
    keeps: true,
  };
  const told = (id: string): Execution => ({
    ...{ id, cluster: "hz-core", action: "disk.cleanup", status: engine.statuses.get(id) ?? "running" },
  });
  const strangers: string[] = [];
  const lane = startLane({
    ...{ tasks, advancer, clock, log: silentLog, onStep: () => undefined, cluster: "hz-core" },
    keeps: () => engine.keeps,
    onStranger: (id) => void strangers.push(id),
    random: () => 0.999,
    executor: {
      list: async (_, ids) => {
        engine.lists.push(ids.length);
        if (engine.failing) throw new Error("502");
        return ids.map(told);
      },
      get: async (_, id) => {
        engine.gets.push(id);
        return told(id);
      },
      find: async () => ({ outcome: "absent" }),
      reruns: async () => [],
      retryPolicies: async () => [],
    },
  });
  t.after(() => lane.stop());
  advancer.onMoved(lane.follow);
  const all: Task[] = [];
  for (let i = 0; i < count; i++) {
    const made = walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend, inputs.started);
    const execution = { ...anExecution("running"), id: `x${i}` };
    const task = { ...made, id: `${made.id.slice(0, -4)}${i + 1000}`, revision: 1, execution };
    await tasks.make({ task, outbox: [] });
    all.push(task);
  }
  clock.advance(600_000);
  for (const task of all) lane.follow(task);
  const hint = (executionId: string, status: string) =>
    lane.hint({ cluster: "hz-core", executionId, status });
  const stateOf = async (i: number) => (await tasks.get(all[i]?.id ?? ""))?.state;
  return { lane, engine, clock, hint, stateOf, all, strangers };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test("what began long ago is read at once, a hundred to a request", async (t) => {
  const { engine } = await aLane(t, 250);
  await eventually("all to be read", () => sum(engine.lists) === 250);
  assert.equal(engine.lists.length <= 5, true, String(engine.lists));
});

test("beside a stream that beats, nothing is asked within half a minute, and everything within a minute", async (t) => {
  const { lane, engine, clock, hint } = await aLane(t, 250);
  await eventually("all to be read", () => sum(engine.lists) === 250);
  lane.proven(true);
  clock.advance(31_000);
  lane.proven(true);
  await eventually("the last read without a stream", () => sum(engine.lists) === 500);
  clock.advance(29_000);
  // A hint of something strange wakes the loop and asks for nothing.
  hint("strange", "running");
  lane.proven(true);
  await settled();
  assert.equal(sum(engine.lists), 500);
  clock.advance(31_000);
  lane.proven(true);
  await eventually("the sweep", () => sum(engine.lists) === 750);
});

test("a hint of an end reads that one by itself, and its task ends", async (t) => {
  const { lane, engine, clock, hint, stateOf } = await aLane(t, 3);
  await eventually("the first read", () => sum(engine.lists) === 3);
  engine.statuses.set("x1", "succeeded");
  hint("x1", "succeeded");
  clock.advance(100);
  lane.proven(true);
  await eventually("the end", async () => (await stateOf(1)) === "succeeded");
  assert.deepEqual(engine.gets, ["x1"]);
  assert.equal(lane.following(), 2);
});

test("late, doubled and false hints change nothing: what StackStorm says when it is asked counts", async (t) => {
  const { lane, engine, clock, hint, stateOf } = await aLane(t, 2);
  await eventually("the first read", () => sum(engine.lists) === 2);
  // The stream tells of an end that is none.
  hint("x0", "failed");
  engine.statuses.set("x1", "succeeded");
  for (const status of ["succeeded", "running", "succeeded", "scheduled"]) hint("x1", status);
  clock.advance(1_000);
  lane.proven(true);
  await eventually("the end", async () => (await stateOf(1)) === "succeeded");
  hint("x1", "running");
  await settled();
  assert.equal(await stateOf(0), "running");
  assert.equal(await stateOf(1), "succeeded");
});

test("a cluster that does not answer is tried with single requests, ever more rarely", async (t) => {
  const { lane, engine, clock } = await aLane(t, 1_000);
  engine.failing = true;
  await eventually("the first failures", () => engine.lists.length > 0);
  await settled();
  const first = engine.lists.length;
  for (let second = 0; second < 300; second++) {
    clock.advance(1_000);
    lane.proven(false);
    await settled(3);
  }
  assert.ok(engine.lists.length - first <= 25, `${engine.lists.length - first} requests in five minutes`);
});

test("a stream that breaks each second does not make everything be read each second", async (t) => {
  const { engine, clock, hint, lane } = await aLane(t, 500);
  await eventually("the first read", () => sum(engine.lists) === 500);
  for (let second = 0; second < 20; second++) {
    hint("*", "reconnected");
    clock.advance(1_000);
    lane.proven(false);
    await settled(5);
  }
  assert.ok(sum(engine.lists) <= 500 * 5, `${sum(engine.lists)} ids read`);
});

test("a clock that goes back by hours does not put off what is due", async (t) => {
  const { engine, clock, lane } = await aLane(t, 5);
  await eventually("the first read", () => sum(engine.lists) === 5);
  clock.advance(-7_200_000);
  lane.proven(false);
  await eventually("another read", () => sum(engine.lists) === 10);
});

test("what another process is to follow is let go after its next read", async (t) => {
  const { engine, lane } = await aLane(t, 4);
  engine.keeps = false;
  await eventually("all to be let go", () => lane.following() === 0);
  assert.equal(sum(engine.lists), 4);
});
