import assert from "node:assert/strict";
import { test } from "node:test";
import { createAdvancer, createController } from "../../../bot/workers/index.ts";
import type { ControlOutcome } from "../../../core/ports/index.ts";
import { DEFAULT_SETTINGS, type Task } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aMadeTask, anExecution, anOrder, inputs, stepAt, walk } from "../../support/tasks.ts";
import { countedMetrics } from "./parts.ts";

const { cardSent, approve, intend, started } = inputs;

/** A task that is to be canceled, and the means to carry that out. */
async function ordered(answer: ControlOutcome) {
  const clock = movableClock(START_MS + 60_000);
  const { tasks } = openMemoryStore({ clock });
  const asked: object[] = [];
  const common = { clock, log: silentLog, metrics: countedMetrics() };
  const advancer = createAdvancer({ tasks, ...common }, DEFAULT_SETTINGS);
  const control = async (order: object) => {
    asked.push(order);
    return answer;
  };
  const controller = createController({ advancer, executor: { control }, clock });
  const running = walk(aMadeTask(), cardSent, approve, intend, started, () => ({
    kind: "news",
    execution: anExecution("running"),
  }));
  const order = anOrder({ by: "lisi" });
  const { task } = stepAt(running, { kind: "control", what: "cancel", order }, START_MS + 60_000);
  await tasks.make({ task: { ...task, revision: 1 }, outbox: [] });
  const carryOut = async (): Promise<Task> => {
    const [claim] = await tasks.claimDue("w", 1, 60_000);
    if (!claim) throw new Error("the task is not due");
    await controller(claim.task, claim.fence);
    return (await tasks.get(task.id)) as Task;
  };
  return { carryOut, asked, clock, advancer };
}

const execution = { ...anExecution("canceling"), action: "disk.cleanup" };

test("what a person wants is asked for once it falls due, and what has become of it is stored", async () => {
  const { carryOut, asked } = await ordered({ outcome: "taken", execution });
  const task = await carryOut();
  const { id: executionId, cluster } = anExecution("");
  assert.deepEqual(asked, [{ cluster, executionId, what: "cancel" }]);
  assert.deepEqual([task.state, task.control], ["canceling", null]);
});

test("an answer that is lost leaves the order due, a refusal ends it", async () => {
  const open = await ordered({ outcome: "open", message: "timeout" });
  const task = await open.carryOut();
  assert.deepEqual([task.control?.tries, task.dueAtMs], [1, START_MS + 61_000]);
  const refused = await (await ordered({ outcome: "refused", message: "no" })).carryOut();
  assert.equal(refused.control, null);
});

test("what is wanted of a run that has ended by then is asked of the attempt that follows it", async () => {
  const ended = { ...execution, status: "failed" };
  const { carryOut, asked, clock, advancer } = await ordered({ outcome: "taken", execution: ended });
  const task = await carryOut();
  clock.advance(300_000);
  const next = { ...anExecution("running"), id: "second" };
  await advancer.advance(task, { kind: "retried", execution: next });
  await carryOut();
  const { id: executionId, cluster } = anExecution("");
  const common = { cluster, what: "cancel" };
  assert.deepEqual(asked, [
    { ...common, executionId },
    { ...common, executionId: "second" },
  ]);
});

test("a worker that comes to it too late asks for nothing, and its person is told", async () => {
  const late = await ordered({ outcome: "taken", execution });
  late.clock.advance(DEFAULT_SETTINGS.startWindowMs);
  const task = await late.carryOut();
  assert.deepEqual([late.asked, task.control, task.reason], [[], null, "control_lost"]);
});
