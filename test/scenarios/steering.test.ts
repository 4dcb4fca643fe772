import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tokenHash } from "../../core/people/index.ts";
import {
  API_KEY,
  ask,
  askSurely,
  cardClosed,
  cardShows,
  click,
  logged,
  message,
  openCard,
  openWorld,
  runsOf,
  type SeenCard,
  until,
  viewOf,
  type World,
} from "../support/world.ts";
import { approved, drill, drillRule, SOON } from "./drill.ts";

function shortOf(card: SeenCard): string {
  return card.cardId.slice(2, 8);
}

function statusOf(world: World, action: string): string | undefined {
  return runsOf(world, action)[0]?.status;
}

function toBe(world: World, action: string, status: string): Promise<true> {
  return until(world, `${action} to be ${status}`, () => statusOf(world, action) === status);
}

const READS = "token-that-may-only-read-0001";
const STEERS = "token-that-may-steer-tasks-0001";

/** Two tokens of one person, who may steer tasks. */
function tokens(): Record<string, object> {
  const of = { users: ["wangwu"] };
  const token = (text: string, rights: string[]) => {
    return { id: text.slice(0, 19), hash: tokenHash(text), user: "wangwu", rights, expires: "2099-01-01" };
  };
  return {
    "roles.yaml": { roles: [{ name: "steering", of, rights: ["tasks.*"] }] },
    "tokens.yaml": { tokens: [token(READS, ["tasks.read"]), token(STEERS, ["tasks.control"])] },
  };
}

/** A workflow that runs until it is steered. */
const workflow = () => drillRule({ action: "core.sleep", params: { seconds: 60 } });

