import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clickXml, sendCallback } from "../bot/http/callbacks.ts";
import {
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
  type SeenCard,
  textOfCard,
  until,
  viewOf,
} from "../support/world.ts";
import { drill, drillRule, lookingPolicy } from "./drill.ts";

function copyOf(card: SeenCard, user: string): SeenCard {
  return { ...card, user };
}

describe("who decides, and how often", { concurrency: 3 }, () => {
  test("two of three must approve: the first one is counted and shown, the second one starts it", async (t) => {
    const approval = { from: { users: ["zhangsan", "lisi", "wangwu"] }, need: 2 };
    const world = await openWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    assert.match(textOfCard(world, card), /需 2 人批准/);

    await click(world, card, "approve");
    await message(world, "zhangsan", "已记录您的批准，还需 1 人");
    // Every copy shows it, not only the one that was clicked.
    await cardShows(world, copyOf(card, "wangwu"), "已批准：张三");

    // Within one second WeCom's retry could not be told from another click.
    world.jump(1000);
    await click(world, card, "approve");
    await message(world, "zhangsan", "您已经批准过了");
    assert.equal(runsOf(world, "core.noop").length, 0);

    await click(world, copyOf(card, "wangwu"), "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.match(textOfCard(world, card), /张三 王五 已批准/);
    const [run, ...others] = runsOf(world, "core.noop");
    assert.equal(others.length, 0);
    const whale = run?.context["whale"] as { approved_by: string[] } | undefined;
    assert.deepEqual(whale?.approved_by, ["zhangsan", "wangwu"]);
  });

  test("one rejection of a question that needs two ends it, and nothing runs", async (t) => {
    const approval = { from: { tag: "sre-oncall" }, need: 2 };
    const world = await openWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");

    await click(world, card, "approve");
    await cardShows(world, card, "已批准：张三");
    await click(world, copyOf(card, "lisi"), "reject");

    assert.equal(await cardClosed(world, card), "已拒绝");
    assert.match(textOfCard(world, card), /李四 已拒绝/);
    assert.equal(world.stackstorm.requests()["POST /api/v1/executions"] ?? 0, 0);
  });

  test("nobody answers: the card closes as expired, the chat hears it, and a late click changes nothing", async (t) => {
    const approval = { from: { tag: "sre-oncall" }, timeout: "700ms" };
    const world = await openWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    // The click is under way while the time ends: WeCom delivers it late.
    world.wecom.faults.set({ on: "callback", effect: "delay", ms: 1200 });
    const late = click(world, card, "approve");

    assert.equal(await cardClosed(world, card), "已过期");
    await message(world, "lisi", "演练", "无人应答，按规则不执行");
    await late;
    await message(world, "zhangsan", "审批已超时", "已过期");
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("nobody answers for a while: the leads are asked too, and their click counts", async (t) => {
    const approval = {
      from: { tag: "sre-oncall" },
      timeout: "30s",
      escalate: { to: { tag: "sre-leads" }, after: "300ms" },
    };
    const world = await openWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const first = await openCard(world, "演练");
    assert.equal(cardsOf(world, "wangwu", "演练").length, 0);

    const second = await openCard(world, "演练", "wangwu");
    assert.notEqual(second.cardId, first.cardId);
    await click(world, second, "approve");

    assert.equal(await cardClosed(world, second), "成功");
    assert.equal(await cardClosed(world, first), "成功");
    assert.match(textOfCard(world, first), /王五 已批准/);
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("people who may not decide are told why, and the question stays open", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");

    // A forwarded card brings clicks of people who were never asked; sunqi has left his post.
    const press = (userId: string) =>
      sendCallback(world.url(), clickXml({ userId, taskId: card.cardId, key: "approve" }));
    assert.equal((await press("zhaoliu")).status, 200);
    await message(world, "zhaoliu", "您不在授权人名单中");
    assert.equal((await press("sunqi")).status, 200);
    await logged(world, { msg: "task input refused", reason: "inactive_person" });
    assert.equal((await press("nobody-1")).status, 200);
    await logged(world, { msg: "task input refused", reason: "unknown_person" });

    assert.equal(viewOf(world, card).greyed, null);
    assert.equal(world.stackstorm.rows().length, 0);
    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.doesNotMatch(textOfCard(world, card), /赵六|孙七/);
  });

  test("a second click by another is told who decided, and starts nothing", async (t) => {
    const params = { seconds: 0.5 };
    const world = await openWorld(t, { files: drillRule({ action: "core.wait", params }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    // Both have the question open in front of them.
    await Promise.all([click(world, card, "approve"), click(world, copyOf(card, "lisi"), "approve")]);

    const refusal = await until(world, "one of the two to be told", () =>
      ["zhangsan", "lisi"]
        .flatMap((user) => messagesOf(world, user))
        .find((text) => text.includes("已经有人")),
    );
    assert.match(refusal, /(张三|李四) 已批准/);
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.wait").length, 1);
  });

  test("one click that is delivered five times, three of them at once, is one decision", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");

    const { deliveries } = await click(world, card, "approve", { parallel: 3, repeat: 2 });
    assert.equal(deliveries.length, 5);
    assert.equal(await cardClosed(world, card), "成功");

    assert.equal(await metric(world, "whale_callbacks_total", { kind: "click", outcome: "new" }), 1);
    assert.equal(await metric(world, "whale_callbacks_total", { kind: "click", outcome: "seen" }), 4);
    assert.equal(runsOf(world, "core.noop").length, 1);
    assert.deepEqual(
      messagesOf(world, "zhangsan").filter((text) => !text.includes("成功")),
      [],
    );
    const [task] = await world.stored((store) => store.tasks.list({ limit: 10 }));
    assert.equal(task?.decisions.length, 1);
  });

  test("a click on an offer that is delivered twice makes one task, a second click another", async (t) => {
    const offers = [
      { id: "look", title: "查看", action: "core.noop", approval: { policy: "looking" } },
      {
        id: "risky",
        title: "重启",
        action: "core.wait",
        params: { seconds: 0 },
        approval: { from: { tag: "sre-oncall" } },
      },
    ];
    const files = { ...drillRule({ offers }), ...lookingPolicy() };
    const world = await openWorld(t, { files });
    await drill(world, "1");
    const card = await openCard(world, "演练");

    await click(world, card, "offer:look", { parallel: 2, repeat: 1 });
    await message(world, "zhangsan", "查看", "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
    assert.equal(viewOf(world, card).greyed, null);

    // What he asked for himself he may not approve alone.
    await click(world, card, "offer:risky");
    const asked = await openCard(world, "重启");
    await click(world, asked, "approve");
    await message(world, "zhangsan", "不能批准自己发起的任务");
    assert.equal(runsOf(world, "core.wait").length, 0);
    await click(world, copyOf(asked, "lisi"), "approve");
    assert.equal(await cardClosed(world, asked), "成功");
  });

  test("an entitled person's click on a button that the card never had is refused and named", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const send = (key: string, taskId = card.cardId) =>
      sendCallback(world.url(), clickXml({ userId: "zhangsan", taskId, key }));

    await send("offer:root");
    await message(world, "zhangsan", "未知的按钮");
    await send("again");
    await message(world, "zhangsan", "当前状态不能这样操作");
    await send("format-disk");
    await logged(world, { msg: "click on an unknown button", button: "format-disk" });
    await send("approve", card.cardId.replace(/@1$/, "@7"));
    await message(world, "zhangsan", "这张卡片不属于该任务");
    await send("approve", "t_nothing@1");
    await logged(world, { msg: "click on a card that is not ours", cardId: "t_nothing@1" });
    assert.equal(viewOf(world, card).greyed, null);
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("refresh on a running card spends the click's own code and keeps the one of the sending", async (t) => {
    const params = { seconds: 1.2 };
    const world = await openWorld(t, { files: drillRule({ action: "core.wait", params }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await until(world, "the run to run", () => runsOf(world, "core.wait")[0]?.status === "running");

    await cardShows(world, card, "已批准");
    const { updates } = viewOf(world, card);
    const { responseCode } = await click(world, card, "refresh");
    await until(world, "the card to be updated", () => viewOf(world, card).updates > updates);
    const spent = world.wecom.codes(card.cardId).find((code) => code.code === responseCode);
    assert.equal(spent?.state, "used");
    const sending = world.wecom.codes(card.cardId).find((code) => code.from === "send");
    assert.equal(sending?.state, "open");

    assert.equal(await cardClosed(world, card), "成功");
  });
});
