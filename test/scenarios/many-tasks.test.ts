import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import type { Verdict } from "../../core/rules/index.ts";
import { cardsOf, logged, metric, openWorld, until, type World } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const WHALE = join(import.meta.dirname, "..", "..", "bot/cli/whale.ts");

function whale(world: World, ...given: string[]) {
  const env = { ...process.env, ...world.env, WHALE_HOME: world.home };
  return promisify(execFile)(process.execPath, [WHALE, ...given], { cwd: world.home, env });
}

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

  test("parameters that the action will not take are told before and at the event", async (t) => {
    const params = { host: "{{ detail.host }}", paths: "{{ detail.host }}", older_than_days: "soon" };
    const world = await openWorld(t, { files: drillRule({ action: "disk.cleanup", params }) });
    const warned = async () => {
      const answer = await fetch(`${world.url()}/readyz`);
      const { warnings } = (await answer.json()) as { warnings: { about: string; message: string }[] };
      return warnings.find(({ about }) => about === "rule drill");
    };
    assert.match(
      (await until(world, "a warning", warned)).message,
      /^params\.older_than_days: expected integer/,
    );
    await assert.rejects(whale(world, "check", "--online"), {
      stderr: /rule drill: params\.older_than_days/,
    });
    await drill(world, "1");
    const line = await logged(world, { msg: "rule judged", ruleId: "drill", reason: "params_failed" });
    assert.match(String(line["message"]), /^params\.paths: expected array, got "h1"/);
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
    const { stdout } = await whale(world, "throttle", "show", "drill:h1");
    assert.match(stdout, /drill:h1\n剩余 left +0 \/ 1\n下一个 next .*\n已拦 held +0/);
    await assert.rejects(whale(world, "throttle", "show", "drill:none"), { stderr: /no such bucket/ });
  });
});
