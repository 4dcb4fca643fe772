import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { tokenHash } from "../../core/people/index.ts";
import {
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../fixtures/simulators/stackstorm/index.ts";
import { createVms } from "../../fixtures/simulators/vms.ts";
import {
  API_KEY,
  ask,
  askSurely,
  cardClosed,
  click,
  confirmCard,
  FIXTURES,
  message,
  openCard,
  openWorld,
  type SeenCard,
  textOfCard,
  until,
  type World,
} from "../support/world.ts";
import { approved, drillRule, SOON } from "./drill.ts";

const shortOf = (card: SeenCard): string => card.cardId.slice(2, 8);
const mend = (world: World) =>
  createVms(world.vms, [{ name: "vm-late", files: [], kernelLines: [], usagePercent: 50 }]);

/** A StackStorm of the same business beside that of the world, with other machines. */
async function another(
  t: TestContext,
): Promise<{ other: StackStormSimulator; files: Record<string, object> }> {
  const parts = { packsDir: join(FIXTURES, "packs"), vmsDir: FIXTURES, apiKey: API_KEY };
  const other = await startStackStormSimulator(parts);
  t.after(() => other.close());
  const cluster = { name: "bj-core", api: other.api, auth: { apiKey: API_KEY }, businesses: ["shop"] };
  return { other, files: { "clusters/bj-core.yaml": cluster } };
}

const workflow = () => drillRule({ action: "disk.inspect", params: { host: "vm-late" } });
const show = () =>
  drillRule({ action: "disk.show", targets: ["vm-x"], params: { host: "vm-x", older_than_days: 7 } });

const STEERS = "token-that-may-steer-tasks-0001";
const ELSEWHERE = "token-that-steers-another-business-1";

/** One who may steer the tasks of the drill's business, and one who may steer those of another. */
function tokens(): Record<string, object> {
  const token = (text: string, user: string) => {
    const rights = ["tasks.control"];
    return { id: text.slice(0, 19), hash: tokenHash(text), user, rights, expires: "2099-01-01" };
  };
  const role = (name: string, user: string, businesses: string[]) => {
    return { name, of: { users: [user] }, rights: ["tasks.*"], on: { businesses } };
  };
  return {
    "roles.yaml": { roles: [role("ours", "wangwu", ["shop"]), role("theirs", "zhaoliu", ["pay"])] },
    "tokens.yaml": { tokens: [token(STEERS, "wangwu"), token(ELSEWHERE, "zhaoliu")] },
  };
}

function retrier(world: World, card: SeenCard) {
  const url = `${world.url()}/api/v1/tasks/${card.cardId.replace(/@.*/, "")}/retry`;
  return async (body: object, token = STEERS) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const read = (await answer.json()) as { task?: string; error?: { code: string; message: string } };
    return { status: answer.status, code: read.error?.code, task: read.task, message: read.error?.message };
  };
}

