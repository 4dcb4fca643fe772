import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cardClosed,
  click,
  logged,
  message,
  openCard,
  openWorld,
  runsOf,
  textOfCard,
  until,
  type World,
} from "../support/world.ts";
import { drill, drillRule, drillType, lookingPolicy } from "./drill.ts";

/** The rule's file alone, to be written over the one before. */
function rewrite(world: World, overrides: Record<string, unknown>): void {
  world.write("rules/drill.yaml", drillRule(overrides)["rules/drill.yaml"] ?? "");
}

describe("when Whale is started again", { concurrency: 3 }, () => {
  test("a question that was open before is decided after", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await world.stop();
    await world.start();

    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("a click made meanwhile is delivered again by WeCom and counts", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await world.stop();
    const clicked = click(world, card, "approve");
    await until(world, "a failed delivery", () => world.wecom.callbacks().at(-1)?.attempts.length);
    await world.start();

    await clicked;
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("a run under way is followed to its end", async (t) => {
    const params = { seconds: 1 };
    const world = await openWorld(t, { files: drillRule({ action: "core.wait", params }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await logged(world, { msg: "task moved", reason: "started" });
    await world.stop();
    await world.start();

    assert.equal(await cardClosed(world, card), "成功");
    await message(world, "lisi", "演练", "成功");
    assert.equal(runsOf(world, "core.wait").length, 1);
  });

  test("a run that ended meanwhile is told", async (t) => {
    const params = { seconds: 0.3 };
    const world = await openWorld(t, { files: drillRule({ action: "core.wait", params }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await logged(world, { msg: "task moved", reason: "started" });
    await world.stop();
    await until(world, "the end of the run", () => runsOf(world, "core.wait")[0]?.status === "succeeded");
    await world.start();

    assert.equal(await cardClosed(world, card), "成功");
  });

  test("a start whose answer was lost before is looked for at once", async (t) => {
    const settings = { lookBaseMs: 60_000, startWindowMs: 120_000 };
    const world = await openWorld(t, { files: drillRule(), settings });
    await world.stackstorm.faults.set({ dropAnswerAfterStoring: 1 });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await logged(world, { msg: "task moved", reason: "start_answer_lost" });
    await world.stop();
    await world.start();

    await logged(world, { msg: "starts of the process before were looked for", resumed: 1 });
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("a card that WeCom did not take before is sent after, once", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    world.wecom.faults.set({ on: "send", effect: "http", times: "always" });
    await drill(world, "1");
    await logged(world, { msg: "message not sent", kind: "card" });
    await world.stop();
    world.wecom.faults.clear();
    await world.start();

    const card = await openCard(world, "演练");
    await click(world, card, "reject");
    assert.equal(await cardClosed(world, card), "已拒绝");
  });

  test("an event that was taken before is judged after, by the rules as they are then", async (t) => {
    const world = await openWorld(t, { files: drillType });
    await drill(world, "1");
    await drill(world, "2");
    await world.stop();
    world.write("rules/drill.yaml", drillRule()["rules/drill.yaml"] ?? "");
    await world.start();

    await drill(world, "3", { detail: { host: "h3" } });
    const card = await openCard(world, "演练");
    assert.match(textOfCard(world, card), /h3/);
  });

  const CHANGES: Record<string, Record<string, unknown>> = {
    "other-action": { action: "core.wait", params: { seconds: 0 } },
    "other-params": { params: { a: 1 } },
    "more-people": { approval: { from: { tag: "sre-oncall" }, need: 2 } },
    "other-targets": { targets: ["{{ detail.host }}"] },
    "other-business": { business: "pay" },
  };

  test("questions whose rules have got anything that was approved changed are void and start nothing", async (t) => {
    const rules = (changes: (id: string) => object) =>
      Object.keys(CHANGES).map((id) => drillRule({ id, title: id, ...changes(id) }));
    const world = await openWorld(t, { files: Object.assign({}, ...rules(() => ({}))) });
    await drill(world, "1");
    const cards = await Promise.all(Object.keys(CHANGES).map((id) => openCard(world, id)));
    await world.stop();
    for (const file of rules((id) => CHANGES[id] ?? {})) {
      for (const [path, content] of Object.entries(file)) world.write(path, content);
    }
    await world.start();

    for (const card of cards) {
      await click(world, card, "approve");
      assert.equal(await cardClosed(world, card), "未执行", textOfCard(world, card));
      assert.match(textOfCard(world, card), /批准作废/);
    }
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("a question whose rule is gone is void", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await world.stop();
    world.write("rules/drill.yaml", null);
    await world.start();

    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "未执行");
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("a question whose rule has only got another title stands", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await world.stop();
    rewrite(world, { title: "另一个名字" });
    await world.start();

    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("a task under a policy that was approved anew with other content runs no more", async (t) => {
    const rule = drillRule({ approval: { policy: "looking" } });
    const world = await openWorld(t, { files: { ...rule, ...lookingPolicy() } });
    await world.stop();
    await world.stackstorm.faults.set({ down: "refuse" });
    // The first look at the cluster sees it down already.
    await world.start();
    await drill(world, "1");
    await logged(world, { msg: "task moved", reason: "clusters_down" });
    await world.stop();
    const [changed] = Object.values(lookingPolicy(["core.noop", "core.wait"]));
    world.write("policies/looking.yaml", changed ?? "");
    await world.stackstorm.faults.set({ down: "no" });
    await world.start();

    await message(world, "lisi", "未执行", "策略不再有效");
    assert.equal(world.stackstorm.rows().length, 0);
  });
});
