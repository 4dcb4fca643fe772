import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChatMessage, handleText, tellGivenUp } from "../../../bot/chat/index.ts";
import type { BotPlace, InboxPayload, OutboxItem } from "../../../core/ports/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { aViewing } from "../../core/cards/viewing.ts";
import { movableClock } from "../../support/clock.ts";

const PLACE: BotPlace = { chat: { kind: "group", chatId: "g1" }, requestId: "r1" };
const TEXT: InboxPayload = { kind: "text", userId: "zhangsan", text: "任务", createdAtSeconds: 1 };
const CLICK: InboxPayload = {
  ...{ kind: "click", userId: "zhangsan", cardId: "t_a@1", button: "approve", createdAtSeconds: 1 },
};

/** What is queued about a callback that is given up. */
async function toldOf(payload: InboxPayload): Promise<OutboxItem[]> {
  const items: OutboxItem[] = [];
  const outbox = { add: async (more: readonly OutboxItem[]) => void items.push(...more) };
  const view = async () => aViewing("zh");
  await tellGivenUp({ key: "k1", payload, receivedAtMs: 1 }, { outbox, view, clock: movableClock() });
  return items;
}

for (const { what, payload, bot } of [
  { what: "a message", payload: TEXT, bot: undefined },
  { what: "a click", payload: CLICK, bot: undefined },
  { what: "a message to the AI bot", payload: { ...TEXT, bot: PLACE }, bot: PLACE },
  { what: "a click with the AI bot", payload: { ...CLICK, bot: PLACE }, bot: { chat: PLACE.chat } },
]) {
  test(`who sent ${what} that is given up is told so where they did, under its key`, async () => {
    const [item, ...others] = await toldOf(payload);
    const text = textsOf("zh").commands.givenUp;
    const said = { kind: "answer", to: "zhangsan", text, ...(bot ? { bot } : {}) };
    assert.deepEqual([item?.key, item?.body, others], ["answer:k1", said, []]);
  });
}

test("nobody is told of an event that is given up", async () => {
  const event = { kind: "other" as const, userId: "sys", event: "enter_agent", createdAtSeconds: 1 };
  assert.deepEqual(await toldOf(event), []);
});

test("a message is handed on with the time at which WeCom says that it was sent", async () => {
  const messages: ChatMessage[] = [];
  const onMessage = async (message: ChatMessage) => {
    messages.push(message);
    return [];
  };
  const chat = { onMessage, onConfirm: async () => ({ answers: [] }) };
  const outbox = { add: async () => undefined };
  const payload = { kind: "text" as const, userId: "zhangsan", text: "任务", createdAtSeconds: 1_800 };
  await handleText(payload, "k1", { chat, outbox, clock: movableClock() });
  assert.deepEqual(messages, [
    { from: "zhangsan", text: "任务", chat: { kind: "single" }, key: "k1", sentAtMs: 1_800_000 },
  ]);
});
