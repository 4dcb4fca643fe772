import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Verdict } from "../../core/rules/index.ts";
import { cardsOf, logged, metric, openWorld, until } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

describe("several tasks and shared budgets", { concurrency: 2 }, () => {
  test("a list in the event makes a task for each element, up to what a shared budget holds", async (t) => {
    const rule = {
      forEach: "detail.disks",
      params: {},
      targets: ["{{ detail.host }}:{{ item }}"],
      throttle: { shared: ["shop-hour"] },
    };
    const files = { ...drillRule(rule), "throttles.yaml": { "shop-hour": { limit: 2, per: "1d" } } };
    const world = await openWorld(t, { files });
    await drill(world, "1", { detail: { host: "h1", disks: ["/a", "/b", "/c"] } });
    await until(world, "two cards", () => cardsOf(world, "zhangsan", "演练").length === 2);
    const line = await logged(world, { msg: "rule judged", ruleId: "drill", reason: "fired" });
    assert.deepEqual(
      (line["elements"] as Verdict["elements"])?.map(({ index, reason }) => [index, reason]),
      [
        [0, "fired"],
        [1, "fired"],
        [2, "throttled"],
      ],
    );
  });

  test("what the throttle held back is counted on the next card", async (t) => {
    const throttle = { key: "{{ detail.host }}", limit: 1, per: "10m", coalesce: true };
    const world = await openWorld(t, { files: drillRule({ throttle }) });
    for (const id of ["1", "2", "3", "4"]) await drill(world, id, { incident: id });
    await until(world, "the first card", () => cardsOf(world, "zhangsan", "演练").length === 1);
    const throttled = { rule: "drill", reason: "throttled" };
    await until(
      world,
      "three are held",
      async () => (await metric(world, "whale_verdicts_total", throttled)) === 3,
    );
    world.jump(11 * 60_000);
    await drill(world, "5", { incident: "5" });
    await until(world, "the second card", () => cardsOf(world, "zhangsan", "演练").length === 2);
    assert.match(JSON.stringify(cardsOf(world, "zhangsan", "演练").at(-1)), /另有 3 条/);
  });
});
