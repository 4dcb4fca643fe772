import assert from "node:assert/strict";
import { test } from "node:test";
import { eventId, shortId, taskId } from "../../core/ids/index.ts";
import { ask, cardClosed, click, openCard, openWorld, runsOf } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const SHOW = { action: "dmesg.show", params: { host: "vm-pay-app-07", lines: 50 } };
/** Zhaoliu is asked by no task; with this role they may read all of them. */
const READS = { roles: [{ name: "reader", of: { users: ["zhaoliu"] }, rights: ["tasks.read"] }] };
const ID = shortId(taskId(eventId("generic", "1"), "drill", 0));

/** Another delivery whose task's id begins with the same letter. */
function sibling(): string {
  const ids = Array.from({ length: 2000 }, (_, i) => String(i + 2));
  const found = ids.find((id) => shortId(taskId(eventId("generic", id), "drill", 0))[0] === ID[0]);
  return found ?? "2";
}

test("the commands answer in Chinese, by Chinese and English words", async (t) => {
  const world = await openWorld(t, { files: { ...drillRule(SHOW), "roles.yaml": READS } });
  const told = async (text: string, ...patterns: RegExp[]) => {
    const answer = await ask(world, "zhaoliu", text);
    for (const pattern of patterns) assert.match(answer, pattern, text);
  };
  await told("帮助", /可以发送/, /日志 \/ logs 编号/);
  await told("help", /可以发送/);
  await told("任务", /目前没有任务/);

  await drill(world, "1");
  const card = await openCard(world, "演练");
  await told("tasks", new RegExp(`\\*\\*${ID}\\*\\* 演练 · h1 · 待授权`));
  await told(`ex ${ID}`, /还没有启动/);
  await told(`日志 ${ID}`, /还没有启动/);

  await click(world, card, "approve");
  assert.equal(await cardClosed(world, card), "成功");
  await told("任务 失败", /没有符合的任务/);
  await told(`任务 ${ID}`, /状态：成功/, /张三 已批准/, /dmesg\.show/, /经过/, /已批准 · 张三/);
  await told(`task t_${ID}`, /状态：成功/);
  await told(`执行 ${ID.slice(0, 4)}`, /状态：succeeded/, /StackStorm：hz-core [0-9a-f]{24}/);
  await told(`LOGS ${ID.toUpperCase()}`, /Out of memory/);
  // As people's keyboards and forwards have it.
  await told(`＠鲸 ／ｌｏｇｓ\u3000${ID}\u200b`.replace("＠", "@"), /Out of memory/);

  await told("log", /写法：log 编号/);
  await told("taks", /不认识的命令：taks/, /您是不是想发送：tasks/);
  await told("给我来点好玩的", /不认识的命令/);
  await told("ex zzzzzz", /找不到编号为 zzzzzz/);
  await told("ex ../../etc", /找不到编号/);

  await drill(world, sibling(), { detail: { host: "h9" } });
  await openCard(world, "h9");
  await told(`任务 ${ID[0]}`, /对应多个任务/, /h1/, /h9/);
  assert.equal(runsOf(world, "dmesg.show").length, 1);
});

test("the commands and cards are in English when the language is", async (t) => {
  const world = await openWorld(t, {
    files: { ...drillRule(SHOW), "roles.yaml": READS },
    env: { WHALE_LANG: "en" },
  });
  const told = async (text: string, ...patterns: RegExp[]) => {
    const answer = await ask(world, "zhaoliu", text);
    for (const pattern of patterns) assert.match(answer, pattern, text);
  };
  await told("帮助", /You can send:/);
  await drill(world, "1");
  const card = await openCard(world, "演练");
  await told("tasks", /waiting for approval/);
  await click(world, card, "approve");
  assert.equal(await cardClosed(world, card), "succeeded");
  await told(`task ${ID}`, /State: succeeded/, /approved by 张三/);
  await told(`ex ${ID}`, /State: succeeded/);
  await told(`logs ${ID}`, /Out of memory/);
  await told("logz", /Unknown command: logz/, /Did you mean: logs/);
  await told("task", /Write: task ID/);
});

test("the output of a run that failed before it put anything out is why", async (t) => {
  const nowhere = { ...SHOW, params: { ...SHOW.params, host: "vm-nowhere-01" } };
  const world = await openWorld(t, { files: { ...drillRule(nowhere), "roles.yaml": READS } });
  await drill(world, "1");
  const card = await openCard(world, "演练");
  await click(world, card, "approve");
  assert.equal(await cardClosed(world, card), "失败");
  assert.match(await ask(world, "zhaoliu", `logs ${ID}`), /Unable to connect to any one of the hosts/);
});

test("StackStorm cannot be read: a question about a run says so", async (t) => {
  const world = await openWorld(t, { files: { ...drillRule(SHOW), "roles.yaml": READS } });
  await drill(world, "1");
  const card = await openCard(world, "演练");
  await click(world, card, "approve");
  await cardClosed(world, card);
  await world.stackstorm.faults.set({ down: "refuse" });

  assert.match(await ask(world, "zhaoliu", `logs ${ID}`), /暂时读不到 StackStorm/);
  assert.match(await ask(world, "zhaoliu", `task ${ID}`), /状态：成功/);
});

test("a name from an alert cannot mark up the chat", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  const host = '<@all> **x** [bank](http://evil.example) <font color="info">ok</font>';
  await drill(world, "1", { subject: host, title: host, detail: { host } });
  const card = await openCard(world, "演练");
  await click(world, card, "reject");
  const answer = await ask(world, "zhangsan", "tasks");
  assert.doesNotMatch(answer, /<@all>|\[bank\]\(|<font color="info">ok/);
});
