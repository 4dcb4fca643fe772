import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createAdvancer, pollDelayMs, startFollower } from "../../../bot/workers/index.ts";
import type { Executor, Hint } from "../../../core/ports/index.ts";
import { DEFAULT_SETTINGS } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../support/tasks.ts";
import { countedMetrics, eventually } from "./parts.ts";

const AGES: [ageMs: number, delayMs: number][] = [
  [-5_000, 1_000],
  [0, 1_000],
  [29_999, 1_000],
  [30_000, 5_000],
  [299_999, 5_000],
  [300_000, 30_000],
  [86_400_000, 30_000],
];

for (const [ageMs, delayMs] of AGES) {
  test(`an execution of ${ageMs} ms is asked about again after ${delayMs} ms`, () => {
    assert.equal(pollDelayMs(ageMs), delayMs);
  });
}

describe("a follower beside other processes", () => {
  test("follows what another has started, and lets go of what another has ended", async () => {
    const clock = movableClock();
    const store = openMemoryStore({ clock });
    const { tasks } = store;
    const ends: ((hint: Hint) => void)[] = [];
    const executor = {
      list: async () => [{ ...anExecution("succeeded"), action: "disk.cleanup" }],
      get: async () => null,
      watch: async (_: string, onHint: (hint: Hint) => void) => void ends.push(onHint),
    } as unknown as Executor;
    const common = { clock, log: silentLog, metrics: countedMetrics() };
    const advancer = createAdvancer({ tasks, ...common }, DEFAULT_SETTINGS);
    const deps = { tasks, executor, advancer, ...common, onStep: () => undefined };
    const follower = await startFollower({ ...deps, clusters: () => ["hz-core"], relistMs: 1 });

    // By way of the store alone, as another process does it.
    const running = walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend, inputs.started);
    await tasks.make({ task: { ...running, revision: 1 }, outbox: [] });
    await eventually("the task to be followed", () => follower.following() === 1);
    const ended = walk(running, inputs.ended("succeeded"));
    await tasks.move({ task: { ...ended, revision: 2 }, expected: 1, outbox: [] });
    for (const hint of ends) hint({ cluster: "hz-core", executionId: "*", status: "" });
    await eventually("the task to be let go", () => follower.following() === 0);
    await follower.stop();
  });
});
