import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe } from "node:test";
import { readTask, type Task } from "../../core/tasks/index.ts";
import { anOutboxItem } from "../support/builders.ts";
import { type HarnessOf, testsOn } from "./harness.ts";

/** A task as a version before groups stored it. */
const EARLIER = new URL("../core/tasks/stored/escalated-before-groups.json", import.meta.url);

/** What every store that outlives a version of Whale promises of tasks that an earlier one wrote. */
export function earlierTasksContract(name: string, open: () => Promise<HarnessOf<"tasks" | "outbox">>): void {
  const test = testsOn(open);

  describe(`tasks of an earlier version: ${name}`, () => {
    test("are read as what they meant, wherever a task is given out, and can be moved", async (harness) => {
      const { tasks, outbox, clock } = harness;
      const text = readFileSync(EARLIER, "utf8");
      const earlier = JSON.parse(text) as Task;
      const meant = readTask(text);
      clock.advance((earlier.dueAtMs ?? 0) - clock.nowMs());
      const message = anOutboxItem({ key: `${earlier.id}:say:1`, taskId: earlier.id });
      await tasks.make({ task: earlier, outbox: [message] });
      assert.deepEqual(await tasks.get(earlier.id), meant);
      assert.deepEqual(await tasks.findByPrefix(earlier.id.slice(2, 8), 2), [meant]);
      assert.deepEqual(await tasks.list({ limit: 2 }), [meant]);
      assert.deepEqual((await outbox.claim(1, 1000))[0]?.task, meant);
      const [claim] = await tasks.claimDue("w", 1, 1000);
      assert.deepEqual(claim?.task, meant);
      const task: Task = { ...meant, revision: 2, state: "expired", dueAtMs: null };
      assert.equal(await tasks.move({ task, expected: 1, outbox: [] }), "moved");
      assert.deepEqual(await tasks.get(earlier.id), task);
    });
  });
}
