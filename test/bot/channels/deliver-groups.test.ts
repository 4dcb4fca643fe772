import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type GroupDeliverDeps,
  type TaskCardDeps,
  taskCards,
  withGroups,
} from "../../../bot/channels/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Group } from "../../../core/groups/index.ts";
import { cardId } from "../../../core/ids/index.ts";
import type { ChatBot, OutboxBody, OutboxClaim } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { recordingLog } from "../../support/log.ts";
import { shownAll } from "../../support/secrecy.ts";
import { aMadeTask } from "../../support/tasks.ts";
import { countedMetrics } from "../workers/parts.ts";

const TASK = aMadeTask();
const GROUPS = new Map<string, Group>([
  ["shop", { kind: "appchat", chatId: "shopalerts" }],
  ["watch", { kind: "robot", key: "k1" }],
  ["ops", { kind: "aibot", chatId: "wrOps" }],
]);

/** Delivers one message; what happened, in order. */
async function delivered(
  body: OutboxBody,
  { bot = true, fails, task = TASK }: { bot?: boolean; fails?: ChatOpsError; task?: Task } = {},
) {
  const done: string[] = [];
  const note = (what: string) => async () => {
    if (fails) throw fails;
    done.push(what);
  };
  const theBot: Pick<ChatBot, "send" | "answer" | "sendCard"> = {
    send: (chat, text) => note(`bot ${chat.chatId}: ${text.slice(0, 4)}`)(),
    answer: (to, text) => note(`answer ${to.requestId}: ${text}`)(),
    sendCard: ({ chat, cardId }) => note(`card ${chat.chatId} ${cardId.slice(-2)}`)(),
  };
  const tasks = { get: async (id: string) => (id === task.id ? task : null) };
  const advancer = {
    advance: async (_: Task, { kind }: { kind: string }) => void done.push(kind),
  } as unknown as TaskCardDeps["advancer"];
  const view = async () => ({
    ...{ texts: textsOf("zh"), timeZone: "Asia/Shanghai", resultRows: [] },
    plain: (text: string) => text,
    nameOf: (id: string) => id,
    shown: shownAll,
  });
  const deps: GroupDeliverDeps = {
    posts: {
      appchat: (chatId) => note(`appchat ${chatId}`)(),
      robot: (key) => note(`robot ${key}`)(),
      bot: bot ? (theBot as ChatBot) : null,
    },
    groups: () => GROUPS,
    outbox: {
      settle: async () => {
        done.push("settled");
        return true;
      },
    },
    tasks,
    cards: taskCards({ tasks, advancer, view, log: recordingLog() }),
    view,
    log: recordingLog(),
    metrics: countedMetrics(),
  };
  const claim: OutboxClaim = {
    ...{ key: "k", taskId: null, lane: 2, body, dueAtMs: 0, fence: 1, attempts: 0, createdAtMs: 0 },
  };
  await withGroups(async () => void done.push("handed on"), deps)(claim);
  return done;
}

const report = (group: string): OutboxBody => ({ kind: "group_report", task: TASK.id, group });

describe("a message for a group", () => {
  test("is written by who writes there", async () => {
    assert.deepEqual(await delivered(report("shop")), ["appchat shopalerts", "settled"]);
    assert.deepEqual(await delivered(report("watch")), ["robot k1", "settled"]);
    assert.deepEqual(await delivered(report("ops")), ["bot wrOps: **磁盘", "settled"]);
  });

  test("is given up where nobody can write: an unknown group, no bot, a group that is gone", async () => {
    const gone = new ChatOpsError("gone", { code: "wecom.bad_group", retryable: false });
    assert.deepEqual(await delivered(report("renamed")), ["settled"]);
    assert.deepEqual(await delivered(report("ops"), { bot: false }), ["settled"]);
    assert.deepEqual(await delivered(report("shop"), { fails: gone }), ["settled"]);
  });

  test("is kept where it may work later", async () => {
    const busy = new ChatOpsError("busy", { code: "wecom.busy", retryable: true });
    await assert.rejects(delivered(report("shop"), { fails: busy }), { code: "wecom.busy" });
  });

  test("of a task that is not kept any more is done", async () => {
    assert.deepEqual(await delivered({ kind: "group_report", task: "t_gone", group: "shop" }), ["settled"]);
  });
});

describe("a card for a group", () => {
  const shownIn = (group: string): Task => {
    const [card] = TASK.cards;
    return { ...TASK, cards: card ? [card, { ...card, no: 2, group }] : [] };
  };
  const body = (group: string): OutboxBody => ({ kind: "group_card", group, cardId: cardId(TASK.id, 2) });

  test("is shown by the bot, and the task learns of it", async () => {
    assert.deepEqual(await delivered(body("ops"), { task: shownIn("ops") }), ["card wrOps @2", "card_sent"]);
  });

  test("is told in words where nobody shows cards", async () => {
    const words = await delivered(body("shop"), { task: shownIn("shop") });
    assert.deepEqual(words, ["appchat shopalerts", "card_sent"]);
    assert.deepEqual(await delivered(body("watch"), { task: shownIn("watch") }), ["robot k1", "card_sent"]);
  });

  test("that cannot be shown is told to the task, whose people have their own", async () => {
    const gone = new ChatOpsError("gone", { code: "wecom.bad_group", retryable: false });
    assert.deepEqual(await delivered(body("ops"), { task: shownIn("ops"), bot: false }), ["card_failed"]);
    assert.deepEqual(await delivered(body("none"), { task: shownIn("none") }), ["card_failed"]);
    assert.deepEqual(await delivered(body("ops"), { task: shownIn("ops"), fails: gone }), ["card_failed"]);
  });

  test("of a task that is over is not shown", async () => {
    const over: Task = { ...shownIn("ops"), state: "expired", dueAtMs: null };
    assert.deepEqual(await delivered(body("ops"), { task: over }), ["settled"]);
  });

  test("that cannot be changed is followed by words, unless its end is reported", async () => {
    const stands = { ...body("ops"), kind: "group_state" } as OutboxBody;
    const running: Task = { ...shownIn("ops"), state: "running" };
    assert.deepEqual(await delivered(stands, { task: running }), ["bot wrOps: **磁盘", "settled"]);
    const over: Task = { ...running, state: "succeeded", dueAtMs: null };
    assert.deepEqual(await delivered(stands, { task: over }), ["settled"]);
  });
});

describe("an answer", () => {
  const chat = { kind: "group", chatId: "wrOps" } as const;

  test("goes where the bot was asked, under what it answers", async () => {
    const body: OutboxBody = { kind: "answer", to: "zhangsan", text: "好", bot: { chat, requestId: "r1" } };
    assert.deepEqual(await delivered(body), ["answer r1: 好", "settled"]);
  });

  test("behind another is a message of its own, because one is taken under an id", async () => {
    const body: OutboxBody = { kind: "answer", to: "zhangsan", text: "更多", bot: { chat } };
    assert.deepEqual(await delivered(body), ["bot wrOps: 更多", "settled"]);
  });

  test("to the app is handed on", async () => {
    assert.deepEqual(await delivered({ kind: "answer", to: "zhangsan", text: "好" }), ["handed on"]);
  });
});
