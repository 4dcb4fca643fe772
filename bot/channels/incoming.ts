import { setTimeout as pause } from "node:timers/promises";
import type { ButtonsView, CardView } from "../../core/cards/index.ts";
import { errorText } from "../../core/errors.ts";
import type {
  BotIncoming,
  ChatBot,
  Clock,
  Inbox,
  InboxItem,
  Logger,
  Metrics,
} from "../../core/ports/index.ts";
import { botTextsOf, type Language, textsOf } from "../../core/texts/index.ts";
import type { CardFinder } from "./group-card.ts";

export interface IncomingDeps {
  bot: Pick<ChatBot, "updateCard" | "welcome">;
  inbox: Pick<Inbox, "insert" | "isDone">;
  /** What cards in groups are about. */
  cards: CardFinder;
  language: Language;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

type Click = Extract<BotIncoming, { kind: "click" }>;

/** WeCom takes an update within 5 s of the click (reference/wecom.md 4.5); the rest is for the way. */
const CLICK_WAIT_MS = 3_000;
const LOOK_MS = 60;

/**
 * Takes what the AI bot hears: it is stored like the app's callbacks and worked on by the same worker. A click is
 * then answered while WeCom still takes it, with what came of it, or else with the word that it was received.
 */
export function createIncoming(deps: IncomingDeps): (incoming: BotIncoming) => Promise<void> {
  const { bot, inbox, clock, log, metrics } = deps;
  return async (incoming) => {
    if (incoming.kind === "entered") {
      return bot.welcome(incoming.requestId, botTextsOf(deps.language).greeting);
    }
    const item = itemOf(incoming, clock.nowMs());
    const outcome = await inbox.insert(item);
    metrics.count("callbacks", { kind: `aibot_${incoming.kind}`, outcome });
    if (incoming.kind === "click") {
      await showClicked(incoming, item.key, deps).catch((error: unknown) => {
        metrics.count("aibot_updates", { outcome: "failed" });
        log.warn({ cardId: incoming.cardId, reason: errorText(error) }, "the clicked card stays as it was");
      });
    }
  };
}

function itemOf(incoming: Exclude<BotIncoming, { kind: "entered" }>, receivedAtMs: number): InboxItem {
  const { id, requestId, chat, from, createdAtSeconds } = incoming;
  const common = { userId: from, createdAtSeconds, bot: { chat, requestId } };
  const key = `aibot|${incoming.kind}|${id}`;
  if (incoming.kind === "message") {
    const { text, quoted } = incoming;
    const said = quoted === undefined ? { text } : { text, quoted };
    return { key, receivedAtMs, payload: { kind: "text", ...common, ...said } };
  }
  const { cardId, button, selected } = incoming;
  const chosen = selected === undefined ? {} : { selected };
  return { key, receivedAtMs, payload: { kind: "click", ...common, cardId, button, ...chosen } };
}

async function showClicked(click: Click, key: string, deps: IncomingDeps): Promise<void> {
  const { requestId, cardId } = click;
  const first = await deps.cards(cardId);
  if (!first) return;
  const worked = await isWorked(key, deps);
  const { view } = (await deps.cards(cardId)) ?? first;
  const card = worked ? view : received(view, deps.language);
  const outcome = await deps.bot.updateCard({ requestId, cardId, card });
  deps.metrics.count("aibot_updates", { outcome: worked ? outcome : `${outcome}_unfinished` });
  if (outcome === "too_late") deps.log.warn({ cardId }, "the clicked card could not be changed in time");
}

/** Waits until the click was worked on, in this process or another; false when the time is up. */
async function isWorked(key: string, { inbox }: Pick<IncomingDeps, "inbox">): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < CLICK_WAIT_MS; waitedMs += LOOK_MS) {
    if (await inbox.isDone(key)) return true;
    await pause(LOOK_MS);
  }
  return inbox.isDone(key);
}

/** What can still be clicked shows how things stand, should what comes of the first click be nothing. */
function received(view: CardView, language: Language): ButtonsView {
  const { source, tone, title, text } = view;
  const rest = "buttons" in view ? view : { source, tone, title, text, rows: [] };
  const refresh = { key: "refresh", text: textsOf(language).buttons.refresh, tone: "neutral" } as const;
  return { ...rest, subtitle: botTextsOf(language).received, buttons: [refresh] };
}
