import assert from "node:assert/strict";
import { test } from "node:test";
import { createChatBudget } from "../../../adapters/aibot/budget.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";

const LIMITS = { botId: "bot", perMinute: 4, perHour: 6 };
const short = (retryAfterMs: number) => ({ code: "aibot.budget_short", reached: "no", retryAfterMs });

/** The budgets of two processes over one store. */
function twoProcesses() {
  const clock = movableClock();
  const { throttle } = openMemoryStore({ clock });
  const [one, other] = [0, 1].map(() => createChatBudget(LIMITS, { throttle, clock }));
  assert.ok(one && other);
  return { clock, one, other };
}

test("a conversation has room by minute and by hour, and says when there is some again", async () => {
  const { clock, one } = twoProcesses();
  await one.take("a");
  await one.take("a");
  await assert.rejects(one.take("a"), short(30_000));
  await one.take("b");
  clock.advance(30_000);
  await one.take("a");
  clock.advance(30_000);
  await assert.rejects(one.take("a"), short(1_140_000));
  clock.advance(1_140_000);
  await one.take("a");
});

test("what one process has sent counts for the one that takes the connection over", async () => {
  const { one, other } = twoProcesses();
  await one.take("a");
  await other.take("a");
  await assert.rejects(other.take("a"), { code: "aibot.budget_short" });
  await assert.rejects(one.take("a"), { code: "aibot.budget_short" });
});

test("a clock that was moved back gives no room", async () => {
  const { clock, one } = twoProcesses();
  await one.take("a");
  await one.take("a");
  clock.advance(-30_000);
  await assert.rejects(one.take("a"), { code: "aibot.budget_short" });
});
