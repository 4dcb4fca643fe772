import assert from "node:assert/strict";
import { test } from "node:test";
import { cardClosed, click, message, openCard, openWorld } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const LANGUAGES = { languages: [{ language: "en", of: { users: ["lisi"] } }] };

test("a card is in the language of its reader, and so is the report", async (t) => {
  const lisi = { users: ["lisi"] };
  const files = {
    ...drillRule({ approval: { from: lisi }, report: { to: lisi } }),
    "languages.yaml": LANGUAGES,
  };
  const world = await openWorld(t, { files });
  await drill(world, "1");
  const card = await openCard(world, "演练", "lisi");
  const texts = world.wecom.card("lisi", card.cardId)?.buttons.map(({ text }) => text);
  assert.deepEqual(texts?.slice(0, 2), ["Approve", "Reject"]);
  await click(world, card, "approve");
  assert.equal(await cardClosed(world, card), "succeeded");
  await message(world, "lisi", "approved by 李四");
});

test("a card for several is in the language of most, and each of them is answered in theirs", async (t) => {
  const approval = { from: { users: ["zhangsan", "lisi", "wangwu"] }, need: 2 };
  const files = { ...drillRule({ approval }), "languages.yaml": LANGUAGES };
  const world = await openWorld(t, { files });
  await drill(world, "1");
  const card = await openCard(world, "演练", "lisi");
  const texts = world.wecom.card("lisi", card.cardId)?.buttons.map(({ text }) => text);
  assert.deepEqual(texts?.slice(0, 2), ["批准", "拒绝"]);
  await click(world, card, "approve");
  await message(world, "lisi", "Your approval is counted");
});
