import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createStrangers } from "../../../../bot/workers/follow/strangers.ts";
import type { Task } from "../../../../core/tasks/index.ts";
import { aTask } from "../../../support/builders.ts";
import { movableClock } from "../../../support/clock.ts";
import { recordingLog } from "../../../support/log.ts";
import { settled } from "../parts.ts";

/** Strangers over some tasks that are kept, by the names of those that were looked at and followed. */
function someStrangers(t: TestContext, kept: Readonly<Record<string, Task | Error>>) {
  const clock = movableClock();
  const log = recordingLog();
  const [looked, followed]: [string[], string[]] = [[], []];
  const get = async (id: string) => {
    looked.push(id);
    const found = kept[id];
    if (found instanceof Error) throw found;
    return found ?? null;
  };
  const follow = ({ id }: Task) => void followed.push(id);
  const strangers = createStrangers({ tasks: { get }, follow, clock, log });
  t.after(() => strangers.stop());
  /** Time passes, and what is met then makes the loop look. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    strangers.met(`t_waker${clock.nowMs()}-1`);
    await settled(10);
  };
  return { strangers, looked, followed, log, pass };
}

const TASK = aTask({ state: "running" });

describe("what other processes have started", () => {
  test("is theirs for three seconds, and is then followed, once, however often it was told of", async (t) => {
    const { strangers, looked, followed, pass } = someStrangers(t, { [TASK.id]: TASK });
    for (let times = 0; times < 5; times++) strangers.met(`${TASK.id}-1`);
    await pass(2_900);
    assert.deepEqual(looked, []);
    await pass(200);
    assert.deepEqual([looked, followed], [[TASK.id], [TASK.id]]);
  });

  test("keeps its time while news of it go on, so that it is followed at last", async (t) => {
    const { strangers, followed, pass } = someStrangers(t, { [TASK.id]: TASK });
    for (let second = 0; second < 3; second++) {
      strangers.met(`${TASK.id}-1`);
      await pass(1_000);
    }
    await pass(100);
    assert.deepEqual(followed, [TASK.id]);
  });

  test("is found by its task, whichever start it is; what is no request id of Whale is left alone", async (t) => {
    const { strangers, looked, pass } = someStrangers(t, {});
    for (const requestId of [`${TASK.id}-12`, "", "-1", "somebody"]) strangers.met(requestId);
    await pass(3_100);
    assert.deepEqual(looked, [TASK.id]);
  });

  test("that cannot be read, or is kept no more, keeps nothing else from being followed", async (t) => {
    const kept = { t_broken: new Error("store is busy"), [TASK.id]: TASK };
    const { strangers, followed, log, pass } = someStrangers(t, kept);
    for (const id of ["t_broken", "t_gone", TASK.id]) strangers.met(`${id}-1`);
    await pass(3_100);
    assert.deepEqual(followed, [TASK.id]);
    assert.match(JSON.stringify(log.lines), /could not be read/);
  });
});
