import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  cardClosed,
  cardsOf,
  click,
  FIXTURES,
  logged,
  metric,
  openCard,
  openWorld,
  post,
  runsOf,
  until,
  type World,
} from "../support/world.ts";
import { drill, drillRule, drillType, lookingPolicy } from "./drill.ts";

function verdicts(world: World, rule: string, reason: string): Promise<number> {
  return metric(world, "whale_verdicts_total", { rule, reason });
}

describe("what rules make of events", { concurrency: 3 }, () => {
  test("the throttle holds the second alert of the same key, not the first of another", async (t) => {
    const throttle = { key: "{{ detail.host }}", limit: 1, per: "10m" };
    const world = await openWorld(t, { files: drillRule({ throttle }) });
    await drill(world, "1", { incident: "a" });
    await drill(world, "2", { incident: "b" });
    const line = await logged(world, { msg: "rule judged", reason: "throttled" });
    assert.equal(line["outcome"], "held");
    await drill(world, "3", { incident: "c", detail: { host: "h2" } });

    await until(world, "two cards", () => cardsOf(world, "zhangsan", "演练").length === 2);
    assert.equal(await verdicts(world, "drill", "throttled"), 1);
    assert.equal(await verdicts(world, "drill", "fired"), 2);
    world.jump(11 * 60_000);
    await drill(world, "4", { incident: "d" });
    await until(world, "a third card", () => cardsOf(world, "zhangsan", "演练").length === 3);
  });

  test("the same delivery again is one event; a repeat of the incident makes no task; its recovery neither", async (t) => {
    const world = await openWorld(t);
    const read = (file: string) => readFileSync(join(FIXTURES, "events", "alertmanager", file));
    const send = async (file: string) => {
      const answer = await post(world, "alertmanager", read(file));
      const { events } = (await answer.json()) as { events: { outcome: string; eventId: string }[] };
      return events[0];
    };
    const first = await send("firing-vm-disk-full.json");
    const again = await send("firing-vm-disk-full.json");
    assert.equal(first?.outcome, "new");
    assert.deepEqual(again, { ...first, outcome: "duplicate" });
    await openCard(world, "磁盘清理");

    world.jump(6 * 60_000);
    assert.equal((await send("firing-vm-disk-full.json"))?.outcome, "repeat");
    await logged(world, { msg: "rule judged", ruleId: "vm-disk-cleanup", reason: "repeat" });
    assert.equal((await send("resolved-vm-disk-full.json"))?.outcome, "recovery");
    await logged(world, { msg: "rule judged", ruleId: "vm-disk-cleanup", reason: "not_firing" });

    assert.equal(cardsOf(world, "zhangsan", "磁盘清理").length, 1);
  });

  test("a rule that asks for repeats gets them", async (t) => {
    const world = await openWorld(t, { files: drillRule({ repeats: true }) });
    await drill(world, "1", { incident: "a" });
    await drill(world, "2", { incident: "a" });
    await until(world, "two cards", () => cardsOf(world, "zhangsan", "演练").length === 2);
  });

  test("the end of a failed task makes another rule ask for the next step", async (t) => {
    const next = {
      ...{ id: "next", title: "下一步", on: ["whale.task.ended"], business: "shop", action: "core.noop" },
      features: [
        { path: "labels.rule", op: "equals", value: "drill" },
        { path: "labels.outcome", op: "equals", value: "refused" },
      ],
      approval: { from: { tag: "sre-leads" } },
    };
    const files = { ...drillRule({ action: "disk.nosuch" }), "rules/next.yaml": next };
    const world = await openWorld(t, { files });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");

    const second = await openCard(world, "下一步", "wangwu");
    await click(world, second, "approve");
    assert.equal(await cardClosed(world, second), "成功");
    const [last] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.equal(last?.depth, 1);
    assert.deepEqual(last?.causes, [card.cardId.replace(/@1$/, "")]);
    assert.equal(last?.event.subject, "h1");
    assert.equal(last?.event.title, "演练 · 未执行");
  });

  /** A rule that fires again at the end of each of its own tasks, without asking. */
  function endless(maxRounds: number): Record<string, object | string> {
    const rule = {
      ...{ id: "endless", title: "循环", on: ["drill", "whale.task.ended"], business: "shop" },
      ...{ action: "core.noop", approval: { policy: "looking" }, maxRounds },
    };
    return { ...drillType, ...lookingPolicy(), "rules/endless.yaml": rule };
  }

  test("a rule that fires at its own ends is cut after maxRounds", async (t) => {
    const world = await openWorld(t, { files: endless(2) });
    await drill(world, "1");
    const line = await logged(world, { msg: "rule judged", reason: "too_many_rounds" });
    assert.match(String(line["message"]), /3 times, the rule allows 2/);
    // The first run, and two that came back.
    assert.equal(runsOf(world, "core.noop").length, 3);
  });

  test("a chain of tasks is cut at depth 5 whatever its rules allow", async (t) => {
    const world = await openWorld(t, { files: endless(100) });
    await drill(world, "1");
    await logged(world, { msg: "rule judged", reason: "too_deep" });
    assert.equal(runsOf(world, "core.noop").length, 5);
  });
});
