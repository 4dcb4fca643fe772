import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cardClosed, click, message, openCard, openWorld, until, type World } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const WAIT = {
  name: "seconds",
  title: "等多久",
  options: [
    { id: "short", text: "短", value: 0.01 },
    { id: "long", text: "长", value: 0.02 },
  ],
};
const LIMIT = { name: "timeout", title: "上限", options: [{ id: "minute", text: "一分钟", value: 60 }] };
const USERS = { users: ["zhangsan", "lisi"] };

function ran(world: World): unknown[] {
  return world.stackstorm.rows().map(({ action, parameters }) => [action, parameters]);
}

describe("a card with something to choose", { concurrency: 2 }, () => {
  test("starts what was chosen, and nothing before something was", async (t) => {
    const rule = drillRule({ action: "core.wait", choices: [WAIT] });
    const world = await openWorld(t, { files: rule });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    // The dropdown shows its first option: one that stands for nothing.
    await click(world, card, "approve", { selected: { seconds: ["-"] } });
    await message(world, "zhangsan", "请先在卡片上选好每一项");
    assert.deepEqual(ran(world), []);
    // Within one second WeCom's retry could not be told from another click.
    world.jump(1_000);
    await click(world, card, "approve", { selected: { seconds: ["long"] } });
    assert.equal(await cardClosed(world, card), "成功");
    assert.deepEqual(ran(world), [["core.wait", { seconds: 0.02 }]]);
  });

  test("asks two people for the same: the first choice is fixed, and shown to the second", async (t) => {
    const approval = { from: USERS, need: 2 };
    const world = await openWorld(t, {
      files: drillRule({ action: "core.wait", choices: [WAIT], approval }),
    });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const other = { ...card, user: "lisi" };
    await click(world, card, "approve", { selected: { seconds: ["short"] } });
    await message(world, "zhangsan", "已记录您的批准");
    const shown = await until(world, "the fixed choice on the other's card", () => {
      const chat = world.wecom.chats()["lisi"] ?? [];
      const copy = chat.flatMap((item) =>
        item.kind === "card" && item.card.taskId === card.cardId ? [item.card.card] : [],
      )[0];
      const { option_list: options = [] } = (copy?.["button_selection"] ?? {}) as {
        option_list?: { id: string }[];
      };
      return options.length === 1 && options[0]?.id;
    });
    assert.equal(shown, "short");
    await click(world, other, "approve", { selected: { seconds: ["short"] } });
    assert.equal(await cardClosed(world, card), "成功");
    assert.deepEqual(ran(world), [["core.wait", { seconds: 0.01 }]]);
  });

  test("of two things is a card of dropdowns, one of which is the decision", async (t) => {
    const world = await openWorld(t, { files: drillRule({ action: "core.wait", choices: [WAIT, LIMIT] }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const chosen = { seconds: ["short"], timeout: ["minute"] };
    await click(world, card, "decide", { selected: { ...chosen, decision: ["-"] } });
    await message(world, "zhangsan", "请先在卡片上选好每一项");
    world.jump(1_000);
    await click(world, card, "decide", { selected: { ...chosen, decision: ["reject"] } });
    assert.equal(await cardClosed(world, card), "已拒绝");
    assert.deepEqual(ran(world), []);
  });
});
