import { setTimeout as pause } from "node:timers/promises";
import { type ButtonsView, type CardView, taskCard } from "../../core/cards/index.ts";
import { errorText } from "../../core/errors.ts";
import { parseCardId } from "../../core/ids/index.ts";
import type {
  BotIncoming,
  ChatBot,
  Clock,
  Inbox,
  InboxItem,
  Logger,
  Metrics,
  TaskStore,
} from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { botTextsOf, type Language, type Texts } from "../../core/texts/index.ts";
import type { Viewer } from "../workers/index.ts";

export interface IncomingDeps {
  bot: Pick<ChatBot, "updateCard" | "welcome">;
  inbox: Pick<Inbox, "insert">;
  tasks: Pick<TaskStore, "get">;
  /** Whether an id of the bot is of somebody who may do anything at all. */
  isKnown: (from: string) => Promise<boolean>;
  view: Viewer;
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
  const cardOf = parseCardId(click.cardId);
  const first = cardOf ? await deps.tasks.get(cardOf.taskId) : null;
  const record = first?.cards.find(({ no }) => no === cardOf?.cardNo);
  if (!first || !record) return;
  // Of somebody unknown the task never hears: what they clicked stays as it is.
  const stays = !(await deps.isKnown(click.from).catch(() => true));
  const { task, worked } = stays ? { task: first, worked: true } : await whenWorked(first, key, deps);
  const viewing = await deps.view(task);
  const shown = taskCard(task, record, viewing);
  const card = worked ? shown : received(shown, viewing.texts, deps.language);
  const { requestId, cardId } = click;
  const outcome = await deps.bot.updateCard({ requestId, cardId, card });
  deps.metrics.count("aibot_updates", { outcome: worked ? outcome : `${outcome}_unfinished` });
  if (outcome === "too_late") deps.log.warn({ cardId }, "the clicked card could not be changed in time");
}

/** The task once the click was worked on, in this process or another; as it is when the time is up. */
async function whenWorked(
  first: Task,
  key: string,
  { tasks }: Pick<IncomingDeps, "tasks">,
): Promise<{ task: Task; worked: boolean }> {
  let task = first;
  for (let waitedMs = 0; waitedMs < CLICK_WAIT_MS; waitedMs += LOOK_MS) {
    if (task.seenClicks.includes(key)) return { task, worked: true };
    await pause(LOOK_MS);
    task = (await tasks.get(first.id)) ?? task;
  }
  return { task, worked: task.seenClicks.includes(key) };
}

/** What can still be clicked shows how things stand, should what comes of the first click be nothing. */
function received(view: CardView, { buttons }: Texts, language: Language): ButtonsView {
  const { source, tone, title, text } = view;
  const rest = "buttons" in view ? view : { source, tone, title, text, rows: [] };
  const refresh = { key: "refresh", text: buttons.refresh, tone: "neutral" } as const;
  return { ...rest, subtitle: botTextsOf(language).received, buttons: [refresh] };
}