describe("people steer what runs", { concurrency: 3 }, () => {
  test("a workflow is paused, goes on and is canceled from chat, and each is said honestly", async (t) => {
    const world = await openWorld(t, { files: workflow(), settings: SOON });
    const card = await approved(world);
    const id = shortOf(card);
    await toBe(world, "core.sleep", "running");
    await logged(world, { msg: "task moved", reason: "execution_moved" });

    assert.match(await ask(world, "zhangsan", `暂停 ${id}`), /已记下：暂停.*确认后状态会变/s);
    await until(world, "the pause", () =>
      ["pausing", "paused"].includes(statusOf(world, "core.sleep") ?? ""),
    );
    assert.match(await askSurely(world, "zhangsan", `取消 ${id}`), /已记下：取消.*进程可能仍会运行/s);
    assert.equal(await cardClosed(world, card), "已取消");
    await message(world, "lisi", "演练", "已标记为取消；单个操作的进程可能仍在运行");
    assert.match(await ask(world, "zhangsan", `取消 ${id}`), /当前状态不能这样操作/);
    const history = await ask(world, "zhangsan", `任务 ${id}`);
    assert.match(history, /张三 · 要求暂停/);
    assert.match(history, /张三 · 要求取消/);
  });

  test("somebody who may not decide about a task may not steer it", async (t) => {
    const world = await openWorld(t, { files: workflow(), settings: SOON });
    const card = await approved(world);
    await toBe(world, "core.sleep", "running");
    assert.match(await ask(world, "zhaoliu", `cancel ${shortOf(card)}`), /您不在授权人名单中/);
    assert.equal(statusOf(world, "core.sleep"), "running");
  });

  test("what waits for approval is canceled without having run", async (t) => {
    const world = await openWorld(t, { files: workflow(), settings: SOON });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    assert.match(await askSurely(world, "zhangsan", `取消 ${shortOf(card)}`), /已取消，没有执行/);
    assert.equal(await cardClosed(world, card), "已取消");
    assert.equal(runsOf(world, "core.sleep").length, 0);
  });

  test("a cancel whose answer is lost is looked up, and not asked for twice", async (t) => {
    const world = await openWorld(t, { files: workflow(), settings: SOON });
    const card = await approved(world);
    await toBe(world, "core.sleep", "running");
    await world.stackstorm.faults.set({ answer502Html: 2, answerFaultMethods: ["DELETE"] });
    await askSurely(world, "zhangsan", `取消 ${shortOf(card)}`);
    await logged(world, { msg: "task moved", reason: "control_tried" });
    assert.equal(await cardClosed(world, card), "已取消");
  });

  test("what StackStorm refuses is told to who asked", async (t) => {
    const files = drillRule({ action: "core.wait", params: { seconds: 30 } });
    const world = await openWorld(t, { files, settings: SOON });
    const card = await approved(world);
    await toBe(world, "core.wait", "running");
    await logged(world, { msg: "task moved", reason: "execution_moved" });
    await ask(world, "zhangsan", `暂停 ${shortOf(card)}`);
    await message(world, "zhangsan", "StackStorm 没有照办：");
    await askSurely(world, "zhangsan", `取消 ${shortOf(card)}`);
    assert.equal(await cardClosed(world, card), "已取消");
  });

  test("a retry is a task of its own that another person has to approve", async (t) => {
    const files = drillRule({ action: "disk.show", params: { host: "no-such-machine" } });
    const world = await openWorld(t, { files, settings: SOON });
    const card = await approved(world);
    assert.equal(await cardClosed(world, card), "失败");
    await message(world, "zhangsan", "演练", "失败");
    const answer = await askSurely(world, "zhangsan", `重试 ${shortOf(card)}`);
    const made = /已建重试任务 ([a-z2-7]{6})，需要重新授权/.exec(answer)?.[1];
    assert.match(await askSurely(world, "zhangsan", `重试 ${shortOf(card)}`), /这个任务的重试还没有结束/);

    const again = await openCard(world, "重试 · 演练");
    assert.equal(shortOf(again), made);
    await click(world, again, "approve");
    await message(world, "zhangsan", "不能批准自己发起的任务");
    const other = await openCard(world, "重试 · 演练", "lisi");
    await click(world, other, "approve");
    assert.equal(await cardClosed(world, other), "失败");
    assert.equal(runsOf(world, "disk.show").length, 2);
    const tasks = await world.stored((store) => store.tasks.list({ limit: 5 }));
    assert.deepEqual(tasks.map((task) => task.retryOf?.slice(2, 8)).sort(), [shortOf(card), undefined]);
  });

  test("over REST the same is ordered, under the right tasks.control alone", async (t) => {
    const world = await openWorld(t, { files: { ...workflow(), ...tokens() }, settings: SOON });
    const card = await approved(world);
    await toBe(world, "core.sleep", "running");
    await logged(world, { msg: "task moved", reason: "execution_moved" });
    const id = card.cardId.replace(/@.*/, "");
    const post = async (what: string, token: string, headers = {}) => {
      const url = `${world.url()}/api/v1/tasks/${id}/${what}`;
      const answer = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    };
    assert.equal((await post("cancel", READS)).status, 403);
    assert.equal(statusOf(world, "core.sleep"), "running");
    const key = { "idempotency-key": "one" };
    assert.equal((await post("cancel", STEERS, key)).status, 202);
    assert.equal((await post("cancel", STEERS, key)).status, 202);
    assert.equal(await cardClosed(world, card), "已取消");
    const retried = await post("retry", STEERS, key);
    assert.deepEqual([retried.status, retried.body["retryOf"]], [201, id]);
    assert.deepEqual((await post("retry", STEERS, key)).body, retried.body);
    const made = await openCard(world, "重试 · 演练", "lisi");
    assert.equal(made.cardId, `${retried.body["task"]}@1`);
  });

  test("what has changed its rule since is not run again as it was", async (t) => {
    const files = drillRule({ action: "disk.show", params: { host: "no-such-machine" } });
    const world = await openWorld(t, { files, settings: SOON });
    const card = await approved(world);
    await cardClosed(world, card);
    // The next message after the question shall be its answer.
    await message(world, "zhangsan", "失败");
    await world.stop();
    world.write("rules/drill.yaml", Object.values(drillRule({ action: "core.noop" }))[1] ?? {});
    await world.start();
    assert.match(await ask(world, "zhangsan", `重试 ${shortOf(card)}`), /规则已修改或删除/);
  });
});

