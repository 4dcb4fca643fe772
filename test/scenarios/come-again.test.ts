import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SqliteStore } from "../../adapters/sqlite/index.ts";
import { passAll } from "../contract/journal/support.ts";
import { logged, openWorld, runsOf, until } from "../support/world.ts";
import { drill, drillRule, lookingPolicy } from "./drill.ts";

const DAY_MS = 86_400_000;

async function forgetEvents({ journal }: SqliteStore): Promise<void> {
  await passAll(journal, "rules");
  await passAll(journal, "archive");
  assert.notEqual(await journal.trim(Date.now() + DAY_MS), 0);
}

async function forgetAll(store: SqliteStore): Promise<void> {
  await forgetEvents(store);
  assert.equal(await store.tasks.trim(Date.now() + DAY_MS), 1);
}

describe("the same delivery long after it was forgotten has a task and a run of its own", () => {
  const cases: [name: string, days: number, forget: (store: SqliteStore) => Promise<void>, tasks: number][] =
    [
      ["while the task of the first is there", 30, forgetEvents, 2],
      ["when that is forgotten too", 120, forgetAll, 1],
    ];
  for (const [name, days, forget, tasks] of cases) {
    test(name, async (t) => {
      const files = { ...drillRule({ approval: { policy: "looking" } }), ...lookingPolicy() };
      const world = await openWorld(t, { files });
      await drill(world, "monthly");
      await logged(world, { msg: "task moved", to: "succeeded" });
      await until(world, "its report", () => world.wecom.chats()["zhangsan"]?.length);
      world.jump(days * DAY_MS);
      await world.stored(forget);
      await world.start();
      await drill(world, "monthly");
      await until(world, "the second run", () => runsOf(world, "core.noop").length === 2);
      const fired = world.lines.filter(({ msg, reason }) => msg === "rule judged" && reason === "fired");
      assert.equal(new Set(fired.map(({ taskId }) => taskId)).size, tasks);
    });
  }
});
