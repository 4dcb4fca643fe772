import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clickXml, deliver, deliveryOf, sendCallback } from "../bot/http/callbacks.ts";
import {
  ask,
  askSurely,
  cardClosed,
  click,
  logged,
  message,
  metric,
  openCard,
  openWorld,
  runsOf,
  until,
  viewOf,
  type World,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

/** A drill that waits, with its card. */
async function waiting(t: Parameters<typeof openWorld>[0], rule: Record<string, unknown> = {}) {
  const world = await openWorld(t, { files: drillRule(rule) });
  await drill(world, "1");
  return { world, card: await openCard(world, "演练") };
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

function seen(world: World, count: number): Promise<true> {
  return until(world, `${count} repeats`, async () => {
    return (
      (await metric(world, "whale_callbacks_total", { kind: "click", outcome: "seen" })) === count || null
    );
  });
}

describe("clicks that somebody abuses", { concurrency: 2 }, () => {
  test("an approved click that is recorded and played again is no second decision, now or later", async (t) => {
    const { world, card } = await waiting(t, { approval: { from: { tag: "sre-oncall" }, need: 2 } });
    const xml = clickXml({ userId: "zhangsan", taskId: card.cardId, key: "approve" });
    const recorded = deliveryOf(xml);
    for (let i = 0; i < 3; i += 1) assert.equal((await deliver(world.url(), recorded)).status, 200);
    await message(world, "zhangsan", "已记录您的批准，还需 1 人");
    await seen(world, 2);
    const old = deliveryOf(xml, { timestampSeconds: nowSeconds() - 400 });
    assert.deepEqual([(await deliver(world.url(), old)).status], [400]);
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.deepEqual([task?.decisions.length, task?.state], [1, "pending_approval"]);
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("one person is one vote, however their userid is spelt", async (t) => {
    const { world, card } = await waiting(t, { approval: { from: { tag: "sre-oncall" }, need: 2 } });
    for (const [i, userId] of ["zhangsan", "ZhangSan", "ZHANGSAN"].entries()) {
      await sendCallback(
        world.url(),
        clickXml({ userId, taskId: card.cardId, key: "approve" }, nowSeconds() - i),
      );
    }
    // The other two are the same person again, and are told so.
    await message(world, "zhangsan", "您已经批准过了");
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.deepEqual([task?.decisions.length, task?.state], [1, "pending_approval"]);
    assert.equal(viewOf(world, card).greyed, null);
  });

  test("clicks that come three times each and out of order do what came first, once", async (t) => {
    const { world, card } = await waiting(t);
    const made = (key: string, agoSeconds: number) =>
      deliveryOf(clickXml({ userId: "zhangsan", taskId: card.cardId, key }, nowSeconds() - agoSeconds));
    const [approve, reject] = [made("approve", 20), made("reject", 10)];
    assert.equal((await deliver(world.url(), reject)).status, 200);
    await logged(world, { msg: "task moved", reason: "rejected_by_person" });
    for (const late of [approve, reject, approve, reject, approve]) await deliver(world.url(), late);
    await message(world, "zhangsan", "已经有人");
    await seen(world, 4);
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("a click after the task was canceled starts nothing, and its person is told", async (t) => {
    const { world, card } = await waiting(t);
    const id = card.cardId.slice(2, 8);
    assert.match(await askSurely(world, "lisi", `取消 ${id}`), /已取消，没有执行/);
    assert.equal(await cardClosed(world, card), "已取消");
    await sendCallback(world.url(), clickXml({ userId: "zhangsan", taskId: card.cardId, key: "approve" }));
    await message(world, "zhangsan", "演练");
    await logged(world, { msg: "task input refused", input: "approve" });
    assert.equal(world.stackstorm.rows().length, 0);
    assert.doesNotMatch(await ask(world, "lisi", `取消 ${id}`), /请确认|已取消，没有执行/);
  });

  test("somebody who left the company after being asked decides nothing", async (t) => {
    const { world, card } = await waiting(t);
    world.wecom.setMember("lisi", { status: 5 });
    await sendCallback(world.url(), clickXml({ userId: "lisi", taskId: card.cardId, key: "approve" }));
    await logged(world, { msg: "task input refused", reason: "inactive_person" });
    assert.equal(world.stackstorm.rows().length, 0);
    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });
});
