import { ChatOpsError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/index.ts";

/** Room for messages in each conversation. */
export interface ChatBudget {
  /** Takes room for one message. Throws `aibot.budget_short` (retryable, nothing was sent), taking none. */
  take(chatId: string): void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MOST_CHATS = 5_000;

/**
 * Beyond WeCom's limits messages are refused, or lost without a sign. The connection has one holder, so that one
 * process counts all; after a change of holders WeCom's own refusals do the rest.
 */
export function createChatBudget(limits: { perMinute: number; perHour: number }, clock: Clock): ChatBudget {
  const sent = new Map<string, number[]>();

  const takeAt = (chatId: string, nowMs: number): void => {
    // A clock that was moved back must not forget what was sent, so the distance counts in both directions.
    const ofHour = (sent.get(chatId) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < HOUR_MS);
    const ofMinute = ofHour.filter((atMs) => Math.abs(nowMs - atMs) < MINUTE_MS);
    if (ofMinute.length >= limits.perMinute) throw short((ofMinute[0] ?? nowMs) + MINUTE_MS - nowMs);
    if (ofHour.length >= limits.perHour) throw short((ofHour[0] ?? nowMs) + HOUR_MS - nowMs);
    sent.delete(chatId);
    sent.set(chatId, [...ofHour, nowMs]);
    const [oldest] = sent.keys();
    if (sent.size > MOST_CHATS && oldest !== undefined) sent.delete(oldest);
  };
  return { take: (chatId) => takeAt(chatId, clock.nowMs()) };
}

function short(waitMs: number): ChatOpsError {
  const message = "the AI bot has no room for another message in this conversation now";
  const retryAfterMs = Math.min(Math.max(waitMs, 1), HOUR_MS);
  return new ChatOpsError(message, { code: "aibot.budget_short", retryAfterMs, reached: "no" });
}
