import assert from "node:assert/strict";
import { test } from "node:test";
import { shortApproval } from "../../../core/approvals/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { eventId, outboxKey } from "../../../core/ids/index.ts";
import type { Lane, OutboxBody, OutboxItem } from "../../../core/ports/index.ts";
import { type ExecutionRecord, OWN_SOURCE, type Task, withOutbox } from "../../../core/tasks/index.ts";
import { aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { outboxSetting, TAG_GONE } from "./outbox-parts.ts";

const GATE = shortApproval({
  from: { users: ["lisi", "zhaoliu"] },
  need: 1,
  timeoutMs: 1_800_000,
  onTimeout: "reject",
});
const OFFERED = { kind: "offer", parentTask: "t_x", offer: "look", by: "wangwu" } as const;

function itemOf(task: Task, lane: Lane, body: OutboxBody, n = 1): OutboxItem {
  return { key: outboxKey(task.id, body.kind, n), taskId: task.id, lane, body, dueAtMs: START_MS };
}

function asking(overrides: Partial<Task> = {}): Task {
  const to = [{ users: ["lisi", "zhaoliu"] }];
  const unsent = { recipients: [], unreachable: [], sentAtMs: null, codes: [] };
  const cards = [{ no: 1, purpose: "approval" as const, to, ...unsent }];
  return aTask({ approval: GATE, cards, deadlineAtMs: null, ...overrides });
}

function over(stdout: string, overrides: Partial<Task> = {}): Task {
  const execution: ExecutionRecord = { id: "5", cluster: "hz-core", status: "succeeded", result: { stdout } };
  return aTask({
    state: "succeeded",
    approval: GATE,
    report: { to: { users: ["lisi"] }, rows: [] },
    execution,
    ...overrides,
  });
}

function shown(task: Task): Task {
  const [first] = asking().cards;
  return { ...task, cards: first ? [{ ...first, recipients: ["lisi"], sentAtMs: START_MS }] : [] };
}

/** Sends one item, and all that comes of it. */
async function sent(
  t: Parameters<typeof outboxSetting>[0],
  task: Task,
  item: OutboxItem,
  prepare?: (s: Setting) => void,
) {
  const setting = outboxSetting(t);
  prepare?.(setting);
  await setting.store.tasks.make({ task, outbox: [item] });
  const { loop, until } = setting.start();
  await until("all to be sent", async () => Object.keys(await setting.store.outbox.depth()).length === 0);
  await loop.stop();
  return setting;
}
type Setting = ReturnType<typeof outboxSetting>;

test("who asked for a task hears whom its card did not reach", async (t) => {
  const task = asking({ origin: OFFERED });
  const card = itemOf(task, 1, { kind: "card", cardNo: 1 });
  const { chat, store } = await sent(t, task, card, ({ chat }) => chat.unreachable.add("zhaoliu"));
  assert.deepEqual(
    chat.got.map(({ to, kind }) => [to, kind]),
    [
      ["lisi", "card"],
      ["wangwu", "text"],
    ],
  );
  assert.match(chat.got[1]?.what ?? "", /did not reach zhaoliu/);
  assert.deepEqual((await store.tasks.get(task.id))?.cards[0]?.unreachable, ["zhaoliu"]);
});

test("the journaled end of a task holds no secret that its run has put out", async (t) => {
  const params = { user: "root", password: "hunter2-secret" };
  const task = over("login as root with hunter2-secret", { params, secretParams: ["password"] });
  const { store } = await sent(t, task, itemOf(task, 2, { kind: "ended" }));
  const event = await store.journal.event(eventId(OWN_SOURCE, `${task.id}:ended`));
  assert.deepEqual(event?.detail["result"], { stdout: "login as root with ********" });
  const raw = await store.journal.raw(event?.rawRef ?? "");
  assert.match(Buffer.from(raw?.bytes ?? []).toString(), /login as root with \*{8}/);
});

test("who owns a rule hears of the same person once a day", async (t) => {
  const { chat, store, rules, start, clock } = outboxSetting(t);
  chat.unreachable.add("zhaoliu");
  rules.push({ id: "vm-disk-cleanup", owner: { users: ["qianqi"] } });
  const ask = async (eventId: string) => {
    const task = asking({ eventId });
    await store.tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  };
  await ask("e_1");
  await ask("e_2");
  const { loop, until } = start();
  const all = async () => Object.keys(await store.outbox.depth()).length === 0;
  await until("both", all);
  const told = () => chat.got.filter(({ to }) => to === "qianqi").length;
  assert.equal(told(), 1);
  clock.advance(86_400_000);
  await ask("e_3");
  await until("the third", all);
  assert.equal(told(), 2);
  await loop.stop();
});

test("where too few are left to approve, those who were reached hear it", async (t) => {
  const need2 = shortApproval({
    ...{ from: { users: ["lisi", "zhaoliu"] }, need: 2 },
    timeoutMs: 60_000,
    onTimeout: "reject",
  });
  const task = asking({ approval: need2, report: { rows: [] } });
  const card = itemOf(task, 1, { kind: "card", cardNo: 1 });
  const { chat } = await sent(t, task, card, ({ chat }) => chat.unreachable.add("zhaoliu"));
  assert.deepEqual(
    chat.got.map(({ to, kind }) => [to, kind]),
    [
      ["lisi", "card"],
      ["lisi", "text"],
    ],
  );
});

for (const [how, error] of [
  ["is gone", TAG_GONE],
  ["cannot be read now", new ChatOpsError("busy", { code: "wecom.busy", retryable: true })],
] as const) {
  test(`a card that was sent is known as sent though the tag that would hear of it ${how}`, async (t) => {
    const task = asking();
    const item = itemOf(task, 1, { kind: "card", cardNo: 1 });
    const { chat, store, log } = await sent(t, task, item, ({ chat, rules, unreadable }) => {
      chat.unreachable.add("zhaoliu");
      rules.push({ id: "vm-disk-cleanup", owner: { tag: "gone" } });
      unreadable.set("gone", error);
    });
    const now = await store.tasks.get(task.id);
    const [card] = now?.cards ?? [];
    assert.deepEqual([card?.unreachable, card?.codes.length], [["zhaoliu"], 1]);
    assert.notEqual(now?.deadlineAtMs, null);
    assert.equal(chat.got.filter(({ kind }) => kind === "card").length, 1);
    assert.ok(log.lines.some(({ fields }) => fields["reason"] === error.message));
  });
}

test("a card that cannot be sent at all is told to who asked, and counted with its reason", async (t) => {
  const task = asking({ origin: OFFERED, report: { to: { users: ["qianqi"] }, rows: [] } });
  const refusal = new ChatOpsError("42037 | too many options", { code: "wecom.card_invalid", reached: "no" });
  const card = itemOf(task, 1, { kind: "card", cardNo: 1 });
  const { chat, metrics, store } = await sent(t, task, card, ({ chat }) => chat.refusals.push(refusal));
  assert.deepEqual(new Set(chat.got.map(({ to }) => to)), new Set(["wangwu", "qianqi"]));
  assert.match(chat.got[0]?.what ?? "", /cannot be sent: 42037/);
  assert.equal(metrics.counts.get("outbox_dropped{kind=card,reason=wecom.card_invalid}"), 1);
  assert.equal((await store.tasks.get(task.id))?.message, "42037 | too many options");
});

const OWNED = { id: "vm-disk-cleanup", owner: { users: ["qianqi"] } };
const GONE = { tag: "gone" };

test("a card whose people are gone from WeCom is noted at its task, and told to who can be found", async (t) => {
  const [card] = asking().cards;
  const cards = card ? [{ ...card, to: [GONE] }] : [];
  const task = asking({ cards, report: { to: GONE, rows: [] } });
  const item = itemOf(task, 1, { kind: "card", cardNo: 1 });
  for (const [rules, hearer] of [
    [[OWNED], "qianqi"],
    [[{ id: "vm-disk-cleanup", owner: GONE }], "root"],
  ] as const) {
    const { chat, store } = await sent(t, task, item, (setting) => {
      setting.rules.push(...rules);
      setting.unreadable.set("gone", TAG_GONE);
    });
    assert.deepEqual(
      chat.got.map(({ to }) => to),
      [hearer],
    );
    assert.equal((await store.tasks.get(task.id))?.message, TAG_GONE.message);
  }
});

test("a card that cannot be sent is noted at once, and told when WeCom's contacts can be read again", async (t) => {
  const task = asking();
  const { chat, store, rules, unreadable, start } = outboxSetting(t);
  rules.push({ id: "vm-disk-cleanup", owner: { tag: "owners" } });
  const refusal = new ChatOpsError("too many options", { code: "wecom.card_invalid", reached: "no" });
  chat.refusals.push(refusal, refusal);
  unreadable.set("owners", new ChatOpsError("busy", { code: "wecom.busy", retryable: true }));
  await store.tasks.make({ task, outbox: [itemOf(task, 1, { kind: "card", cardNo: 1 })] });
  const { loop, until } = start();
  await until("the note", async () => (await store.tasks.get(task.id))?.message === refusal.message);
  assert.deepEqual(chat.got, []);
  unreadable.clear();
  await until("the rest", async () => Object.keys(await store.outbox.depth()).length === 0);
  await loop.stop();
  assert.deepEqual(
    chat.got.map(({ to }) => to),
    ["owners"],
  );
});

test("a card goes to those of its people who can be found", async (t) => {
  const [card] = asking().cards;
  const task = asking({ cards: card ? [{ ...card, to: [GONE, { users: ["lisi"], tag: "gone" }] }] : [] });
  const item = itemOf(task, 1, { kind: "card", cardNo: 1 });
  const { chat } = await sent(t, task, item, ({ unreadable }) => unreadable.set("gone", TAG_GONE));
  assert.deepEqual(
    chat.got.map(({ to, kind }) => [to, kind]),
    [["lisi", "card"]],
  );
});

const GONE_GATE = shortApproval({ from: GONE, need: 1, timeoutMs: 1_800_000, onTimeout: "reject" });
const APPROVED = {
  ...{ verdict: "approve" as const, by: "lisi", atMs: 1, hash: "2".repeat(64), round: 1, clickKey: "k" },
  groups: ["approvers"],
};

for (const { who, overrides, rules, hearers } of [
  { who: "who approved", overrides: { decisions: [APPROVED] }, rules: [OWNED], hearers: ["lisi"] },
  { who: "who asked for it", overrides: { origin: OFFERED }, rules: [OWNED], hearers: ["wangwu"] },
  { who: "who was asked", overrides: {}, rules: [OWNED], hearers: ["lisi", "zhaoliu"] },
  {
    ...{ who: "who owns the rule", overrides: { approval: GONE_GATE } },
    ...{ rules: [OWNED], hearers: ["qianqi"] },
  },
  {
    ...{ who: "who runs Whale", overrides: { approval: GONE_GATE } },
    ...{ rules: [], hearers: ["root"] },
  },
]) {
  test(`how a task ended is told to ${who} where the group that hears it is gone`, async (t) => {
    const task = over("x", { ...overrides, report: { to: GONE, rows: [] } });
    const { chat } = await sent(t, task, itemOf(task, 2, { kind: "report" }), (setting) => {
      setting.rules.push(...rules);
      setting.unreadable.set("gone", TAG_GONE);
    });
    assert.deepEqual(chat.got.map(({ to }) => to).sort(), hearers);
  });
}

test("a notice for a group that is gone is told to who owns the rule", async (t) => {
  const execution: ExecutionRecord = { id: "5", cluster: "hz-core", status: "running" };
  const task = aTask({ state: "running", execution, doubles: ["6"], report: { to: GONE, rows: [] } });
  const notice = itemOf(task, 4, { kind: "notice", to: [GONE], about: "doubled" });
  const { chat } = await sent(t, task, notice, ({ rules, unreadable }) => {
    rules.push(OWNED);
    unreadable.set("gone", TAG_GONE);
  });
  assert.deepEqual(
    chat.got.map(({ to }) => to),
    ["qianqi"],
  );
});

test("who asks how a run stands is told how far it is, and nobody else has the engine asked", async (t) => {
  const execution: ExecutionRecord = { id: "5", cluster: "hz-core", status: "running" };
  const task = shown(asking({ state: "running", execution }));
  for (const asked of [{ asked: true as const }, {}]) {
    const update = itemOf(task, 2, { kind: "update", cardNo: 1, code: "c1", ...asked });
    const { chat, reads } = await sent(t, task, update);
    const said = chat.updates.some((card) => JSON.stringify(card).includes("1 of 1 done"));
    assert.deepEqual([said, reads], "asked" in asked ? [true, ["5"]] : [false, []]);
  }
});

const ENDED_KINDS = ["ended", "ask_again"] as const;
for (const kind of ENDED_KINDS) {
  const done = async ({ store, askedAgain }: Setting, { id }: Task) =>
    kind === "ended" ? (await store.journal.lag("rules")) === 1 : askedAgain.includes(id);

  test(`while WeCom is away, what is no message does not wait for it: ${kind}`, async (t) => {
    const setting = outboxSetting(t);
    const away = async () => {
      throw new ChatOpsError("away", { code: "wecom.unreachable", retryable: true, reached: "no" });
    };
    Object.assign(setting.chat.messenger, { sendText: away, sendCard: away, updateCard: away });
    const effects = [
      { kind: "update", cardNo: 1, code: "c" } as const,
      { kind: "report" } as const,
      { kind },
    ];
    const { task, outbox } = withOutbox(shown(over("ok")), effects, START_MS);
    await setting.store.tasks.make({ task, outbox });
    const { loop, pass } = setting.start();
    await pass(2);
    await loop.stop();
    assert.deepEqual(await setting.store.outbox.depth(), { update: 1, report: 1 });
    assert.equal(await done(setting, task), true);
  });

  test(`what an earlier version wrote in line with a task's messages is done in its turn: ${kind}`, async (t) => {
    const task = over("ok");
    assert.equal(await done(await sent(t, task, itemOf(task, 2, { kind })), task), true);
  });
}

test("output that fits one message is told whole, and no file follows", async (t) => {
  const task = over("line 1\nline 2");
  const { chat } = await sent(t, task, itemOf(task, 2, { kind: "report" }));
  assert.equal(chat.got.length, 1);
  assert.match(chat.got[0]?.what ?? "", /line 1\nline 2$/);
});

test("longer output is told by head and tail in one message, and follows as a file", async (t) => {
  const lines = Array.from({ length: 3_000 }, (_, n) => `第 ${n} 行`);
  const task = over(lines.join("\n"));
  const { chat } = await sent(t, task, itemOf(task, 2, { kind: "report" }));
  assert.deepEqual(
    chat.got.map(({ kind }) => kind),
    ["text", "file"],
  );
  const text = chat.got[0]?.what ?? "";
  assert.ok(Buffer.byteLength(text) <= 2048);
  assert.match(text, /第 0 行\n.*lines left out here, the file that follows has all…\n.*第 2999 行$/s);
});

test("a file for which there is no room goes out later, to those who have not got it", async (t) => {
  const task = over("x\n".repeat(3_000));
  const { chat, store, channel, start, clock } = outboxSetting(t);
  for (let n = 0; n < 4; n++) {
    const hello = { recipients: ["lisi"], markdown: "x", dropRepeat: false, messages: 1 };
    await channel.text({ lane: 2 }, hello);
  }
  await store.tasks.make({ task, outbox: [itemOf(task, 2, { kind: "report" })] });
  const { loop, until } = start();
  await until("the file", () => chat.got.at(-1)?.kind === "file");
  await loop.stop();
  assert.ok(clock.nowMs() - START_MS >= 10_000);
  assert.deepEqual(await store.outbox.depth(), {});
});

test("a digest that WeCom refuses is tried again, and then told once", async (t) => {
  const { chat, store, start } = outboxSetting(t);
  const tasks = Array.from({ length: 12 }, (_, n) => over("ok", { eventId: `e_${n}` }));
  for (const task of tasks) await store.tasks.make({ task, outbox: [itemOf(task, 2, { kind: "report" })] });
  const { loop, until } = start();
  await until("lines", async () => (await store.outbox.depth())["line"] !== undefined);
  chat.refusals.push(new ChatOpsError("cut", { code: "wecom.reset", retryable: true }));
  await until("all", async () => Object.keys(await store.outbox.depth()).length === 0);
  await loop.stop();
  const digests = chat.got.filter(({ what }) => what.startsWith("**Digest"));
  assert.match(digests[0]?.what ?? "", /^\*\*Digest: 7 tasks ended\*\*/);
  assert.equal(digests.length, 1);
});

test("each of several people is told how it ended in the language that they read", async (t) => {
  const task = over("done", { report: { to: { users: ["lisi", "john"] }, rows: [] } });
  const { chat } = await sent(t, task, itemOf(task, 2, { kind: "report" }), ({ chinese }) => {
    chinese.add("lisi");
  });
  const told = new Map(chat.got.map(({ to, what }) => [to, what]));
  assert.match(told.get("lisi") ?? "", /成功/);
  assert.match(told.get("john") ?? "", /succeeded/);
  assert.doesNotMatch(told.get("john") ?? "", /成功/);
});

test("that a card cannot be sent at all is told to each in their own language", async (t) => {
  const task = asking({ origin: OFFERED, report: { to: { users: ["john"] }, rows: [] } });
  const card = itemOf(task, 1, { kind: "card", cardNo: 1 });
  const { chat } = await sent(t, task, card, (setting) => {
    setting.chinese.add("wangwu");
    setting.chat.refusals.push(new ChatOpsError("no such card", { code: "wecom.bad_request" }));
  });
  const told = new Map(chat.got.map(({ to, what }) => [to, what]));
  assert.match(told.get("wangwu") ?? "", /授权卡片发不出去/);
  assert.match(told.get("john") ?? "", /cannot be sent|could not be sent/i);
});
