import { isConfirmationId } from "../../core/commands/index.ts";
import { answersTo } from "../../core/outbox/index.ts";
import type {
  Clock,
  InboxItem,
  InboxPayload,
  Outbox,
  OutboxBody,
  OutboxItem,
} from "../../core/ports/index.ts";
import type { Viewer } from "../workers/index.ts";
import type { Chat, ChatAnswer, ChatMessage } from "./chat.ts";

export interface MessageDeps {
  chat: Chat;
  outbox: Pick<Outbox, "add">;
  clock: Clock;
}

type TextPayload = Extract<InboxPayload, { kind: "text" }>;
type ClickPayload = Extract<InboxPayload, { kind: "click" }>;

/** Answers one text message. The answers are queued under the message's own key, so that each is given once. */
export async function handleText(payload: TextPayload, key: string, deps: MessageDeps): Promise<void> {
  const { userId, text, quoted, bot } = payload;
  const sentAtMs = payload.createdAtSeconds * 1_000;
  const quotes = quoted === undefined ? {} : { quoted };
  const said = { from: userId, text, ...quotes, chat: placeOf(bot), key, sentAtMs };
  const answers = await deps.chat.onMessage(said);
  await queue(
    answers.map((answer, at) => bodyOf(answer, userId, at > 0 && bot ? { chat: bot.chat } : bot)),
    { key, to: userId },
    deps,
  );
}

/** Tells whoever wrote or clicked that nothing more will come of it, where they did. */
export async function tellGivenUp(
  { key, payload }: InboxItem,
  { view, ...deps }: Pick<MessageDeps, "outbox" | "clock"> & { view: Viewer },
): Promise<void> {
  if (payload.kind === "other") return;
  const { userId, bot } = payload;
  const { texts } = await view(null, [userId]);
  // An answer to a click names no request: that was for showing the card anew.
  const where = bot && payload.kind === "click" ? { chat: bot.chat } : bot;
  await queue(
    [bodyOf({ kind: "text", text: texts.commands.givenUp }, userId, where)],
    { key, to: userId },
    deps,
  );
}

/** Whether a click is on a card that asks to confirm, and on no task's. */
export function isConfirmClick({ cardId }: ClickPayload): boolean {
  return isConfirmationId(cardId);
}

/** Takes a click on a card that asks to confirm, answers it, and shows on the card what became of it. */
export async function handleConfirmClick(
  payload: ClickPayload,
  key: string,
  deps: MessageDeps,
): Promise<void> {
  const { userId, cardId, button, code } = payload;
  const { answers, card } = await deps.chat.onConfirm({ from: userId, cardId, button, key });
  const shown: OutboxBody[] =
    card && code !== undefined ? [{ kind: "confirm", to: userId, cardId, card, code }] : [];
  await queue([...shown, ...answers.map((answer) => bodyOf(answer, userId))], { key, to: userId }, deps);
}

function placeOf(bot: TextPayload["bot"]): ChatMessage["chat"] {
  return bot && bot.chat.kind === "group" ? { kind: "group", id: bot.chat.chatId } : { kind: "single" };
}

/** A card that asks to confirm goes to its person alone, wherever they wrote. */
function bodyOf(
  answer: ChatAnswer,
  to: string,
  bot?: Extract<OutboxBody, { kind: "answer" }>["bot"],
): OutboxBody {
  if (answer.kind === "text") return { kind: "answer", to, text: answer.text, ...(bot ? { bot } : {}) };
  return { kind: "confirm", to, cardId: answer.cardId, card: answer.card };
}

async function queue(
  bodies: readonly OutboxBody[],
  { key, to }: { key: string; to: string },
  { outbox, clock }: Pick<MessageDeps, "outbox" | "clock">,
): Promise<void> {
  const dueAtMs = clock.nowMs();
  const items = bodies.map((body, at): OutboxItem => {
    // What goes by the AI bot can be sent by one process alone: in a line each would wait until that one has it.
    const taskId = body.kind === "answer" && body.bot !== undefined ? null : answersTo(to);
    return { key: at === 0 ? `answer:${key}` : `answer:${key}:${at}`, taskId, lane: 3, body, dueAtMs };
  });
  if (items.length > 0) await outbox.add(items);
}
