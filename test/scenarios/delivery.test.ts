import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  cardClosed,
  cardShows,
  cardsOf,
  click,
  logged,
  message,
  messagesOf,
  metric,
  openCard,
  openWorld,
  runsOf,
  until,
  viewOf,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const MINUTE_MS = 60_000;

describe("when WeCom fails", { concurrency: 3 }, () => {
  test("WeCom is down for a while: the card comes when it is back, and the time for an answer begins then", async (t) => {
    const world = await openWorld(t, {
      files: drillRule({ approval: { from: { tag: "sre-oncall" }, timeout: "10m" } }),
    });
    world.wecom.faults.set({ on: "api", effect: "http", times: "always" });
    await drill(world, "1");
    await logged(world, { msg: "message not sent", kind: "card", code: "wecom.http_status" });
    // Longer than the approval lasts.
    world.jump(15 * MINUTE_MS);
    await logged(world, { msg: "message not sent", kind: "card" });
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 0);
    world.wecom.faults.clear();

    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    const sentAtMs = task?.cards[0]?.sentAtMs ?? 0;
    assert.ok(sentAtMs - (task?.createdAtMs ?? 0) >= 15 * MINUTE_MS);
    assert.equal(task?.deadlineAtMs, sentAtMs + 10 * MINUTE_MS);
  });

  test("the answer to a card is lost: there is one card, and it can be decided, and closed by a click", async (t) => {
    // Long enough for the click's update to be sent while it runs: an update shows how the task stands by then.
    const params = { seconds: 3 };
    const world = await openWorld(t, { files: drillRule({ action: "core.wait", params }) });
    world.wecom.faults.set({ on: "send", effect: "drop" });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await logged(world, { msg: "task moved", reason: "card_sent" });

    assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
    await click(world, card, "approve");
    await cardShows(world, card, "刷新");
    await message(world, "zhangsan", "演练", "成功");
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
    assert.equal(runsOf(world, "core.wait").length, 1);
    // The code of the sending was lost with the answer: the next click brings one.
    await cardShows(world, card, "刷新");
    await click(world, card, "refresh");
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("a card is answered without its code: a click's code closes it", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    world.wecom.faults.set({ on: "send", effect: "no_code" });
    await drill(world, "1");
    const card = await openCard(world, "演练");

    await click(world, card, "reject");
    assert.equal(await cardClosed(world, card), "已拒绝");
  });

  test("the answer to an update is lost: it is sent again with the same code, which then counts as shown", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await logged(world, { msg: "task moved", reason: "card_sent" });
    world.wecom.faults.set({ on: "update", effect: "drop" });

    await click(world, card, "reject");
    assert.equal(await cardClosed(world, card), "已拒绝");
    await logged(world, { msg: "message not sent", kind: "update" });
    await until(world, "the retry", () => metric(world, "whale_card_updates_total", { outcome: "updated" }));
    assert.equal(await metric(world, "whale_card_updates_total", { outcome: "code_spent" }), 0);
    assert.equal(viewOf(world, card).updates, 1);
    assert.equal(world.wecom.codes(card.cardId).filter((code) => code.state === "used").length, 1);
  });

  test("the token is taken by another process: one renewal, one card", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    assert.match(await ask(world, "zhangsan", "help"), /help/);
    const { wecom } = world;
    assert.equal(wecom.tokenCalls(), 1);
    wecom.faults.set({ on: "send", effect: "token_stolen" });
    await drill(world, "1");

    const card = await openCard(world, "演练");
    assert.equal(wecom.tokenCalls(), 2);
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
    await click(world, card, "reject");
    assert.equal(await cardClosed(world, card), "已拒绝");
    assert.equal(wecom.tokenCalls(), 2);
  });

  test("WeCom limits the rate while a result is due: not sooner than asked, the result is told", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    world.wecom.faults.set({ on: "send", effect: "errcode", errcode: 45009 });
    await click(world, card, "approve");

    assert.equal(await cardClosed(world, card), "成功");
    const waiting = await logged(world, {
      msg: "message not sent",
      kind: "report",
      code: "wecom.rate_limited",
    });
    assert.ok(Number(waiting["retryInMs"]) >= MINUTE_MS, String(waiting["retryInMs"]));
    // Others are served meanwhile.
    assert.match(await ask(world, "lisi", "任务"), /演练.*成功/);
    assert.equal(messagesOf(world, "zhangsan").length, 0);

    world.jump(2 * MINUTE_MS);
    await ask(world, "lisi", "帮助");
    await message(world, "zhangsan", "演练", "成功");
  });

  test("the card reaches nobody: the task ends as never asked when its time and the grace are over", async (t) => {
    const approval = { from: { users: ["ghost-1", "ghost-2"] }, timeout: "200ms" };
    const settings = { unaskedGraceMs: 200 };
    const world = await openWorld(t, { files: drillRule({ approval }), settings });
    await drill(world, "1");

    await logged(world, { msg: "card cannot be sent" });
    await message(world, "lisi", "已过期", "卡片始终未能送达");
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("the directory fails at a click: the click waits for it and then counts", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await logged(world, { msg: "task moved", reason: "card_sent" });
    world.wecom.faults.set({ on: "user", effect: "http", times: 1 });

    await click(world, card, "approve");
    await logged(world, { msg: "callback not worked on; it is tried again", kind: "click" });
    assert.equal(await cardClosed(world, card), "成功");
    await cardShows(world, card, "已批准");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("a message that WeCom will never take is given up loudly, and the next one goes out", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    world.wecom.faults.set({ on: "send", effect: "errcode", errcode: 40058 });
    await world.wecom.say("zhangsan", "help");

    await logged(world, { msg: "message given up", kind: "answer" });
    assert.match(await ask(world, "zhangsan", "tasks"), /目前没有任务/);
  });
});
