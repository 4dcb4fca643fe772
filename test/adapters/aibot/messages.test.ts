import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BotIncoming } from "../../../core/ports/index.ts";
import { aCard, type Bot, eventually, GROUP, live, openBotWorld } from "./parts.ts";

type Message = Extract<BotIncoming, { kind: "message" }>;
type Click = Extract<BotIncoming, { kind: "click" }>;

async function heard<K extends BotIncoming["kind"]>(bot: Bot, kind: K, at = 0) {
  const found = await eventually(`${kind} ${at}`, () => bot.heard.filter((one) => one.kind === kind)[at]);
  return found as Extract<BotIncoming, { kind: K }>;
}

async function connected(
  t: Parameters<typeof openBotWorld>[0],
  options?: Parameters<typeof openBotWorld>[1],
) {
  const world = await openBotWorld(t, options);
  const bot = world.join("a");
  await live(bot);
  return { ...world, bot };
}

const textsIn = (chat: { entries: { kind: string; text?: string }[] } | null) =>
  chat?.entries.flatMap((entry) => (entry.kind === "bot" ? [entry.text] : [])) ?? [];

describe("what people write", () => {
  test("in a group comes without the mention, with its quote and its chat", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "任务 abc", { group: GROUP.chatId, quote: "磁盘将满" });
    const { text, quoted, chat, from } = await heard(bot, "message");
    assert.deepEqual(
      { text, quoted, chat, from },
      { text: "任务 abc", quoted: "磁盘将满", chat: GROUP, from: "zhangsan" },
    );
  });

  test("with a picture beside it comes as its text", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "help", { group: GROUP.chatId, mixed: true });
    assert.equal((await heard(bot, "message")).text, "help");
  });

  test("1:1 keeps a mention, which is of somebody else", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("ZhangSan", "delegate @lisi");
    const { text, chat } = await heard(bot, "message");
    assert.deepEqual(
      { text, chat },
      { text: "delegate @lisi", chat: { kind: "single", chatId: "ZhangSan" } },
    );
  });

  test("twice has one id", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "hi", { times: 2 });
    const [first, second] = [await heard(bot, "message"), await heard(bot, "message", 1)];
    assert.equal(first.id, second.id);
  });
});

describe("what the bot writes", () => {
  test("an answer names its message, and a repeat of it is not seen twice", async (t) => {
    const { sim, bot } = await connected(t);
    const id = sim.say("zhangsan", "hi", { group: GROUP.chatId });
    const message: Message = await heard(bot, "message");
    await bot.answer(message, "hello");
    await bot.answer(message, "hello");
    const entries = sim.chat(GROUP.chatId)?.entries.filter(({ kind }) => kind === "bot") ?? [];
    assert.deepEqual(
      entries.map((entry) => entry.kind === "bot" && entry.answers),
      [id],
    );
  });

  test("an answer whose message came on an earlier connection is a message of its own", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    await bot.answer({ chat: GROUP, requestId: "of-another-life" }, "hello");
    assert.deepEqual(textsIn(sim.chat(GROUP.chatId)), ["hello"]);
  });

  test("a long text becomes several messages, none lost", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    const long = Array.from({ length: 2_500 }, (_, i) => `第 ${i} 行`).join("\n");
    await bot.send(GROUP, long);
    const texts = textsIn(sim.chat(GROUP.chatId));
    assert.ok(texts.length > 1);
    assert.equal(texts.join(""), long);
  });

  test("refusals are errors with a code and a hint", async (t) => {
    const { sim, bot } = await connected(t);
    sim.invite("wrQuiet");
    await assert.rejects(bot.send({ kind: "group", chatId: "wropsgroup" }, "x"), {
      code: "aibot.bad_chat",
      retryable: false,
    });
    await assert.rejects(
      bot.send({ kind: "group", chatId: "wrQuiet" }, "x"),
      (error: Error & { code?: string }) => {
        return error.code === "aibot.rate_limited" && /@/.test(error.message);
      },
    );
  });

  test("a conversation has room for so many messages a minute; then nothing is sent", async (t) => {
    const world = await openBotWorld(t);
    const bot = world.join("a", { perMinute: 6 });
    await live(bot);
    world.sim.say("zhangsan", "hi", { group: GROUP.chatId });
    world.sim.say("zhangsan", "hi");
    for (let i = 0; i < 3; i += 1) await bot.send(GROUP, `${i}`);
    await assert.rejects(bot.send(GROUP, "3"), { code: "aibot.budget_short", reached: "no" });
    await bot.send({ kind: "single", chatId: "zhangsan" }, "another conversation has its own room");
    assert.equal(textsIn(world.sim.chat(GROUP.chatId)).length, 3);
  });

  test("a frame that is not answered may have arrived", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    sim.setZombie(true);
    await assert.rejects(bot.send(GROUP, "x"), {
      code: "aibot.no_answer",
      retryable: true,
      reached: "maybe",
    });
  });
});

describe("cards", () => {
  const CARD_ID = "t_card@2";

  test("a card is shown once, and a repeat of an unsure try is taken as delivered", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    const sending = { chat: GROUP, cardId: CARD_ID, card: aCard(), mayBeRepeat: false };
    await bot.sendCard(sending);
    await bot.sendCard({ ...sending, mayBeRepeat: true });
    await assert.rejects(bot.sendCard(sending), { code: "aibot.card_id_refused", retryable: false });
    const cards = sim.chat(GROUP.chatId)?.entries.filter(({ kind }) => kind === "card");
    assert.equal(cards?.length, 1);
  });

  test("a click is answered with the card as it is then", async (t) => {
    const { sim, bot } = await connected(t);
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    await bot.sendCard({ chat: GROUP, cardId: CARD_ID, card: aCard(), mayBeRepeat: false });
    sim.click("lisi", CARD_ID, "approve");
    const click: Click = await heard(bot, "click");
    assert.deepEqual(
      [click.cardId, click.button, click.from, click.chat],
      [CARD_ID, "approve", "lisi", GROUP],
    );
    const closed = aCard({ buttons: [], closed: "已批准" });
    assert.equal(await bot.updateCard({ ...click, card: closed }), "updated");
    assert.match(JSON.stringify(sim.card(CARD_ID)?.card), /已批准/);
  });

  test("an answer to a click that comes too late changes nothing", async (t) => {
    const { sim, bot } = await connected(t, { windowMs: 0 });
    sim.say("zhangsan", "hi", { group: GROUP.chatId });
    await bot.sendCard({ chat: GROUP, cardId: CARD_ID, card: aCard(), mayBeRepeat: false });
    sim.click("lisi", CARD_ID, "approve");
    const click = await heard(bot, "click");
    await eventually("the window to be over", () => Date.now() > click.createdAtSeconds * 1000 + 2);
    const late = { ...click, card: aCard({ buttons: [], closed: "已批准" }) };
    assert.equal(await bot.updateCard(late), "too_late");
    assert.equal(sim.card(CARD_ID)?.updates, 0);
  });
});

test("who opens the 1:1 chat is greeted", async (t) => {
  const { sim, bot } = await connected(t);
  sim.enter("zhangsan");
  await bot.welcome((await heard(bot, "entered")).requestId, "您好");
  assert.deepEqual(textsIn(sim.chat("zhangsan")), ["您好"]);
});
