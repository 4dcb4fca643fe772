import assert from "node:assert/strict";
import { test } from "node:test";
import {
  askSurely,
  cardClosed,
  cardShows,
  cardsOf,
  click,
  openCard,
  openWorld,
  runsOf,
  until,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

test("a card tells everybody that a stop holds its task, and another one that it goes on", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  await askSurely(world, "lisi", "停止 全部 机房断电");
  await drill(world, "1");
  const card = await openCard(world, "演练");
  const other = { ...card, user: "lisi" };
  await click(world, card, "approve");
  for (const copy of [card, other]) {
    await cardShows(world, copy, "张三 已批准 · 暂缓");
    await cardShows(world, copy, "急停（全部），李四");
  }
  assert.equal(runsOf(world, "core.noop").length, 0);
  assert.equal(cardsOf(world, "lisi", "演练").length, 1);

  await askSurely(world, "lisi", "启动");
  const second = await until(world, "a card that tells so", () => {
    const fresh = cardsOf(world, "lisi", "演练").find(({ taskId }) => taskId !== card.cardId);
    return fresh?.taskId ? { user: "lisi", cardId: fresh.taskId } : null;
  });
  assert.equal(await cardClosed(world, second), "成功");
  // A slow start is shown first, which takes the click's code: then the code of the sending has told of the hold.
  assert.match(await cardClosed(world, other), /^(成功|解除后另发卡片)$/);
  assert.equal(runsOf(world, "core.noop").length, 1);
  assert.equal(cardsOf(world, "zhangsan", "演练").length, 2);
});
