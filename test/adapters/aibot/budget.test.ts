import assert from "node:assert/strict";
import { test } from "node:test";
import { createChatBudget } from "../../../adapters/aibot/budget.ts";
import { movableClock } from "../../support/clock.ts";

const LIMITS = { perMinute: 2, perHour: 3 };
const short = (retryAfterMs: number) => ({ code: "aibot.budget_short", reached: "no", retryAfterMs });

test("a conversation has room by minute and by hour, and says when there is some again", () => {
  const clock = movableClock();
  const budget = createChatBudget(LIMITS, clock);
  budget.take("a");
  clock.advance(10_000);
  budget.take("a");
  assert.throws(() => budget.take("a"), short(50_000));
  budget.take("b");
  clock.advance(50_000);
  budget.take("a");
  assert.throws(() => budget.take("a"), short(10_000));
  clock.advance(10_000);
  assert.throws(() => budget.take("a"), short(3_530_000));
  clock.advance(3_530_000);
  budget.take("a");
});

test("a clock that was moved back gives no room", () => {
  const clock = movableClock();
  const budget = createChatBudget(LIMITS, clock);
  budget.take("a");
  budget.take("a");
  clock.advance(-30_000);
  assert.throws(() => budget.take("a"), { code: "aibot.budget_short" });
});
