import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  API_KEY,
  cardClosed,
  click,
  logged,
  message,
  openCard,
  runsOf,
  until,
  type World,
  type WorldOptions,
} from "../support/world.ts";
import { type BotWorld, cardInGroup, cardShows, GROUP, groupSays, openBotWorld } from "./bot-world.ts";
import { approved, drill, drillRule, SOON } from "./drill.ts";

const IN_GROUP = { report: { group: "ops" } };

/** A group that has spoken with the AI bot, to which a rule or cluster reports. */
async function openGroup(t: Parameters<typeof openBotWorld>[0], options: WorldOptions): Promise<BotWorld> {
  const opened = await openBotWorld(t, options);
  opened.bot.say("lisi", "帮助", { group: GROUP });
  await groupSays(opened, "可以发送");
  return opened;
}

function ran(world: World, times: number): Promise<true> {
  return until(world, "the run", () => runsOf(world, "core.noop").length === times || null);
}

describe("a group that a rule reports to", { concurrency: 2 }, () => {
  test("is asked when an approval escalates, and who is asked may decide there", async (t) => {
    const escalate = { after: "300ms", to: { users: ["wangwu"] } };
    const approval = { from: { users: ["zhangsan"] }, timeout: "30s", escalate };
    const opened = await openGroup(t, { files: drillRule({ ...IN_GROUP, approval }) });
    const { world, bot } = opened;
    await drill(world, "1");
    const own = await openCard(world, "演练", "wangwu");
    const inGroup = await cardInGroup(opened, "演练");
    bot.click("zhaoliu", inGroup, "approve");
    await message(world, "zhaoliu", "演练");
    assert.equal(runsOf(world, "core.noop").length, 0);
    bot.click("wangwu", inGroup, "approve");
    await cardShows(opened, inGroup, "王五 已批准");
    await ran(world, 1);
    assert.equal(await cardClosed(world, own), "成功");
  });

  test("is told in words what was decided elsewhere, where its card can be changed no more", async (t) => {
    const approval = { from: { tag: "sre-oncall" }, group: "ops" };
    const files = drillRule({ action: "core.wait", params: { seconds: 4 }, approval });
    const opened = await openGroup(t, { files });
    await drill(opened.world, "1");
    await cardInGroup(opened, "演练");
    await click(opened.world, await openCard(opened.world, "演练"), "approve");
    await groupSays(opened, "演练", "张三 已批准", "执行中");
  });

  test("is asked whether a start that nobody knows of is to be made again", async (t) => {
    const settings = { ...SOON, startWindowMs: 250, unknownGiveUpMs: 60_000 };
    const opened = await openGroup(t, { files: drillRule(IN_GROUP), settings });
    const { world, bot } = opened;
    await world.stackstorm.faults.set({ answer502Html: 1, answerFaultMethods: ["POST"] });
    const first = await approved(world);
    const inGroup = await cardInGroup(opened, "无法确认");
    bot.click("zhaoliu", inGroup, "again");
    await message(world, "zhaoliu", "演练");
    bot.click("lisi", inGroup, "again");
    assert.equal(await cardClosed(world, first), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("is asked what a workflow wants to know, and hears what was answered elsewhere", async (t) => {
    const files = drillRule({ ...IN_GROUP, action: "core.asking", params: {} });
    const opened = await openGroup(t, { files, settings: SOON });
    const { world, bot } = opened;
    const task = await approved(world);
    const inGroup = await cardInGroup(opened, "等待答复");
    bot.click("wangwu", inGroup, "answer:yes");
    await message(world, "wangwu", "不能答复");
    assert.deepEqual(runsOf(world, "core.ask")[0]?.result?.["response"] ?? {}, {});
    bot.click("lisi", inGroup, "answer:no");
    await cardShows(opened, inGroup, "李四");
    assert.equal(await cardClosed(world, task), "成功");
    await groupSays(opened, "等待答复", "李四 已答复 否");
  });

  test("that takes no cards is told in words who is asked what", async (t) => {
    const escalate = { after: "300ms", to: { users: ["wangwu"] } };
    const approval = { from: { users: ["zhangsan"] }, timeout: "30s", escalate };
    const { world } = await openBotWorld(t, {
      files: drillRule({ report: { group: "shop-alerts" }, approval }),
    });
    await drill(world, "1");
    await openCard(world, "演练", "wangwu");
    await until(world, "words in the group", () =>
      world.wecom.groups
        .list()
        .some((group) => /演练.*core\\?\.noop.*请在应用里/.test(JSON.stringify(group.entries))),
    );
  });
});

test("the group of a cluster is asked about its upgrade, by the rights of whoever clicks", async (t) => {
  const roles = [{ name: "lead", of: { users: ["wangwu", "lisi"] }, rights: ["clusters.*"] }];
  const near = {
    name: "near",
    api: "http://127.0.0.1:9/api",
    auth: { apiKey: API_KEY },
    businesses: ["far"],
  };
  const cluster = { ...near, ...IN_GROUP };
  const files = { ...drillRule(), "roles.yaml": { roles }, "clusters/near.yaml": cluster };
  const opened = await openGroup(t, { files });
  const { world, bot } = opened;
  bot.say("wangwu", "升级 near 30m 升到 3.9", { group: GROUP });
  const asked = await openCard(world, "请确认", "wangwu");
  await click(world, asked, "confirm");
  const inGroup = await cardInGroup(opened, "集群升级");
  bot.click("zhaoliu", inGroup, "approve");
  await message(world, "zhaoliu", "clusters.write");
  bot.click("wangwu", inGroup, "approve");
  await message(world, "wangwu", "要由别人批准");
  bot.click("lisi", inGroup, "approve");
  await logged(world, { msg: "an upgrade went on", stage: "draining" });
  await cardShows(opened, inGroup, "near (1/1)");
});
