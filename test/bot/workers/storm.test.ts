import assert from "node:assert/strict";
import { test } from "node:test";
import { shortApproval } from "../../../core/approvals/index.ts";
import { isIntact } from "../../../core/batches/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { eventId, outboxKey, shortId } from "../../../core/ids/index.ts";
import { answersTo } from "../../../core/outbox/index.ts";
import type { Lane, OutboxBody, OutboxItem } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { anOutboxItem, aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { outboxSetting, TAG_GONE } from "./outbox-parts.ts";

type Setting = ReturnType<typeof outboxSetting>;

const TIMEOUT_MS = 1_800_000;
const ASKED = { users: ["lisi"] };
const GATE = shortApproval({ from: ASKED, need: 1, timeoutMs: TIMEOUT_MS, onTimeout: "reject" });

function pending(n: number): Task {
  const card = { no: 1, to: [ASKED], purpose: "approval" as const };
  const unsent = { recipients: [], unreachable: [], sentAtMs: null, codes: [] };
  return aTask({
    ...{ eventId: eventId("storm", `${n}`), approval: GATE, cards: [{ ...card, ...unsent }] },
    ...{ deadlineAtMs: null, dueAtMs: START_MS + TIMEOUT_MS },
  });
}

function over(n: number, to = "lisi"): Task {
  const state = n % 10 === 0 ? "failed" : "succeeded";
  return aTask({
    eventId: eventId("storm", `${n}`),
    state,
    approval: GATE,
    report: { to: { users: [to] }, rows: [] },
  });
}

function itemOf(task: Task, lane: Lane, body: OutboxBody): OutboxItem {
  return { key: outboxKey(task.id, body.kind, 1), taskId: task.id, lane, body, dueAtMs: START_MS };
}

/** How many messages a text stands for. */
function countIn(text: string): number {
  const digest = /^\*\*Digest: (?:(\d+) tasks? ended)?(?:, )?(?:(\d+) messages?)?\*\*/.exec(text);
  return digest ? Number(digest[1] ?? 0) + Number(digest[2] ?? 0) : 1;
}

test("a storm of 10,000 messages for one person passes no limit, asks first, and tells everything", async (t) => {
  const { store, chat, clock, metrics, start } = outboxSetting(t);
  const { tasks, outbox } = store;
  const [ended, notices, answers, asked] = [9_000, 970, 30, 60];
  for (let n = 0; n < ended; n++) {
    const task = over(n);
    await tasks.make({ task, outbox: [itemOf(task, 2, { kind: "report" })] });
  }
  const text = (lane: Lane, n: number) =>
    anOutboxItem({
      ...{ key: `answer:${lane}:${n}`, lane, dueAtMs: START_MS },
      taskId: lane === 3 ? answersTo("lisi") : null,
      body: { kind: "answer", to: "lisi", text: `lane ${lane} no ${n}` },
    });
  await outbox.add(Array.from({ length: notices }, (_, n) => text(4, n)));
  await outbox.add(Array.from({ length: answers }, (_, n) => text(3, n)));
  const approvals = Array.from({ length: asked }, (_, n) => pending(100_000 + n));
  for (const task of approvals) {
    await tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  }
  const other = over(1_000_000, "wangwu");
  await tasks.make({ task: other, outbox: [itemOf(other, 2, { kind: "report" })] });

  const { loop, pass, until } = start();
  await until("everything to be told", async () => Object.keys(await outbox.depth()).length === 0);
  await pass(1);
  await loop.stop();

  assert.deepEqual(chat.dropped, []);
  const his = chat.got.filter(({ to }) => to === "lisi");
  assert.equal(his[0]?.kind, "card");
  const cards = his.filter(({ kind }) => kind === "card");
  const texts = his.filter(({ kind }) => kind === "text");
  assert.equal(
    texts.reduce((sum, { what }) => sum + countIn(what), 0),
    ended + notices + answers,
  );
  // What was asked for comes whole, alone and in its order.
  const answered = texts.filter(({ what }) => what.startsWith("lane 3 no"));
  assert.deepEqual(
    answered.map(({ what }) => what),
    Array.from({ length: answers }, (_, n) => `lane 3 no ${n}`),
  );
  // Cards have five a minute at the very least, whatever else there is.
  assert.ok((cards.at(-1)?.atMs ?? 0) - START_MS <= (asked / 5) * 60_000);
  assert.ok(texts.length < 200, `${texts.length} messages`);
  assert.ok((metrics.counts.get("outbox_merged{}") ?? 0) > 9_000);
  // The other person's is not held up by it.
  const hers = chat.got.filter(({ to }) => to === "wangwu");
  assert.deepEqual(
    hers.map(({ kind }) => kind),
    ["text"],
  );
  assert.ok((hers[0]?.atMs ?? 0) - START_MS < 60_000);
  // Nobody's time has begun before WeCom took the card that shows the task.
  for (const { id } of approvals) {
    const { task, card } = await shownOn(id, { store, chat });
    assert.equal(task?.state, "pending_approval");
    assert.equal(task?.deadlineAtMs, (card?.atMs ?? 0) + TIMEOUT_MS);
  }
  assert.ok(clock.nowMs() > START_MS);
});

/** A task, and the card that reached somebody and shows it: its own, or that of its batch. */
async function shownOn(id: string, { store, chat }: Pick<Setting, "store" | "chat">) {
  const task = await store.tasks.get(id);
  const [card] = task?.cards ?? [];
  const shown = card?.batch === undefined ? id : card.batch;
  return { task, shown, card: chat.got.find(({ what }) => what === `${shown}@1`) };
}

test("the same answer to command after command is given each time, though there is no room for all", async (t) => {
  const { store, chat, start } = outboxSetting(t);
  const answers = Array.from({ length: 20 }, (_, n) =>
    anOutboxItem({
      ...{ key: `answer:${n}`, lane: 3 as const, taskId: answersTo("lisi"), dueAtMs: START_MS },
      body: { kind: "answer", to: "lisi", text: "nothing waits for you" },
    }),
  );
  await store.outbox.add(answers);
  const { loop, until } = start();
  await until("all to be told", async () => Object.keys(await store.outbox.depth()).length === 0);
  await loop.stop();
  const told = chat.got.map(({ what }) => what);
  assert.deepEqual(told, Array(20).fill("nothing waits for you"));
  assert.deepEqual(chat.dropped, []);
});

test("the answer to a click waits for room too, and is no line of a digest", async (t) => {
  const { store, chat, start } = outboxSetting(t);
  const clicks = Array.from({ length: 12 }, (_, n) => pending(n));
  for (const task of clicks) {
    const body = { kind: "reply", to: "lisi", about: "already_counted" } as const;
    await store.tasks.make({ task, outbox: [itemOf(task, 3, body)] });
  }
  const { loop, until } = start();
  await until("all to be told", async () => Object.keys(await store.outbox.depth()).length === 0);
  await loop.stop();
  const told = clicks.map(({ id }) => chat.got.filter(({ what }) => what.includes(shortId(id))).length);
  assert.deepEqual(told, Array(12).fill(1));
  assert.ok(chat.got.every(({ what }) => !what.startsWith("**Digest")));
});

test("a storm of 10,000 alerts asks for the first at once, and for all of them within a minute", async (t) => {
  const { store, chat, start } = outboxSetting(t);
  const storm = Array.from({ length: 10_000 }, (_, n) => pending(n));
  for (const task of storm) {
    await store.tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  }
  const { loop, until } = start();
  await until("everything to be asked", async () => Object.keys(await store.outbox.depth()).length === 0);
  await loop.stop();

  assert.deepEqual(chat.dropped, []);
  assert.ok((chat.got[0]?.atMs ?? 0) - START_MS <= 10_000);
  const members = new Map<string, string[]>();
  for (const { id } of storm) {
    const { task, shown, card } = await shownOn(id, { store, chat });
    assert.ok(card && card.atMs - START_MS <= 60_000, `${shown} at ${card?.atMs}`);
    assert.equal(task?.deadlineAtMs, card.atMs + TIMEOUT_MS);
    members.set(shown, [...(members.get(shown) ?? []), id]);
  }
  // What a batch binds is exactly what stands on it.
  const batches = (await store.state.list("batch")).map(({ body }) => body);
  for (const batch of batches) {
    assert.ok(isIntact(batch));
    assert.deepEqual(batch.members.map(({ id }) => id).sort(), members.get(batch.id)?.sort() ?? []);
  }
  assert.ok(chat.got.length < 24, `${chat.got.length} cards`);
});

test("an approval that finds no room keeps waiting, and its time begins when WeCom takes it", async (t) => {
  const { store, chat, channel, left, clock, start } = outboxSetting(t);
  assert.equal(await left("lisi", 1), 12);
  // An escalation is asked by a card of its own, whatever waits beside it.
  const [card] = pending(1).cards;
  const cards = card ? [{ ...card, purpose: "escalation" as const }] : [];
  const task = { ...pending(1), cards, dueAtMs: START_MS + 3_000 };
  await store.tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  for (let n = 1; n <= 12; n++) {
    const sending = { cardId: `x${n}@1`, recipients: ["lisi"], card: {} as never, mayBeRepeat: false };
    await channel.card({ lane: 1 }, sending);
  }
  assert.equal(await left("lisi", 1), 0);
  const { loop, until } = start();
  await until("the try to be put off", async () => (await store.outbox.list(1))[0]?.why !== undefined);
  const waiting = await store.tasks.get(task.id);
  assert.ok((waiting?.dueAtMs ?? 0) > START_MS + TIMEOUT_MS);
  assert.equal(waiting?.deadlineAtMs, null);
  await until("the card", () => chat.got.some(({ what }) => what === `${task.id}@1`));
  await loop.stop();
  const asked = await store.tasks.get(task.id);
  assert.equal(asked?.deadlineAtMs, (chat.got.at(-1)?.atMs ?? 0) + TIMEOUT_MS);
  assert.ok(clock.nowMs() >= START_MS + 5_000);
});

test("a batch whose card WeCom will never take says so at each of its tasks", async (t) => {
  const { store, chat, start } = outboxSetting(t);
  const storm = Array.from({ length: 20 }, (_, n) => pending(n));
  for (const task of storm) {
    await store.tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  }
  const { loop, pass, until } = start();
  await until("cards that wait", async () => ((await store.outbox.depth())["waiting_card"] ?? 0) === 8);
  chat.refusals.push(
    new ChatOpsError("82004: content that could crash clients", { code: "wecom.bad_content" }),
  );
  await until("everything to be over", async () => ((await store.outbox.depth())["waiting_card"] ?? 0) === 0);
  await pass(30);
  await loop.stop();
  const stored = await Promise.all(storm.map(({ id }) => store.tasks.get(id)));
  const failed = stored.filter((task) => task?.message?.includes("82004"));
  assert.equal(failed.length, 8);
});

test("a batch whose people are gone from WeCom says so at each of its tasks", async (t) => {
  const { store, chat, unreadable, start } = outboxSetting(t);
  const storm = Array.from({ length: 20 }, (_, n) => {
    const task = pending(n);
    return { ...task, cards: task.cards.map((card) => ({ ...card, to: [{ tag: "gone" }] })) };
  });
  for (const task of storm) {
    await store.tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  }
  const { loop, pass, until } = start();
  await until("cards that wait", async () => ((await store.outbox.depth())["waiting_card"] ?? 0) === 8);
  unreadable.set("gone", TAG_GONE);
  await until("everything to be over", async () => ((await store.outbox.depth())["waiting_card"] ?? 0) === 0);
  await pass(30);
  await loop.stop();
  const stored = await Promise.all(storm.map(({ id }) => store.tasks.get(id)));
  assert.equal(stored.filter((task) => task?.message === TAG_GONE.message).length, 8);
  assert.equal(chat.got.length, 12);
});

test("names in its digest what failed before what succeeded", async (t) => {
  const { store, chat, start } = outboxSetting(t);
  const some = Array.from({ length: 30 }, (_, n) => over(n));
  for (const task of some) await store.tasks.make({ task, outbox: [itemOf(task, 2, { kind: "report" })] });
  const { loop, until } = start();
  await until("all", async () => Object.keys(await store.outbox.depth()).length === 0);
  await loop.stop();
  const digest = chat.got.find(({ what }) => what.startsWith("**Digest"))?.what.split("\n") ?? [];
  assert.equal(digest[0], "**Digest: 25 tasks ended**");
  const failed = some.filter(({ state }) => state === "failed").slice(1);
  const [first, second] = failed.map(({ id }) => shortId(id));
  assert.ok(digest[2]?.includes(`${first} `) && digest[3]?.includes(`${second} `), digest.join("\n"));
});
