import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  cardClosed,
  cardShows,
  cardsOf,
  click,
  logged,
  message,
  messagesOf,
  openCard,
  openWorld,
  runsOf,
  type SeenCard,
  textOfCard,
  until,
  viewOf,
  type World,
} from "../support/world.ts";
import { approved, drill, drillRule, SOON } from "./drill.ts";

function starts(world: World): number {
  return world.stackstorm.requests()["POST /api/v1/executions"] ?? 0;
}

describe("when a start goes wrong", { concurrency: 3 }, () => {
  test("StackStorm stores a start and drops its answer: the run is found, adopted and followed", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: SOON });
    await world.stackstorm.faults.set({ dropAnswerAfterStoring: 1 });
    const card = await approved(world);

    await logged(world, { msg: "task moved", reason: "start_answer_lost" });
    await logged(world, { msg: "task moved", reason: "start_adopted" });
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
    assert.equal(starts(world), 1);
    const [run] = runsOf(world, "core.noop");
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.equal(task?.execution?.id, run?.id);
  });

  test("a process that was halted before its request leaves others to look, and starts once afterwards", async (t) => {
    let halt = true;
    const onStep = (step: string) => {
      if (step !== "start_sending" || !halt) return;
      halt = false;
      // As long as others wait for the answer before they look for the start.
      world.jump(100_000);
    };
    const world = await openWorld(t, { files: drillRule(), settings: SOON, onStep });
    const card = await approved(world);

    const line = await logged(world, { msg: "task moved", reason: "start_not_sent" });
    assert.equal(line["from"], "starting");
    assert.equal(await cardClosed(world, card), "成功");
    assert.deepEqual([runsOf(world, "core.noop").length, starts(world)], [1, 1]);
  });

  test("StackStorm stores a start late, after its caller has gone: it is looked for until it is there", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: { ...SOON, startWindowMs: 10_000 } });
    await world.stackstorm.faults.set({ storeLateMs: 700 });
    const card = await approved(world);
    await until(world, "the start to be under way", () => starts(world) === 1);
    // Its port closes for a moment, which cuts the caller off; the start itself goes on.
    await world.stackstorm.faults.set({ down: "refuse", downMs: 50 });

    await logged(world, { msg: "task moved", reason: "looked_again" });
    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
    assert.equal(starts(world), 1);
  });

  test("StackStorm is down: nothing was sent, and after it is back the task runs once", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: SOON });
    await world.stackstorm.faults.set({ down: "refuse" });
    const card = await approved(world);

    await logged(world, { msg: "task moved", reason: "clusters_down" });
    await cardShows(world, card, "已批准");
    assert.match(await ask(world, "zhangsan", `ex ${shortOf(card)}`), /还没有启动/);
    await world.stackstorm.faults.set({ down: "no" });

    assert.equal(await cardClosed(world, card), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("StackStorm is down for too long after the approval: the task is given up and says so", async (t) => {
    const world = await openWorld(t, { files: drillRule({ startWithin: "400ms" }), settings: SOON });
    await world.stackstorm.faults.set({ down: "refuse" });
    const card = await approved(world);

    assert.equal(await cardClosed(world, card), "已放弃");
    await message(world, "lisi", "演练", "批准后太久未能启动");
    await world.stackstorm.faults.set({ down: "no" });
    assert.equal(starts(world), 0);
  });

  test("StackStorm answers 500 after storing: the run is adopted, and people hear that it is stuck", async (t) => {
    const settings = { ...SOON, queuedStuckMs: 300 };
    const world = await openWorld(t, { files: drillRule(), settings });
    await world.stackstorm.faults.set({ error500AfterStoring: 1 });
    const card = await approved(world);

    await logged(world, { msg: "task moved", reason: "start_adopted" });
    await message(world, "lisi", "演练", "执行停在 requested 已");
    assert.equal(viewOf(world, card).greyed, null);
    assert.equal(starts(world), 1);
  });

  test("an execution that stays in the queue is told of once, however long it is watched", async (t) => {
    const settings = { queuedStuckMs: 150, runningStuckMs: 100 };
    const world = await openWorld(t, { files: drillRule(), settings });
    await world.stackstorm.faults.set({ stuckRequested: 1 });
    await approved(world);

    await message(world, "zhangsan", "执行停在 requested 已 1 分钟");
    const moves = (reason: string) => world.lines.filter((line) => line["reason"] === reason).length;
    await until(world, "three more looks", () => moves("watch_continues") >= 3);
    assert.match(await ask(world, "zhangsan", "tasks"), /演练.*执行中/);
    assert.equal(moves("execution_stuck"), 1);
    assert.equal(messagesOf(world, "zhangsan").filter((text) => text.includes("执行停在")).length, 1);
  });

  test("no cluster has the action: nothing ran, and the chat says which were asked", async (t) => {
    const world = await openWorld(t, { files: drillRule({ action: "disk.nosuch" }) });
    const card = await approved(world);

    assert.equal(await cardClosed(world, card), "未执行");
    assert.match(textOfCard(world, card), /没有一个可用的集群有这个动作.*disk\.nosuch @ hz-core/);
    await message(world, "lisi", "未执行", "disk.nosuch @ hz-core");
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("a value that StackStorm would render as a template makes no task, and the verdict says where", async (t) => {
    const rule = drillRule({ action: "core.wait", params: { seconds: 0, note: "{{ detail.note }}" } });
    const world = await openWorld(t, { files: rule });
    await drill(world, "1", { detail: { host: "h1", note: "{{ config_context.secret }}" } });

    const line = await logged(world, { msg: "rule judged", reason: "params_failed" });
    assert.match(String(line["message"]), /params\.note/);
    assert.equal(await world.stored((store) => store.tasks.list({ limit: 1 })).then((all) => all.length), 0);
    assert.equal(starts(world), 0);
  });

  /** A start whose request StackStorm never gets, though Whale cannot know that. */
  async function lostStart(world: World): Promise<{ first: SeenCard; question: SeenCard }> {
    await world.stackstorm.faults.set({ answer502Html: 1, answerFaultMethods: ["POST"] });
    const first = await approved(world);
    const question = await openCard(world, "无法确认是否已启动");
    return { first, question };
  }

  const HUMAN = { ...SOON, startWindowMs: 250, unknownGiveUpMs: 60_000 };

  test("a start that cannot be found asks a person, who gives it up", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: HUMAN });
    const { first, question } = await lostStart(world);
    assert.match(textOfCard(world, question), /再次启动可能重复执行/);
    assert.deepEqual(
      viewOf(world, question).buttons.map((button) => button.key),
      ["again", "give_up", "refresh"],
    );

    await click(world, question, "give_up");
    assert.equal(await cardClosed(world, question), "已放弃");
    assert.equal(await cardClosed(world, first), "已放弃");
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("a start that cannot be found asks a person, who orders another one: it runs once", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: HUMAN });
    const { first, question } = await lostStart(world);

    await click(world, { ...question, user: "lisi" }, "again");
    assert.equal(await cardClosed(world, first), "成功");
    assert.equal(await cardClosed(world, question), "成功");
    const [run, ...others] = runsOf(world, "core.noop");
    assert.equal(others.length, 0);
    const whale = run?.context["whale"] as { request_id: string } | undefined;
    assert.match(whale?.request_id ?? "", /-2$/);
  });

  test("a start that shows up after a person was asked is adopted, and the question closes with its end", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: HUMAN });
    await world.stackstorm.faults.set({ storeLateMs: 1000 });
    const first = await approved(world);
    await until(world, "the start to be under way", () => starts(world) === 1);
    await world.stackstorm.faults.set({ down: "refuse", downMs: 50 });
    const question = await openCard(world, "无法确认是否已启动");

    await logged(world, { msg: "task moved", reason: "start_adopted", from: "unknown" });
    assert.equal(await cardClosed(world, first), "成功");
    assert.equal(await cardClosed(world, question), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("an answer that comes after a person was asked still counts", async (t) => {
    const settings = { startAnswerMs: 60, startWindowMs: 150, lookBaseMs: 60_000 };
    const world = await openWorld(t, { files: drillRule(), settings });
    await world.stackstorm.faults.set({ storeLateMs: 800 });
    const first = await approved(world);
    const question = await openCard(world, "无法确认是否已启动");

    await logged(world, { msg: "task moved", reason: "started", from: "unknown" });
    assert.equal(await cardClosed(world, first), "成功");
    assert.equal(await cardClosed(world, question), "成功");
    assert.equal(runsOf(world, "core.noop").length, 1);
  });

  test("a failed run is told with the end of its output", async (t) => {
    const world = await openWorld(t, {
      files: drillRule({ action: "core.wait", params: { seconds: 5, timeout: 1 } }),
    });
    const card = await approved(world);

    assert.match(await cardClosed(world, card), /超时|失败/);
    await message(world, "lisi", "演练", "core.wait");
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
  });

  function shortOf(card: SeenCard): string {
    return card.cardId.slice(2, 8);
  }
});