describe("one start, whatever StackStorm makes of it", { concurrency: 3 }, () => {
  test("two executions of one request are told to people, whichever answer came", async (t) => {
    const world = await openWorld(t, { files: drillRule(), settings: SOON });
    await world.stackstorm.faults.set({ doubleStarts: 1 });
    const card = await approved(world);
    const text = await message(world, "lisi", "演练", "对同一个启动请求有多个执行");
    const ids = runsOf(world, "core.noop").map(({ id }) => id);
    assert.equal(ids.length, 2);
    for (const id of ids) assert.ok(text.includes(id));
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("StackStorm's own retries are attempts of one start: the last one is what the task tells", async (t) => {
    const files = drillRule({ action: "disk.show", params: { host: "no-such-machine" } });
    const world = await openWorld(t, { files, settings: SOON });
    const policy = { action: "disk.show", retryOn: "failure" as const, maxRetryCount: 2, delaySeconds: 0.3 };
    await world.stackstorm.faults.set({ retryPolicies: [policy] });
    const card = await approved(world);
    assert.equal(await cardClosed(world, card), "失败");
    const runs = runsOf(world, "disk.show");
    assert.equal(runs.length, 3);
    assert.equal(world.stackstorm.requests()["POST /api/v1/executions"], 1);
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.equal(task?.execution?.id, runs[2]?.id);
    assert.deepEqual(
      task?.attempts,
      runs.slice(0, 2).map(({ id }) => id),
    );
    assert.equal(task?.doubles, undefined);
  });

  /** A start of which StackStorm shows nothing, so that a person is asked. */
  async function unresolved(world: World): Promise<SeenCard> {
    await approved(world);
    return openCard(world, "无法确认是否已启动");
  }

  /** The same action with these parameters, started by somebody on StackStorm itself. */
  async function startedByHand(world: World, parameters: object): Promise<string> {
    const body = JSON.stringify({ action: "core.wait", parameters });
    const headers = { "content-type": "application/json", "st2-api-key": API_KEY };
    const answer = await fetch(`${world.stackstorm.api}/v1/executions`, { method: "POST", headers, body });
    return ((await answer.json()) as { id: string }).id;
  }

  const lost = { startWindowMs: 300, ...SOON };
  const waiting = () => drillRule({ action: "core.wait", params: { seconds: 0 } });

  test("a person says which execution a lost start was, on the card", async (t) => {
    const world = await openWorld(t, { files: waiting(), settings: lost });
    await world.stackstorm.faults.set({ answer502Html: 1, answerFaultMethods: ["POST"] });
    await approved(world);
    await until(world, "the start to be lost", () => world.stackstorm.faults.get().answer502Html === 0);
    const id = await startedByHand(world, { seconds: 0 });
    await startedByHand(world, { seconds: 1 });

    const card = await openCard(world, "无法确认是否已启动");
    const { card: shown } = viewOf(world, card);
    assert.ok(JSON.stringify(shown).includes(`adopt:${id}`));
    await click(world, card, `adopt:${id}`);
    assert.equal(await cardClosed(world, card), "成功");
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.equal(task?.execution?.id, id);
    const line = task?.history.find((one) => one.reason === "start_adopted_by_person");
    assert.equal(line?.by, "zhangsan");
    assert.equal(world.stackstorm.requests()["POST /api/v1/executions"], 3);
  });

  test("an execution with other parameters is not taken, nor one that is not there", async (t) => {
    const world = await openWorld(t, { files: waiting(), settings: lost });
    await world.stackstorm.faults.set({ answer502Html: 1, answerFaultMethods: ["POST"] });
    const card = await unresolved(world);
    const other = await startedByHand(world, { seconds: 1 });
    const id = shortOf(card);
    assert.match(await ask(world, "zhangsan", `认领 ${id} ${other}`), /参数与批准的不同/);
    assert.match(await ask(world, "zhangsan", `认领 ${id} ${"0".repeat(24)}`), /没有这个执行/);
    const right = await startedByHand(world, { seconds: 0 });
    assert.match(await ask(world, "zhangsan", `认领 ${id} ${right}`), /已认领执行/);
    assert.equal(await cardClosed(world, card), "成功");
    await cardShows(world, card, "成功");
  });
});