describe("an ended task is run once more in another way", { concurrency: 3 }, () => {
  test("the failed steps of a workflow alone, from chat", async (t) => {
    const world = await openWorld(t, { files: workflow(), settings: SOON });
    const card = await approved(world);
    assert.equal(await cardClosed(world, card), "失败");
    await message(world, "zhangsan", "演练", "失败");
    const id = shortOf(card);
    assert.match(await ask(world, "zhangsan", `重试 ${id} 看看`), /看不懂“看看”.*写法：重试/s);
    assert.match(await ask(world, "zhangsan", `重试 ${id} 失败步骤 在 hz-core`), /重跑只能照原样/);

    mend(world);
    await world.wecom.say("zhangsan", `重试 ${id} 失败步骤`);
    const asked = await confirmCard(world, "zhangsan");
    assert.match(textOfCard(world, asked), /只重跑失败步骤 look/);
    await click(world, asked, "confirm");
    await message(world, "zhangsan", "已建重试任务");
    const again = await openCard(world, "重试 · 演练", "lisi");
    assert.match(textOfCard(world, again), /只重跑失败步骤 look/);
    // The answer is lost: what was made of the run is looked up, and not asked for again.
    await world.stackstorm.faults.set({ dropAnswerAfterStoring: 1 });
    await click(world, again, "approve");
    assert.equal(await cardClosed(world, again), "成功");
    const made = world.stackstorm.rows().filter((row) => row.context["re-run"] !== undefined);
    assert.deepEqual(
      made.map(({ context }) => (context["re-run"] as { tasks?: string[] }).tasks),
      [["look"]],
    );
  });

  test("with other parameters on another cluster, from chat, and `why` tells of both", async (t) => {
    const { other, files } = await another(t);
    const world = await openWorld(t, { files: { ...show(), ...files }, settings: SOON });
    const card = await approved(world);
    assert.equal(await cardClosed(world, card), "失败");
    await message(world, "zhangsan", "演练", "失败");
    const id = shortOf(card);
    assert.match(await ask(world, "zhangsan", `retry ${id} older_than_days=soon`), /older_than_days/);
    assert.match(await ask(world, "zhangsan", `retry ${id} host=vm-y`), /决定执行对象/);
    assert.match(await ask(world, "zhangsan", `retry ${id} on nowhere`), /不能在该集群执行/);
    assert.match(await ask(world, "zhangsan", `retry ${id} cwd=********`), /真实的值只有 StackStorm 知道/);

    const answer = await askSurely(world, "zhangsan", `retry ${id} older_than_days=3 on bj-core`);
    const made = /已建重试任务 ([a-z2-7]{6})/.exec(answer)?.[1];
    assert.match(await ask(world, "zhangsan", `retry ${made} on hz-core`), /当前状态不能这样操作/);
    const again = await openCard(world, "重试 · 演练", "lisi");
    assert.match(textOfCard(world, again), /older_than_days: 7 → 3/);
    assert.match(textOfCard(world, again), /bj-core/);
    await click(world, again, "approve");
    assert.equal(await cardClosed(world, again), "失败");
    const runs = other.rows().filter(({ action }) => action === "disk.show");
    assert.deepEqual(
      runs.map(({ parameters }) => parameters["older_than_days"]),
      [3],
    );
    await message(world, "zhangsan", "重试 · 演练", "失败");
    const why = await ask(world, "zhangsan", `why ${made}`);
    assert.match(why, new RegExp(`任务 ${id} 失败 · hz-core: 优先级最高; bj-core: 优先级较低`));
    assert.match(why, new RegExp(`任务 ${made} 失败 · older_than_days: 7 → 3 · bj-core: 只有它可用`));
  });

  test("over REST, by who may steer tasks of its business", async (t) => {
    const world = await openWorld(t, { files: { ...workflow(), ...tokens() }, settings: SOON });
    const card = await approved(world);
    await until(world, "the run", () => world.stackstorm.rows().length > 0);
    const retry = retrier(world, card);
    assert.equal((await retry({ rerun: "failed" }, ELSEWHERE)).status, 403);
    assert.equal(await cardClosed(world, card), "失败");
    assert.deepEqual((await retry({ rerun: "failed", parameters: { host: "a" } })).code, "rerun_as_it_was");
    assert.deepEqual((await retry({ again: true })).code, "bad_retry");
    assert.deepEqual((await retry({ parameters: { host: { a: 1 } } })).code, "bad_parameters");
    assert.deepEqual((await retry({ cluster: "bj-core" })).code, "cluster_not_allowed");

    mend(world);
    const made = await retry({ rerun: "all" });
    assert.equal(made.status, 201);
    const again = await openCard(world, "重试 · 演练", "lisi");
    assert.equal(again.cardId, `${made.task}@1`);
    await click(world, again, "approve");
    assert.equal(await cardClosed(world, again), "成功");
    const rows = world.stackstorm.rows().filter((row) => row.context["re-run"] !== undefined);
    assert.equal(rows.length, 1);
  });
});
