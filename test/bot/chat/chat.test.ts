import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Asked,
  type ChatAnswer,
  type ChatCommand,
  type ChatCommands,
  chatCommands,
  createChat,
  createConfirmations,
  createPlaces,
  denierOver,
} from "../../../bot/chat/index.ts";
import { COMMANDS, type CommandId } from "../../../core/commands/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { RolesHeld } from "../../../core/people/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { aViewing } from "../../core/cards/viewing.ts";
import { aRole } from "../../core/people/people-cases.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

const ALL_RIGHTS = aRole({ name: "lead", rights: ["events.read", "stops.write"] });
const MAY: RolesHeld = { roles: [ALL_RIGHTS], unsure: [], against: null };
const FACTS = { title: "停止 全部", rows: [], text: "" };

/** Chat over commands that only note that they were carried out. */
function bench() {
  const clock = movableClock();
  const { state } = openMemoryStore({ clock });
  const done: Asked[] = [];
  const now = {
    ...{ held: MAY, fresh: null as RolesHeld | null, fail: false, sentAtMs: null as number | null },
    mayRun: true,
  };
  const run: ChatCommand["run"] = async (asked) => {
    if (now.fail) throw new ChatOpsError("away", { code: "store.unreachable", retryable: true });
    done.push(asked);
    return asked.id === "events" ? { text: `from ${asked.after}`, next: "cursor" } : `did ${asked.id}`;
  };
  const ask: ChatCommand = {
    run,
    prepare: async ({ args }) => ({ outcome: "ask", facts: FACTS, args: { ...args, text: "understood" } }),
  };
  const commands = Object.fromEntries(
    COMMANDS.map(({ id, confirm }) => [id, confirm === true ? ask : { run }]),
  ) as unknown as ChatCommands;
  const metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };
  const chat = createChat({
    ...{ commands, clock, log: silentLog, metrics },
    rolesOf: async (_userId, options) => (options?.fresh ? (now.fresh ?? now.held) : now.held),
    denied: denierOver({ roles: () => [ALL_RIGHTS], log: silentLog, metrics }),
    confirmations: createConfirmations({ state, clock }),
    places: createPlaces({ state, clock }),
    mayRun: async () => {
      if (now.fail) throw new ChatOpsError("away", { code: "wecom.unreachable", retryable: true });
      return now.mayRun;
    },
    view: async () => aViewing(),
  });
  let no = 0;
  const say = (text: string, from = "ZhangSan", key = `m${++no}`) =>
    chat.onMessage({ from, text, chat: { kind: "single" }, key, sentAtMs: now.sentAtMs ?? clock.nowMs() });
  const confirm = (cardId: string, click: Partial<{ from: string; button: string; key: string }> = {}) =>
    chat.onConfirm({ from: "zhangsan", cardId, button: "confirm", key: "k1", ...click });
  return { clock, state, done, now, say, confirm };
}

const texts = (answers: readonly ChatAnswer[]) =>
  answers.map((one) => (one.kind === "text" ? one.text : "▣"));

function cardIn(answers: readonly ChatAnswer[]): string {
  const card = answers.find((one) => one.kind === "card");
  assert.ok(card);
  return card.cardId;
}

const ids = (done: readonly Asked[]): CommandId[] => done.map(({ id }) => id);

test("help lists run to those who may run something, and to nobody else", async () => {
  const { say, now } = bench();
  assert.match(texts(await say("help")).join(), /^运行 \(run\)|\brun\b/m);
  now.mayRun = false;
  assert.doesNotMatch(texts(await say("help")).join(), /\brun\b/);
  now.fail = true;
  assert.match(texts(await say("help")).join(), /\brun\b/);
});

test("help about what is no command says so, and which may be meant", async () => {
  const { say } = bench();
  assert.deepEqual(texts(await say("帮助 xyz")), ["不认识的命令：xyz。发送 帮助 查看可用命令。"]);
  assert.match(texts(await say("help evnts")).join(), /不认识的命令：evnts。.*\n您是不是想发送：events$/);
  assert.match(texts(await say("help events")).join(), /^事件列表 \/ events/);
});

