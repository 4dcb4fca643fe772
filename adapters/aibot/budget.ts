import { ChatOpsError } from "../../core/errors.ts";
import { type ChatLimits, chatWish, grantedAtMs } from "../../core/outbox/index.ts";
import type { Clock, ThrottleStore } from "../../core/ports/index.ts";

/** Room for messages in each conversation, shared by all processes. */
export interface ChatBudget {
  /** Takes room for one message. Throws `aibot.budget_short` (retryable, nothing was sent), taking none. */
  take(chatId: string): Promise<void>;
}

export interface ChatBudgetDeps {
  throttle: Pick<ThrottleStore, "take">;
  clock: Clock;
}

const HOUR_MS = 3_600_000;

/**
 * Beyond WeCom's limits messages are refused, or lost without a sign. The connection goes from one process to another,
 * and what the one has sent counts for the other too.
 */
export function createChatBudget(
  { botId, ...limits }: ChatLimits & { botId: string },
  { throttle, clock }: ChatBudgetDeps,
): ChatBudget {
  return {
    take: async (chatId) => {
      const nowMs = clock.nowMs();
      const [grant] = await throttle.take([chatWish({ botId, chatId }, limits, nowMs)]);
      if (grant?.outcome === "held") throw short(grantedAtMs(grant) - nowMs);
    },
  };
}

function short(waitMs: number): ChatOpsError {
  const message = "the AI bot has no room for another message in this conversation now";
  const retryAfterMs = Math.min(Math.max(Math.ceil(waitMs), 1), HOUR_MS);
  return new ChatOpsError(message, { code: "aibot.budget_short", retryAfterMs, reached: "no" });
}
