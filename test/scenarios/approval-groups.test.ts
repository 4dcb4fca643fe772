import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shortId } from "../../core/ids/index.ts";
import {
  ask,
  cardClosed,
  cardShows,
  click,
  message,
  openCard,
  openWorld,
  runsOf,
  type SeenCard,
  textOfCard,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const GROUPS = [
  { name: "DBA", from: { tag: "sre-oncall" } },
  { name: "负责人", from: { users: ["lisi", "wangwu"] } },
];

function copyOf(card: SeenCard, user: string): SeenCard {
  return { ...card, user };
}

function idOf({ cardId }: SeenCard): string {
  return shortId(cardId.replace(/@.*/, ""));
}

describe("several groups of people", { concurrency: 2 }, () => {
  test("are asked with one card; the one who is in both leaves room for who is in one alone", async (t) => {
    const world = await openWorld(t, { files: drillRule({ approval: { groups: GROUPS } }) });
    await drill(world, "1");
    const card = await openCard(world, "演练", "wangwu");
    assert.match(textOfCard(world, card), /需 1 位 DBA 和 1 位负责人批准/);
    assert.equal((await openCard(world, "演练")).cardId, card.cardId);

    await click(world, copyOf(card, "lisi"), "approve");
    await message(world, "lisi", "已记录您的批准，还需 1 位");
    await cardShows(world, card, "还需 1 位");
    assert.match(
      await ask(world, "lisi", `任务 ${idOf(card)}`),
      /需 1 位 DBA（#sre\\?-oncall）和 1 位负责人/,
    );
    assert.equal(runsOf(world, "core.noop").length, 0);

    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
    assert.match(textOfCard(world, card), /李四 王五 已批准/);
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("decide with a reason, which is given in chat, shown on the card and told at the end", async (t) => {
    const approval = { groups: GROUPS, reason: "always", reject: "majority" };
    const world = await openWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练", "wangwu");
    assert.match(textOfCard(world, card), /须写原因/);
    const id = idOf(card);

    assert.match(await ask(world, "wangwu", `原因 ${id} 先看看`), /请先在卡片上点批准或拒绝/);
    await click(world, card, "reject");
    await message(world, "wangwu", `原因 ${id}`);
    assert.match(await ask(world, "zhaoliu", `原因 ${id} 我也同意`), /没有等您写原因的决定/);
    assert.match(await ask(world, "wangwu", `原因 ${id.toUpperCase()} 主机在迁移`), /已有 1 人拒绝/);
    await cardShows(world, card, "已拒绝：王五（主机在迁移）");

    for (const [user, words] of [
      ["zhangsan", "已核对 *备份*"],
      ["lisi", "可以"],
    ] as const) {
      await click(world, copyOf(card, user), "approve");
      await message(world, user, `原因 ${id}`);
      assert.match(await ask(world, user, `reason ${id} ${words}`), /已记录您的/);
    }
    assert.equal(await cardClosed(world, card), "成功");
    await message(world, "lisi", "张三（已核对", "李四（可以）");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("are followed by one step after the other, and the last one may decide alone", async (t) => {
    const escalate = [
      { after: "300ms", to: { users: ["zhangsan"] } },
      { after: "600ms", to: { users: ["wangwu"] } },
    ];
    const groups = [
      { name: "DBA", from: { users: ["lisi"] } },
      { name: "负责人", from: { users: ["zhouba"] } },
    ];
    const world = await openWorld(t, {
      files: drillRule({ approval: { groups, timeout: "30s", escalate } }),
    });
    await drill(world, "1");
    const first = await openCard(world, "演练", "lisi");
    const second = await openCard(world, "演练", "zhangsan");
    const third = await openCard(world, "演练", "wangwu");
    assert.equal(new Set([first, second, third].map(({ cardId }) => cardId)).size, 3);
    await click(world, third, "approve");
    for (const card of [first, second, third]) assert.equal(await cardClosed(world, card), "成功");
    assert.match(textOfCard(world, first), /王五 已批准/);
  });
});
