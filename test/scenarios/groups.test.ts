import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startAibotSimulator } from "../../fixtures/simulators/aibot/index.ts";
import { openUserIdOf } from "../../fixtures/simulators/wecom/open-ids.ts";
import {
  cardClosed,
  click,
  logged,
  message,
  messagesOf,
  metric,
  openCard,
  openWorld,
  runsOf,
  until,
} from "../support/world.ts";
import { cardInGroup, cardShows, GROUP, groupSays, HOME, openBotWorld, SAMPLE, said } from "./bot-world.ts";
import { drill, drillRule } from "./drill.ts";

const ASKED = { from: { tag: "sre-oncall" }, group: "ops" };

describe("the AI bot in a group", () => {
  test("answers commands where they were asked, as the app does", async (t) => {
    const opened = await openBotWorld(t, { files: drillRule() });
    const { world, bot } = opened;
    await drill(world, "1");
    await openCard(world, "演练");
    bot.say("zhangsan", "任务", { group: GROUP, times: 2 });
    assert.match(await groupSays(opened, "演练"), /待授权/);
    bot.say("ZhangSan", "帮助");
    const ready = (await (await fetch(`${world.url()}/readyz`)).json()) as { aibot: { state: string } };
    assert.equal(ready.aibot.state, "live");
    await until(world, "help in the 1:1 chat", () => said(bot, "ZhangSan")[0]?.includes("可以发送"));
    assert.equal(said(bot, GROUP).length, 1, "what came twice is answered once");
    assert.equal(
      messagesOf(world, "zhangsan").some((text) => text.includes("可以发送")),
      false,
    );
  });

  test("an approver decides on the group's card; it shows the state at once, and the result is a new message", async (t) => {
    const opened = await openBotWorld(t, { files: drillRule({ approval: ASKED, report: {} }) });
    const { world, bot } = opened;
    bot.say("lisi", "帮助", { group: GROUP });
    await drill(world, "1");
    const own = await openCard(world, "演练");
    const cardId = await cardInGroup(opened);
    bot.click("lisi", cardId, "approve");
    await cardShows(opened, cardId, "李四 已批准");
    assert.match(await groupSays(opened, "成功"), /演练/);
    assert.equal(await cardClosed(world, own), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
    assert.equal(bot.card(cardId)?.updates, 1);
    assert.equal(await metric(world, "whale_aibot_updates_total", { outcome: "updated" }), 1);
  });

  test("a click of somebody who may not decide changes nothing, and they are told why", async (t) => {
    const opened = await openBotWorld(t, { files: drillRule({ approval: ASKED }) });
    const { world, bot } = opened;
    bot.say("zhaoliu", "帮助", { group: GROUP });
    await drill(world, "1");
    const cardId = await cardInGroup(opened);
    bot.click("zhaoliu", cardId, "approve");
    assert.match(await message(world, "zhaoliu", "演练"), /不在|不能|无权/);
    await cardShows(opened, cardId, "批准");
    assert.equal(runsOf(world, "core.noop").length, 0);
  });

  test("what was decided on the app's card is told in the group, and a late click there is explained", async (t) => {
    const opened = await openBotWorld(t, { files: drillRule({ approval: ASKED }) });
    const { world, bot } = opened;
    bot.say("lisi", "帮助", { group: GROUP });
    await drill(world, "1");
    const own = await openCard(world, "演练");
    const cardId = await cardInGroup(opened);
    await click(world, own, "reject");
    assert.match(await groupSays(opened, "张三"), /已拒绝|拒绝/);
    bot.click("lisi", cardId, "approve");
    await cardShows(opened, cardId, "拒绝");
    await message(world, "lisi", "演练");
    assert.equal(runsOf(world, "core.noop").length, 0);
  });

  test("people known by encrypted ids are read by the app; who is found nowhere is refused", async (t) => {
    const opened = await openBotWorld(t, { files: drillRule({ approval: ASKED }) });
    const { world, bot } = opened;
    bot.say("lisi", "帮助", { group: GROUP });
    await drill(world, "1");
    const cardId = await cardInGroup(opened);
    bot.knowAs((userId) => openUserIdOf("ww00000000whale1", userId));
    bot.say("stranger", "任务", { group: GROUP });
    await groupSays(opened, "认不出您");
    bot.click("stranger", cardId, "approve");
    await until(
      world,
      "the click to be refused",
      () => said(bot, GROUP).filter((text) => text.includes("认不出您")).length === 2,
    );
    await cardShows(opened, cardId, "批准");
    bot.say("sunqi", "任务", { group: GROUP });
    await groupSays(opened, "已停用");
    bot.click("lisi", cardId, "approve");
    await groupSays(opened, "成功", "李四");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("a broken connection loses no message: the outbox sends it when the bot is back", async (t) => {
    const opened = await openBotWorld(t, { files: drillRule({ report: { group: "ops" } }) });
    const { world, bot } = opened;
    bot.say("lisi", "帮助", { group: GROUP });
    await groupSays(opened, "可以发送");
    await drill(world, "1");
    const own = await openCard(world, "演练");
    bot.drop();
    await click(world, own, "approve");
    assert.equal(await cardClosed(world, own), "成功");
    await groupSays(opened, "成功");
  });

  test("a wrong secret is told by /readyz, and the app goes on", async (t) => {
    const bot = await startAibotSimulator();
    t.after(() => bot.close());
    const env = { AIBOT_ID: bot.botId, AIBOT_SECRET: "not-the-secret-0001", AIBOT_URL: bot.url };
    const world = await openWorld(t, { env, files: { ...HOME, ...drillRule({ approval: ASKED }) } });
    await logged(world, { code: "aibot.bad_credentials" });
    const ready = (await (await fetch(`${world.url()}/readyz`)).json()) as {
      warnings: { message: string }[];
    };
    assert.ok(
      ready.warnings.some(({ message: said }) => said.includes("853000") && said.includes("AIBOT_SECRET")),
    );
    assert.doesNotMatch(JSON.stringify([ready, world.lines]), /not-the-secret-0001/);
    await drill(world, "1");
    await click(world, await openCard(world, "演练"), "approve");
    await until(world, "the run", () => runsOf(world, "core.noop").length === 1);
  });
});

describe("reports to groups", () => {
  test("go to a group that the app made", async (t) => {
    const world = await openWorld(t, {
      files: { ...HOME, ...drillRule({ report: { group: "shop-alerts" } }) },
    });
    await drill(world, "1");
    await click(world, await openCard(world, "演练"), "approve");
    await until(world, "the report in the group", () =>
      world.wecom.groups.list().some((group) => JSON.stringify(group.entries).includes("成功")),
    );
    assert.equal(world.wecom.groups.sentCount().groups, 1);
  });

  test("go to a robot's group, whose key no log shows", async (t) => {
    const env = { OPS_ROBOT_KEY: "robot-key-of-the-test-0001" };
    const files = {
      "groups.yaml": { ...SAMPLE, ops: { robot: "$".concat("{OPS_ROBOT_KEY}") } },
      ...drillRule({ report: { group: "ops" } }),
    };
    const world = await openWorld(t, { env, files });
    world.wecom.groups.addRobot("ops", env.OPS_ROBOT_KEY);
    await drill(world, "1");
    await click(world, await openCard(world, "演练"), "approve");
    await until(world, "the report in the group", () => world.wecom.groups.sentCount().robots === 1);
    assert.doesNotMatch(JSON.stringify(world.lines), /robot-key-of-the-test/);
  });

  test("that cannot be written to are given up with what to do, and hold nothing up", async (t) => {
    const groups = { ...SAMPLE, ops: { appchat: "gone" } };
    const world = await openWorld(t, {
      files: { "groups.yaml": groups, ...drillRule({ report: { group: "ops" } }) },
    });
    await drill(world, "1");
    const own = await openCard(world, "演练");
    await click(world, own, "approve");
    assert.equal(await cardClosed(world, own), "成功");
    const line = await logged(world, { kind: "group_report", msg: "message given up" });
    assert.match(String(line["reason"]), /本应用建的/);
  });
});
