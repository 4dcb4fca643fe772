import type { CardView } from "../../core/cards/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import type {
  BotIncoming,
  ChatBot,
  Clock,
  Leases,
  Logger,
  Metrics,
  ThrottleStore,
} from "../../core/ports/index.ts";
import { CHANNEL_BYTES, splitText } from "../../core/texts/index.ts";
import { type ChatBudget, createChatBudget } from "./budget.ts";
import { type AibotConfig, checkAibotConfig } from "./config.ts";
import { ANSWERED, CARD_ID_TAKEN, TOO_LATE } from "./errors.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import type { Reading } from "./schema.ts";

/** What the adapter asks of its surroundings. */
export interface AibotDeps {
  leases: Leases;
  /** Where what was sent is counted. */
  throttle: Pick<ThrottleStore, "take">;
  /** Names this process in leases. */
  holder: string;
  /** A view as a card of the AI bot, with its id. Throws `ChatOpsError` when the bot cannot show it. */
  renderCard: (view: CardView, card: { cardId: string; update: boolean }) => object;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

const CHAT_TYPES = { single: 1, group: 2 } as const;

interface Wired extends AibotDeps {
  keeper: Keeper;
  budget: ChatBudget;
}

/** Makes the AI bot. Throws `aibot.bad_config` naming a bad field. Connects when it is started. */
export function createAibot(given: AibotConfig, deps: AibotDeps): ChatBot {
  const config = checkAibotConfig(given);
  let onIncoming: ((incoming: BotIncoming) => Promise<void>) | null = null;
  const onReading = (reading: Reading): void => received(reading, onIncoming, deps);
  const keeper = createKeeper({ ...deps, config, onReading });
  const wired = { ...deps, keeper, budget: createChatBudget(config, deps) };
  return {
    send: (chat, markdown) => push(wired, { chat, markdown }),
    answer: (to, markdown) => answer(wired, to, markdown),
    sendCard: (sending) => sendCard(wired, sending),
    updateCard: (updating) => updateCard(wired, updating),
    welcome: (requestId, text) => welcome(wired, requestId, text),
    status: () => keeper.status(),
    start: (handler) => {
      onIncoming = handler;
      keeper.start();
    },
    close: () => keeper.close(),
  };
}

function received(
  reading: Reading,
  onIncoming: ((incoming: BotIncoming) => Promise<void>) | null,
  { log, metrics }: AibotDeps,
): void {
  const what = reading.outcome === "incoming" ? reading.incoming.kind : reading.outcome;
  metrics.count("aibot_incoming", { what });
  if (reading.outcome === "ignored")
    log.info({ what: reading.what.slice(0, 40) }, "ignored what the AI bot got");
  if (reading.outcome !== "incoming") return;
  const { incoming } = reading;
  onIncoming?.(incoming).catch((error: unknown) => {
    log.error({ what: incoming.kind, reason: errorText(error) }, "what the AI bot got could not be stored");
  });
}

type Sent = Parameters<ChatBot["answer"]>[0];

/** One after the other, so that they are read in order. */
async function push(
  { keeper, budget }: Wired,
  { chat, markdown }: { chat: Sent["chat"]; markdown: string },
): Promise<void> {
  const session = keeper.session();
  for (const content of splitText(markdown, CHANNEL_BYTES.aibot)) {
    await budget.take(chat.chatId);
    const to = { chatid: chat.chatId, chat_type: CHAT_TYPES[chat.kind] };
    await session.request("aibot_send_msg", { ...to, msgtype: "markdown", markdown: { content } });
  }
}

/**
 * The first message names what it answers, which WeCom takes once, so that a repeat is not seen twice. What can no
 * longer be answered so, because it is too old or came on another connection, is written as a message of its own.
 */
async function answer(wired: Wired, { chat, requestId }: Sent, markdown: string): Promise<void> {
  const { keeper, budget } = wired;
  const session = keeper.session();
  const [first = "", ...others] = splitText(markdown, CHANNEL_BYTES.aibot);
  await budget.take(chat.chatId);
  try {
    const body = { msgtype: "markdown", markdown: { content: first } };
    await session.request("aibot_respond_msg", body, requestId);
  } catch (error) {
    if (hasCode(error, ANSWERED)) return;
    if (!hasCode(error, TOO_LATE) && !hasCode(error, "aibot.bad_request_id")) throw error;
    return push(wired, { chat, markdown });
  }
  if (others.length > 0) await push(wired, { chat, markdown: others.join("") });
}

async function sendCard(
  { keeper, budget, renderCard, log }: Wired,
  { chat, cardId, card, mayBeRepeat }: Parameters<ChatBot["sendCard"]>[0],
): Promise<void> {
  const template_card = renderCard(card, { cardId, update: false });
  const session = keeper.session();
  await budget.take(chat.chatId);
  const to = { chatid: chat.chatId, chat_type: CHAT_TYPES[chat.kind] };
  try {
    await session.request("aibot_send_msg", { ...to, msgtype: "template_card", template_card });
  } catch (error) {
    if (!mayBeRepeat || !hasCode(error, CARD_ID_TAKEN)) throw error;
    log.info({ cardId }, "the AI bot's card is known already, an earlier try delivered it");
  }
}

async function updateCard(
  { keeper, renderCard }: Wired,
  { requestId, cardId, card }: Parameters<ChatBot["updateCard"]>[0],
): Promise<"updated" | "too_late"> {
  const template_card = renderCard(card, { cardId, update: true });
  const body = { response_type: "update_template_card", template_card };
  try {
    await keeper.session().request("aibot_respond_update_msg", body, requestId);
    return "updated";
  } catch (error) {
    if (!hasCode(error, TOO_LATE)) throw error;
    return "too_late";
  }
}

async function welcome({ keeper }: Wired, requestId: string, content: string): Promise<void> {
  const body = { msgtype: "text", text: { content } };
  try {
    await keeper.session().request("aibot_respond_welcome_msg", body, requestId);
  } catch (error) {
    if (!hasCode(error, TOO_LATE)) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return isChatOpsError(error) && error.code === code;
}
