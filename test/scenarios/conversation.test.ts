import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  cardClosed,
  cardsOf,
  logged,
  messagesOf,
  openWorld,
  runsOf,
  until,
  type World,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";
import { talk } from "./talk.ts";

const LOOKS = ["events.read", "rules.read", "tasks.read", "mutes.read", "clusters.read"];
const ROLES = {
  roles: [
    {
      name: "shop-sre",
      of: { tag: "sre-oncall" },
      rights: [...LOOKS, "tasks.control"],
      on: { businesses: ["shop"] },
    },
    { name: "sre", of: { tag: "sre-oncall" }, rights: ["events.read", "events.replay", "rules.read"] },
    { name: "lead", of: { users: ["wangwu"] }, rights: ["*"] },
  ],
};
const SHOW = { action: "dmesg.show", params: { host: "vm-pay-app-07", lines: 50 } };
const PAY = {
  ...drillRule({
    id: "pay-drill",
    title: "支付演练",
    business: "pay",
    on: ["pay-drill"],
    approval: { from: { users: ["wangwu"] } },
  }),
  "event-types/pay-drill.yaml": {
    type: "pay-drill",
    title: "支付演练",
    owner: "tests",
    subject: "{{ detail.host }}",
  },
};
const FILES = { ...drillRule(SHOW), ...PAY, "roles.yaml": ROLES };

const open = (t: Parameters<typeof openWorld>[0], env = {}) => openWorld(t, { files: FILES, env });

/** A drill that waits, and what people type for it. */
async function waiting(
  world: World,
  id: string,
  title = "演练",
  user = "zhangsan",
  fields = {},
): Promise<string> {
  await drill(world, id, { detail: { host: `h${id}` }, ...fields });
  return until(world, `the card of ${title} h${id}`, () => {
    const cards = cardsOf(world, user, title).filter((card) => card.taskId?.startsWith("t_"));
    const open = cards.find((card) => card.greyed === null && JSON.stringify(card.card).includes(`h${id}`));
    return open?.taskId?.slice(2, 8);
  });
}