describe("chat", () => {
  test("carries out a command for its person, in lower case, under the message's key", async () => {
    const { say, done } = bench();
    assert.deepEqual(texts(await say("stops")), ["did stops"]);
    assert.deepEqual([done[0]?.by, done[0]?.key, done[0]?.actor.userId], ["zhangsan", "m1", "zhangsan"]);
  });

  for (const [against, told] of [
    ["inactive", /未激活或已停用/],
    ["unknown_person", /没有这个人，或此人不在应用的可见范围内/],
  ] as const) {
    test(`does nothing for somebody ${against}, and says why`, async () => {
      const { say, done, now } = bench();
      now.held = { roles: [], unsure: [], against };
      for (const text of ["help", "events", "stop all x", "whatever"]) {
        assert.match(texts(await say(text)).join(), told, text);
      }
      assert.equal(done.length, 0);
    });
  }

  test("asks the directory at that moment for what changes something, and only then", async () => {
    const { say, done, now } = bench();
    now.fresh = { roles: [], unsure: [], against: "inactive" };
    assert.match(texts(await say("delegate lisi 2d")).join(), /未激活或已停用/);
    assert.deepEqual(texts(await say("stops")), ["did stops"]);
    assert.deepEqual(ids(done), ["stops"]);
  });

  test("says that it cannot be known whether somebody may, while the directory is away", async () => {
    const { say, now } = bench();
    now.fresh = { roles: [], unsure: [ALL_RIGHTS], against: null };
    assert.match(texts(await say("stop all x")).join(), /现在查不到企业微信通讯录.*lead/);
  });

  test("carries out nothing that changes something once it is older than five minutes", async () => {
    const { clock, say, done, now } = bench();
    now.sentAtMs = clock.nowMs();
    clock.advance(300_000);
    await say("run disk.show host=vm-1");
    assert.deepEqual(
      done.map(({ id }) => id),
      ["run"],
    );
    clock.advance(1);
    const [answer, ...others] = await say("run disk.show host=vm-1");
    assert.match(answer?.kind === "text" ? answer.text : "", /再发一次/);
    assert.deepEqual(others, []);
    await say("tasks");
    assert.deepEqual(
      done.map(({ id }) => id),
      ["run", "tasks"],
    );
  });

  test("takes a message for new whose time is ahead of this clock", async () => {
    const { clock, say, done, now } = bench();
    now.sentAtMs = clock.nowMs() + 86_400_000;
    await say("run disk.show host=vm-1");
    assert.equal(done.length, 1);
  });

  test("suggests nothing that its person may not use", async () => {
    const { say, now } = bench();
    assert.match(texts(await say("evnets")).join(), /您是不是想发送：events/);
    now.held = { roles: [], unsure: [], against: null };
    assert.doesNotMatch(texts(await say("evnets")).join(), /您是不是想发送/);
  });

  test("goes on with a list, for as long as its person may see it", async () => {
    const { say, now, clock } = bench();
    assert.deepEqual(texts(await say("events")), ["from null"]);
    assert.deepEqual(texts(await say("more", "lisi")), ["没有可以接着看的列表。先发送 任务、事件 或 规则。"]);
    assert.deepEqual(texts(await say("更多")), ["from cursor"]);
    now.held = { roles: [], unsure: [], against: null };
    assert.match(texts(await say("more")).join(), /没有 events\.read 权限/);
    now.held = MAY;
    clock.advance(10 * 60_000);
    assert.match(texts(await say("more")).join(), /没有可以接着看的列表/);
  });
});

describe("a command that is to be confirmed", () => {
  test("is carried out as it was understood, once, under a key of its own", async () => {
    const { say, confirm, done } = bench();
    const cardId = cardIn(await say("stop all x"));
    assert.equal(done.length, 0);
    const first = await confirm(cardId);
    assert.deepEqual([texts(first.answers), first.card?.closed], [["did stop"], "已确认"]);
    assert.deepEqual([done[0]?.args.text, done[0]?.key], ["understood", cardId]);
    const second = await confirm(cardId, { key: "k2" });
    assert.match(texts(second.answers).join(), /已经处理过了/);
    assert.equal(done.length, 1);
  });

  test("goes on when the same click comes again, because its work was cut off", async () => {
    const { say, confirm, done, now } = bench();
    const cardId = cardIn(await say("stop all x"));
    now.fail = true;
    await assert.rejects(confirm(cardId), { code: "store.unreachable" });
    now.fail = false;
    assert.deepEqual(texts((await confirm(cardId)).answers), ["did stop"]);
    assert.deepEqual(
      done.map(({ key }) => key),
      [cardId],
    );
  });

  test("is asked by one card, however often the message comes", async () => {
    const { say, state } = bench();
    const [one, other] = [await say("stop all x", "zhangsan", "m"), await say("stop all x", "zhangsan", "m")];
    assert.equal(cardIn(one), cardIn(other));
    assert.equal((await state.list("confirmation")).length, 1);
  });

  test("is nobody else's to confirm, by click or by code", async () => {
    const { say, confirm, done } = bench();
    const cardId = cardIn(await say("stop all x"));
    const click = await confirm(cardId, { from: "lisi" });
    assert.deepEqual([texts(click.answers).length, click.card], [1, undefined]);
    assert.match(texts(await say(`confirm ${cardId.slice(-6)}`, "lisi")).join(), /没有这个待确认的命令/);
    assert.equal(done.length, 0);
    assert.deepEqual(texts(await say(`确认 ${cardId.slice(-6).toUpperCase()}`)), ["did stop"]);
  });

  test("needs the right still at that moment", async () => {
    const { say, confirm, done, now } = bench();
    const cardId = cardIn(await say("stop all x"));
    now.fresh = { roles: [], unsure: [], against: null };
    assert.match(texts((await confirm(cardId)).answers).join(), /没有 stops\.write 权限/);
    assert.equal(done.length, 0);
  });

  test("ends by abandoning, or by time", async () => {
    const { say, confirm, done, clock } = bench();
    const [one, other] = [cardIn(await say("stop all x")), cardIn(await say("start"))];
    assert.deepEqual([(await confirm(one, { button: "abandon" })).card?.closed, done.length], ["已放弃", 0]);
    clock.advance(5 * 60_000);
    const late = await confirm(other, { key: "k9" });
    assert.match(texts(late.answers).join(), /已过期/);
    assert.match(late.card?.closed ?? "", /已过期/);
    assert.equal(done.length, 0);
  });

  test("is of two clicks at the same moment carried out by one", async () => {
    const { say, confirm, done } = bench();
    const cardId = cardIn(await say("stop all x"));
    await Promise.all([confirm(cardId, { key: "a" }), confirm(cardId, { key: "b", button: "abandon" })]);
    assert.ok(done.length <= 1);
    assert.match(texts((await confirm(cardId, { key: "c" })).answers).join(), /已经处理过了/);
  });
});

test("every command that must be confirmed says beforehand what it would do", () => {
  const nothing = new Proxy({}, { get: () => nothing }) as Parameters<typeof chatCommands>[0];
  const commands = chatCommands(nothing);
  for (const { id, confirm } of COMMANDS) {
    if (id === "help" || id === "more" || id === "confirm") continue;
    assert.equal(commands[id].prepare !== undefined, confirm !== false, id);
  }
});
