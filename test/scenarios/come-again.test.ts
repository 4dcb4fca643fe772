import assert from "node:assert/strict";
import { test } from "node:test";
import { passAll } from "../contract/journal/support.ts";
import { logged, openWorld, runsOf, until } from "../support/world.ts";
import { drill, drillRule, lookingPolicy } from "./drill.ts";

const DAY_MS = 86_400_000;

test("the same delivery long after it was forgotten has a task of its own", async (t) => {
  const files = { ...drillRule({ approval: { policy: "looking" } }), ...lookingPolicy() };
  const world = await openWorld(t, { files });
  await drill(world, "monthly");
  await logged(world, { msg: "rule judged", reason: "fired" });
  await until(world, "the first run", () => runsOf(world, "core.noop").length === 1);
  world.jump(30 * DAY_MS);
  await world.stored(async ({ journal }) => {
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    assert.notEqual(await journal.trim(Date.now() + DAY_MS), 0);
  });
  await world.start();
  await drill(world, "monthly");
  await until(world, "the second run", () => runsOf(world, "core.noop").length === 2);
  const fired = world.lines.filter(({ msg, reason }) => msg === "rule judged" && reason === "fired");
  assert.equal(new Set(fired.map(({ taskId }) => taskId)).size, 2);
});
