import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ChatOpsError } from "../../../core/errors.ts";
import type { CardSending, Lane } from "../../../core/ports/index.ts";
import { outboxSetting } from "./outbox-parts.ts";

const SECOND_MS = 1_000;

function cardTo(...recipients: string[]): CardSending {
  return { cardId: "t_a@1", recipients, card: {} as never, mayBeRepeat: false };
}

function textTo(...recipients: string[]) {
  return { recipients, markdown: "hello", dropRepeat: false, messages: 1 };
}

function setting(t: TestContext) {
  const { channel, chat, clock, left } = outboxSetting(t);
  const claimed = (lane: Lane) => ({ lane });
  const use = async (to: string, cards: number) => {
    for (let n = 0; n < cards; n++) await channel.card(claimed(1), cardTo(to));
  };
  return { channel, chat, clock, left, claimed, use };
}

const short = { code: "outbox.budget_short", retryable: true, reached: "no" };
const closed = { code: "outbox.channel_closed", retryable: true, reached: "no" };

test("a card goes to all of its people or to none, and takes nothing of those who had room", async (t) => {
  const { channel, chat, left, claimed, use } = setting(t);
  await use("lisi", 12);
  await assert.rejects(channel.card(claimed(1), cardTo("wangwu", "lisi")), short);
  assert.equal(await left("wangwu", 1), 12);
  assert.deepEqual(
    chat.got.filter(({ to }) => to === "wangwu"),
    [],
  );
});

test("cards that wait for the same person are called back one after the other", async (t) => {
  const { channel, claimed, use, clock } = setting(t);
  await use("lisi", 12);
  const waits: number[] = [];
  for (let n = 0; n < 4; n++) {
    await assert.rejects(channel.card(claimed(1), cardTo("lisi")), (error) => {
      waits.push(channel.inLine(error as ChatOpsError).retryAfterMs ?? 0);
      return true;
    });
  }
  assert.deepEqual(waits, [5_000, 10_000, 15_000, 20_000]);
  clock.advance(5 * SECOND_MS);
  await channel.card(claimed(1), cardTo("lisi"));
});

test("a text goes to those who have room, and says who has none and until when", async (t) => {
  const { channel, chat, claimed, use, clock } = setting(t);
  await use("lisi", 12);
  const told = await channel.text(claimed(2), textTo("lisi", "wangwu"));
  assert.deepEqual([told.short, told.unreachable], [["lisi"], []]);
  assert.equal(told.untilMs, clock.nowMs() + 5 * SECOND_MS);
  assert.deepEqual(chat.got.at(-1)?.to, "wangwu");
});

test("a text of several messages takes as many, or none", async (t) => {
  const { channel, claimed } = setting(t);
  assert.deepEqual((await channel.text(claimed(3), { ...textTo("lisi"), messages: 5 })).short, []);
  assert.deepEqual((await channel.text(claimed(3), { ...textTo("lisi"), messages: 3 })).short, ["lisi"]);
  assert.deepEqual((await channel.text(claimed(3), { ...textTo("lisi"), messages: 2 })).short, []);
});

test("a text that reaches nobody is told to nobody, not an error", async (t) => {
  const { channel, chat, claimed } = setting(t);
  chat.refusals.push(new ChatOpsError("81013", { code: "wecom.nobody_reachable", reached: "no" }));
  const told = await channel.text(claimed(2), textTo("lisi", "wangwu"));
  assert.deepEqual(told.unreachable, ["lisi", "wangwu"]);
});

test("while WeCom refuses our address nothing is asked of it, and nothing of the budgets", async (t) => {
  const { channel, chat, left, claimed, clock } = setting(t);
  const refused = new ChatOpsError("60020", {
    code: "wecom.ip_not_trusted",
    retryAfterMs: 600_000,
    reached: "no",
  });
  chat.refusals.push(refused, refused);
  await assert.rejects(channel.card(claimed(1), cardTo("lisi")), { code: "wecom.ip_not_trusted" });
  await assert.rejects(channel.text(claimed(2), textTo("lisi")), closed);
  await assert.rejects(channel.card(claimed(1), cardTo("lisi")), closed);
  assert.equal(await left("lisi", 1), 11);
  clock.advance(600_000);
  await assert.rejects(channel.card(claimed(1), cardTo("lisi")), { code: "wecom.ip_not_trusted" });
  // Twice in a row, so twice as long.
  clock.advance(1_199_000);
  await assert.rejects(channel.card(claimed(1), cardTo("lisi")), closed);
  clock.advance(1_000);
  await channel.card(claimed(1), cardTo("lisi"));
});

const HOUR_MS = 3_600_000;

test("a clock that is set back neither stops budgets from filling nor keeps the channel closed", async (t) => {
  const { channel, chat, clock, claimed, use } = setting(t);
  const send = () => channel.card(claimed(1), cardTo("lisi"));
  await use("lisi", 12);
  clock.advance(-HOUR_MS);
  await assert.rejects(send(), short);
  clock.advance(5 * SECOND_MS);
  await send();
  const why = { code: "wecom.ip_not_trusted", retryAfterMs: 60_000, reached: "no" } as const;
  chat.refusals.push(new ChatOpsError("60020", why));
  clock.advance(60 * SECOND_MS);
  await assert.rejects(send(), { code: why.code });
  await assert.rejects(send(), closed);
  clock.advance(-HOUR_MS);
  clock.advance(5 * SECOND_MS);
  await send();
});

test("after a clock was set back what waits is not called back later than others", async (t) => {
  const { channel, clock, claimed, use } = setting(t);
  await use("lisi", 12);
  const waitMs = async () => {
    const waits: (number | undefined)[] = [];
    await assert.rejects(channel.card(claimed(1), cardTo("lisi")), (error) => {
      return waits.push(channel.inLine(error as ChatOpsError).retryAfterMs) > 0;
    });
    return waits[0];
  };
  assert.equal(await waitMs(), 5_000);
  clock.advance(-HOUR_MS);
  assert.equal(await waitMs(), 5_000);
});

test("one call over a limit stops nobody else, three in a row stop all for the window", async (t) => {
  const { channel, chat, claimed } = setting(t);
  const limited = () =>
    new ChatOpsError("45009", { code: "wecom.rate_limited", retryAfterMs: 60_000, reached: "no" });
  const again = async () => {
    chat.refusals.push(limited());
    await assert.rejects(channel.text(claimed(2), textTo("lisi")), { code: "wecom.rate_limited" });
  };
  await again();
  await channel.text(claimed(2), textTo("wangwu"));
  for (let n = 0; n < 3; n++) await again();
  await assert.rejects(channel.text(claimed(2), textTo("wangwu")), closed);
});
