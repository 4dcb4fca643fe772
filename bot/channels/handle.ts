import type { BotPlace, Clock, InboxClaim, Logger, Metrics, Outbox } from "../../core/ports/index.ts";
import { botTextsOf, type Language } from "../../core/texts/index.ts";
import { type Sender, type SenderDeps, senderOf } from "./senders.ts";

export interface KnownDeps extends SenderDeps {
  outbox: Pick<Outbox, "add">;
  language: Language;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

type Handle = (item: InboxClaim) => Promise<void>;

/**
 * Hands on what members did with the AI bot, under their userids, as if they had done it with the app. Whoever is
 * no active member is told so where they wrote, and nothing happens.
 */
export function knownAlone(handle: Handle, deps: KnownDeps): Handle {
  return async (item) => {
    const { payload } = item;
    if (payload.kind === "other" || !payload.bot) return handle(item);
    const sender = await senderOf(payload.userId, deps);
    if (sender.outcome !== "known") return refuse(item, { sender, bot: payload.bot }, deps);
    return handle({ ...item, payload: { ...payload, userId: sender.userId } });
  };
}

async function refuse(
  { key, payload }: InboxClaim,
  { sender, bot }: { sender: Exclude<Sender, { outcome: "known" }>; bot: BotPlace },
  { outbox, language, clock, log, metrics }: KnownDeps,
): Promise<void> {
  log.warn({ by: payload.userId, reason: sender.outcome }, "refused somebody who spoke to the AI bot");
  metrics.count("aibot_refused", { reason: sender.outcome });
  const text = botTextsOf(language).refusals[sender.outcome];
  const where = payload.kind === "text" ? bot : { chat: bot.chat };
  const body = { kind: "answer" as const, to: payload.userId, text, bot: where };
  await outbox.add([
    {
      key: `answer:${key}`,
      taskId: null,
      lane: 3,
      body,
      dueAtMs: clock.nowMs(),
    },
  ]);
}
