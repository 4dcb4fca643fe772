import { ChatOpsError, errorText, isFinal } from "../../core/errors.ts";
import type { Group, Groups } from "../../core/groups/index.ts";
import { resultMessage } from "../../core/outbox/index.ts";
import type {
  ChatBot,
  Logger,
  Metrics,
  Outbox,
  OutboxBody,
  OutboxClaim,
  TaskStore,
} from "../../core/ports/index.ts";
import { type Deliver, giveUpIfFinal, type Viewer } from "../workers/index.ts";
import type { CardFinder, GroupCard } from "./group-card.ts";

/** Who writes into groups. */
export interface GroupPosts {
  /** Into a group that the app made. */
  appchat: (chatId: string, markdown: string) => Promise<void>;
  /** Into the group of a robot. */
  robot: (key: string, markdown: string) => Promise<void>;
  /** Null when no AI bot is set up. */
  bot: ChatBot | null;
}

export interface GroupDeliverDeps {
  posts: GroupPosts;
  groups: () => Groups;
  outbox: Pick<Outbox, "settle">;
  tasks: Pick<TaskStore, "get">;
  /** What cards in groups are about. */
  cards: CardFinder;
  view: Viewer;
  log: Logger;
  metrics: Metrics;
}

type BodyOf<K extends OutboxBody["kind"]> = Extract<OutboxBody, { kind: K }>;

/** Sends what is for groups and for those who asked the AI bot; everything else is handed on. */
export function withGroups(deliver: Deliver, deps: GroupDeliverDeps): Deliver {
  const job = (claim: OutboxClaim): Promise<void> | null => {
    const { body } = claim;
    if (body.kind === "group_report") return report(claim, body, deps);
    if (body.kind === "group_text") return told(claim, body, deps);
    if (body.kind === "group_card") return card(claim, body, deps);
    if (body.kind === "group_state") return state(claim, body, deps);
    return body.kind === "answer" && body.bot ? answer(claim, body.bot, body.text, deps) : null;
  };
  return async (claim) => {
    const work = job(claim);
    if (work === null) return deliver(claim);
    try {
      await work;
    } catch (error) {
      giveUpIfFinal(claim, error, deps);
      await settle(claim, deps);
    }
  };
}

async function settle({ key, fence }: OutboxClaim, { outbox }: GroupDeliverDeps): Promise<void> {
  await outbox.settle(key, fence);
}

async function answer(
  claim: OutboxClaim,
  { chat, requestId }: NonNullable<BodyOf<"answer">["bot"]>,
  text: string,
  deps: GroupDeliverDeps,
): Promise<void> {
  const bot = botOf(deps);
  // What was answered once under its id would pass for answered.
  await (requestId === undefined ? bot.send(chat, text) : bot.answer({ chat, requestId }, text));
  await settle(claim, deps);
}

async function report(
  claim: OutboxClaim,
  { task: id, group: name }: BodyOf<"group_report">,
  deps: GroupDeliverDeps,
): Promise<void> {
  const task = await deps.tasks.get(id);
  if (!task) return settle(claim, deps);
  const { text } = resultMessage(task, await deps.view(task));
  const group = groupOf(name, deps);
  await post(group, text, deps);
  deps.metrics.count("group_reports", { kind: group.kind });
  await settle(claim, deps);
}

async function told(
  claim: OutboxClaim,
  { group, text }: BodyOf<"group_text">,
  deps: GroupDeliverDeps,
): Promise<void> {
  await post(groupOf(group, deps), text, deps);
  await settle(claim, deps);
}

async function post(group: Group, markdown: string, deps: GroupDeliverDeps): Promise<void> {
  switch (group.kind) {
    case "appchat":
      return deps.posts.appchat(group.chatId, markdown);
    case "robot":
      return deps.posts.robot(group.key, markdown);
    case "aibot":
      return botOf(deps).send({ kind: "group", chatId: group.chatId }, markdown);
    default:
      return group satisfies never;
  }
}

/** Where no card can be shown it is told in words. */
async function card(
  claim: OutboxClaim,
  { group: name, cardId }: BodyOf<"group_card">,
  deps: GroupDeliverDeps,
): Promise<void> {
  const found = await deps.cards(cardId);
  if (!found?.open) return settle(claim, deps);
  const settles = { key: claim.key, fence: claim.fence };
  try {
    const group = groupOf(name, deps);
    if (group.kind !== "aibot") await post(group, await inWords(found, deps), deps);
    else await botOf(deps).sendCard({ ...toGroup(group), cardId, card: found.view, ...triedOf(claim) });
    deps.metrics.count("group_cards", { kind: group.kind });
  } catch (error) {
    if (!isFinal(error) || !found.failed) throw error;
    return found.failed(settles, errorText(error));
  }
  await (found.sent ? found.sent(settles) : settle(claim, deps));
}

const IN_THE_APP = { zh: "请在应用里收到的卡片上处理", en: "To be decided on the card in the app" };

async function inWords({ words }: GroupCard, { view }: GroupDeliverDeps): Promise<string> {
  const { texts } = await view(null);
  return `${words ?? ""}\n${texts.wordsOf(IN_THE_APP)}`;
}

function toGroup({ chatId }: { chatId: string }) {
  return { chat: { kind: "group" as const, chatId } };
}

function triedOf({ attempts }: OutboxClaim) {
  return { mayBeRepeat: attempts > 0 };
}

/** How what a card is about stands now. */
async function state(
  claim: OutboxClaim,
  { group, cardId }: BodyOf<"group_state">,
  deps: GroupDeliverDeps,
): Promise<void> {
  const words = (await deps.cards(cardId))?.words ?? null;
  if (words !== null) await post(groupOf(group, deps), words, deps);
  await settle(claim, deps);
}

/** Files may have changed since the message was written. */
function groupOf(name: string, { groups }: GroupDeliverDeps): Group {
  const group = groups().get(name);
  if (!group) throw final("group.unknown", `groups.yaml has no group ${name} any more`);
  return group;
}

function botOf({ posts }: GroupDeliverDeps): ChatBot {
  if (!posts.bot) throw final("group.no_bot", "this needs the AI bot, and AIBOT_ID is not set");
  return posts.bot;
}

function final(code: string, message: string): ChatOpsError {
  return new ChatOpsError(message, { code, retryable: false, reached: "no" });
}
