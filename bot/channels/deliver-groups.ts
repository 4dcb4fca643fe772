import { taskCard } from "../../core/cards/index.ts";
import { ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";
import type { Group, Groups } from "../../core/groups/index.ts";
import { cardId } from "../../core/ids/index.ts";
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
import { isTerminal } from "../../core/tasks/index.ts";
import { type Advancer, type Deliver, giveUpIfFinal, type Viewer } from "../workers/index.ts";

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
  advancer: Advancer;
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

async function card(
  claim: OutboxClaim,
  { task: id, cardNo }: BodyOf<"group_card">,
  deps: GroupDeliverDeps,
): Promise<void> {
  const task = await deps.tasks.get(id);
  const record = task?.cards.find(({ no }) => no === cardNo);
  if (!task || record?.group === undefined || isTerminal(task.state)) return settle(claim, deps);
  const settles = { key: claim.key, fence: claim.fence };
  try {
    const group = groupOf(record.group, deps);
    if (group.kind !== "aibot") throw final("group.no_cards", `the group ${record.group} takes no cards`);
    await botOf(deps).sendCard({
      chat: { kind: "group", chatId: group.chatId },
      cardId: cardId(id, cardNo),
      card: taskCard(task, record, await deps.view(task)),
      mayBeRepeat: claim.attempts > 0,
    });
  } catch (error) {
    if (!isChatOpsError(error) || error.retryable) throw error;
    const message = errorText(error);
    // Its people have cards of their own.
    deps.log.error({ taskId: id, cardNo, reason: message }, "card cannot be shown in its group");
    await deps.advancer.advance(task, { kind: "card_failed", cardNo, message }, { settles });
    return;
  }
  const sent = { kind: "card_sent" as const, cardNo, recipients: [], unreachable: [] };
  await deps.advancer.advance(task, sent, { settles });
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