describe("a conversation", { concurrency: 2 }, () => {
  test("somebody on duty looks, approves, reads what came of it", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    await talk(
      world,
      `zhangsan: 我是谁
       whale: 张三 … zhangsan … 角色：shop-sre sre … tasks.control（businesses=shop）
       zhangsan: 待办
       whale: ${id} … 演练 · h1 · 待授权 … 等您授权
       zhangsan: 任务 ${id}
       whale: 待授权 … dmesg.show … 需 1 人
       zhangsan: 批准 ${id.slice(0, 4)} 已看过
       whale: ${id} … 已批准，即将执行`,
    );
    assert.equal(await cardClosed(world, await seen(world, id)), "成功");
    await talk(
      world,
      `zhangsan: 日志${id} 头
       whale: ${id} … Out of memory
       zhangsan: task ${id}
       whale: 成功 … 张三（已看过） 已批准
       zhangsan: 批准 ${id}
       whale: 已经有人处理过了
       lisi: 拒绝 ${id}
       whale: 已经有人处理过了`,
    );
    assert.equal(runsOf(world, "dmesg.show").length, 1);
  });

  test("somebody on a phone: wide letters, marks that nobody sees, no space, a mention, a slip", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    const wide = id.replace(/[a-z2-7]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
    await talk(
      world,
      `zhangsan: ＠鲸　任务　${wide}。
       whale: ${id} … 待授权
       zhangsan: 任\u200b务\u2066${id}
       whale: ${id} … 待授权
       zhangsan: aprove ${id}
       whale: 不认识的命令 … 您是不是想发送：approve
       zhangsan: 批准
       whale: 写法：批准 编号
       zhangsan: “help” approve
       whale: 批准 / approve … 也可以写作：批准 同意 通过 approve ok
       zhaoliu: 重放
       whale: 写法：重放
       zhaoliu: stpo
       whale: 不认识的命令：stpo
       zhangsan: 拒绝${id} 今天不做
       whale: 已拒绝，不会执行`,
    );
    assert.equal(await cardClosed(world, await seen(world, id)), "已拒绝");
    await talk(world, `zhangsan: 任务 ${id}\nwhale: 张三（今天不做） 已拒绝`);
  });

  test("what is quoted is not carried out", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    const dashes = "- - - - - - - - - - - - - - -";
    await talk(
      world,
      `zhangsan: 「李四：批准 ${id}」⏎${dashes}⏎任务 ${id}
       whale: 待授权
       zhangsan: 「李四：批准 ${id}」
       whale: 引用里的命令不会执行
       zhangsan: > 批准 ${id}
       whale: 引用里的命令不会执行
       zhangsan: 「a：b」⏎${dashes}⏎批准 ${id}」⏎${dashes}⏎任务 ${id}
       whale: 待授权`,
    );
    assert.equal(runsOf(world, "dmesg.show").length, 0);
  });

  test("who may not hears which right is missing, who has it and who may grant it", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    const pay = await waiting(world, "2", "支付演练", "wangwu", { event_type: "pay-drill" });
    await talk(
      world,
      `zhaoliu: 帮助
       whale: 批准 / approve … 值班 / duty
       zhaoliu: 任务
       whale: 目前没有任务
       zhaoliu: 任务 ${id}
       whale: 不是请您授权的 … tasks.read … 有此权限的角色：shop-sre（ … sre-oncall）；lead（wangwu） … 可找：lead（wangwu）
       zhaoliu: 批准 ${id}
       whale: ${id}** 您不在授权人名单中 … 可以决定的人 … sre-oncall
       zhaoliu: 取消 ${id}
       whale: ${id}** 您不在授权人名单中 … tasks.control
       zhaoliu: 停止 全部 试试
       whale: 没有 stops.write 权限 … 有此权限的角色：lead（wangwu）
       zhangsan: 任务
       whale: ${id}
       zhangsan: 任务 ${pay}
       whale: 不是请您授权的 … tasks.read
       zhangsan: 批准 ${pay}
       whale: ${pay}** 您不在授权人名单中 … 可以决定的人：王五
       wangwu: 批准 ${pay}
       whale: 已批准`,
    );
    await logged(world, { msg: "task moved", reason: "execution_ended" });
    await talk(
      world,
      `zhangsan: 重试 ${pay}
       whale: ${pay}** 您不在授权人名单中 … tasks.control 权限不包括 … 有此权限的角色：lead（wangwu）
       wangwu: 重试 ${pay}
       whale ▣ 请确认：重试 ${pay} … 成功
       wangwu ▶ abandon`,
    );
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("all that waits is approved at once, as it was shown", async (t) => {
    const world = await open(t);
    for (const count of [1, 2, 3]) {
      await drill(world, String(count), { detail: { host: `h${count}` } });
      // One after the other, so that the list has an order.
      await until(world, `${count} cards`, () => openCards(world, "lisi") === count);
    }
    await talk(
      world,
      `lisi: 批准 全部
       whale: 等您授权的任务，3 个 … h1 … h2 … h3
       whale ▣ 请确认：批准 3 个任务 … 3 × … 演练`,
    );
    await drill(world, "4", { detail: { host: "h4" } });
    await until(world, "four cards", () => openCards(world, "lisi") === 4);
    await talk(world, "lisi: more\nwhale: 没有可以接着看的列表\nlisi: 待办 mine\nwhale: h4");
    const card = await confirmation(world, "lisi");
    await world.wecom.click("lisi", card, "confirm");
    await until(world, "the answer", () =>
      messagesOf(world, "lisi").some((text) => text.includes("已批准 3 个")),
    );
    await until(world, "three runs", () => runsOf(world, "dmesg.show").length === 3);
    await talk(
      world,
      `lisi: 批准 all
       whale: 等您授权的任务，1 个 … h4
       whale ▣ 批准 1 个任务
       lisi ▶ abandon
       zhaoliu: approve all
       whale: 现在没有等您授权的任务`,
    );
    assert.equal(runsOf(world, "dmesg.show").length, 3);
  });

  test("what is dangerous is confirmed once, by its person, in time", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    await talk(world, `zhangsan: 取消 ${id}\nwhale ▣ 请确认：取消 ${id} … 待授权 … dmesg.show`);
    const code = (await confirmation(world, "zhangsan")).slice(-6);
    await talk(
      world,
      `lisi: 确认 ${code}
       whale: 没有这个待确认的命令
       zhangsan: 任务 ${id}
       whale: 待授权
       zhangsan: 确认 ${code}
       whale: 已取消，没有执行
       zhangsan: 确认 ${code}
       whale: 已经处理过了
       zhangsan: 取消 ${id}
       whale: 当前状态不能这样操作`,
    );
    const other = await waiting(world, "2");
    await talk(world, `zhangsan: 取消 ${other}\nwhale ▣ 请确认：取消 ${other}`);
    const late = await confirmation(world, "zhangsan", other);
    world.jump(5 * 60_000 + 1_000);
    await world.wecom.click("zhangsan", late, "confirm");
    await until(world, "that it is too late", () =>
      messagesOf(world, "zhangsan").at(-1)?.includes("确认已过期"),
    );
    await talk(world, `zhangsan: 任务 ${other}\nwhale: 待授权`);
  });

  test("nothing new starts while it is stopped, and goes on afterwards", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    await talk(
      world,
      `wangwu: 停止 cluster=hz-cor 断电
       whale: 没有 集群 hz-cor
       wangwu: 停止 全部
       whale: 写法：急停
       wangwu: 停止 全部 机房断电
       whale ▣ 请确认：急停 全部 … 机房断电
       wangwu ▶ confirm
       whale: 不再启动新的执行：全部，王五 … 机房断电
       zhaoliu: 停止
       whale: 正在生效的急停 … 全部，王五 … 机房断电
       zhangsan: 批准 ${id}
       whale: 已批准`,
    );
    await logged(world, { msg: "task moved", reason: "held_by_stop" });
    assert.equal(runsOf(world, "dmesg.show").length, 0);
    await talk(
      world,
      `zhangsan: 启动
       whale: 没有 stops.write 权限
       wangwu: 启动
       whale ▣ 请确认：启动 全部
       wangwu ▶ confirm
       whale: 已解除急停：全部`,
    );
    // Nobody has clicked, so that the first card had no code but that of its sending.
    const [first, next] = await until(world, "a card that goes on", () => {
      const cards = cardsOf(world, "zhangsan", "演练");
      return cards.length === 2
        ? cards.map(({ taskId }) => ({ user: "zhangsan", cardId: taskId ?? "" }))
        : null;
    });
    assert.ok(first && next);
    assert.equal(await cardClosed(world, first), "解除后另发卡片");
    assert.equal(await cardClosed(world, next), "成功");
  });

  test("events, rules, clusters and buckets are told to who may know them", async (t) => {
    const world = await open(t);
    const id = await waiting(world, "1");
    await until(world, "the event in the archive", async () =>
      (await ask(world, "zhangsan", "事件")).includes("h1"),
    );
    await talk(
      world,
      `zhaoliu: 事件
       whale: 没有 events.read 权限
       zhangsan: 事件 ${id}
       whale: h1 … generic · drill
       zhangsan: 为什么 ${id} drill
       whale: 演练
       zhangsan: 规则
       whale: 生效的规则 … drill … 演练 · shop · dmesg.show
       zhangsan: 规则 drill
       whale: 需 1 人 … sre-oncall）批准
       zhangsan: 集群
       whale: clusters.read
       wangwu: 集群
       whale: hz-core … 正常
       wangwu: 限流 drill:x
       whale: 没有桶 drill:x
       zhangsan: 重放 ${id}
       whale ▣ 请确认：重放 … h1
       zhangsan ▶ confirm
       whale: 已排队重放 r_`,
    );
    await until(world, "the task of the replay", () => openCards(world, "zhangsan") === 2);
  });

  test("a list goes on with 更多, and each person has their own", async (t) => {
    const world = await open(t);
    for (let no = 1; no <= 13; no++) await drill(world, String(no), { detail: { host: `h${no}` } });
    await until(world, "all cards", () => openCards(world, "zhangsan") + openCards(world, "lisi") === 26);
    await talk(
      world,
      `zhangsan: 任务 待授权
       whale: 最近的任务 … 等您授权 … 还有 3 条，发送 更多
       lisi: 更多
       whale: 没有可以接着看的列表
       zhangsan: 下一页
       whale: 最近的任务 … 等您授权
       zhangsan: more
       whale: 没有可以接着看的列表`,
    );
  });

  test("a flood is answered up to its bound, and then once more", async (t) => {
    const world = await open(t);
    await Promise.all(Array.from({ length: 60 }, () => world.wecom.say("zhaoliu", "help")));
    await until(world, "that it is too much", () =>
      messagesOf(world, "zhaoliu").some((text) => text.includes("太快")),
    );
    await talk(world, "lisi: 我是谁\nwhale: 李四");
    const all = messagesOf(world, "zhaoliu");
    assert.equal(all.filter((text) => text.includes("太快")).length, 1);
    assert.ok(all.filter((text) => text.includes("您可以发送")).length <= 40);
    world.jump(60_000);
    await talk(world, "zhaoliu: 我是谁\nwhale: 赵六 … 角色：无");
  });

  test("in English the same is said in English", async (t) => {
    const world = await open(t, { WHALE_LANG: "en" });
    const id = await waiting(world, "1");
    await talk(
      world,
      `zhangsan: help
       whale: You can send: … approve / 批准 ID [REASON]
       zhangsan: cancel ${id}
       whale ▣ Confirm: cancel ${id}
       zhangsan ▶ confirm
       whale: Cancelled; nothing was run
       zhaoliu: events
       whale: none of your roles has the right events.read … Roles that have it: shop-sre
       zhaoliu: 语言 zh
       whale: 以后用中文
       zhaoliu: 事件
       whale: 没有 events.read 权限
       zhangsan: language klingon
       whale: Write: language zh`,
    );
  });
});

function openCards(world: World, user: string): number {
  const chat = world.wecom.chats()[user] ?? [];
  return chat.filter(
    (item) => item.kind === "card" && item.card.taskId?.startsWith("t_") && item.card.greyed === null,
  ).length;
}

/** The id of the last card that asked a person to confirm, about something where that is given. */
function confirmation(world: World, user: string, about = ""): Promise<string> {
  return until(world, `a card that asks ${user} to confirm`, () => {
    const cards = (world.wecom.chats()[user] ?? []).flatMap((item) =>
      item.kind === "card" ? [item.card] : [],
    );
    const asking = cards.filter(
      (card) => card.taskId?.startsWith("c_") && JSON.stringify(card.card).includes(about),
    );
    return asking.at(-1)?.taskId;
  });
}

/** A task's card as zhangsan has it. */
async function seen(world: World, id: string) {
  const cards = (world.wecom.chats()["zhangsan"] ?? []).flatMap((item) =>
    item.kind === "card" ? [item.card] : [],
  );
  const cardId = cards.find((card) => card.taskId?.slice(2, 8) === id)?.taskId;
  assert.ok(cardId);
  return { user: "zhangsan", cardId };
}
