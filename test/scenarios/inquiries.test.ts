import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tokenHash } from "../../core/people/index.ts";
import {
  API_KEY,
  ask,
  cardClosed,
  click,
  message,
  openCard,
  openWorld,
  runsOf,
  textOfCard,
  until,
  type World,
} from "../support/world.ts";
import { approved, drillRule, SOON } from "./drill.ts";
import { browserOf, logInTo, openPagedWorld, pageOf } from "./pages.ts";

const TITLE = "工作流在等待答复";

/** A world in which a workflow of Whale asks people. */
async function asking(t: Parameters<typeof openWorld>[0], params: object = {}) {
  const files = drillRule({ action: "core.asking", params });
  const world = await openWorld(t, { files, settings: SOON });
  const task = await approved(world);
  const card = await openCard(world, TITLE);
  return { world, task, card };
}

function responses(world: World): unknown[] {
  return runsOf(world, "core.ask").map(({ result }) => result?.["response"]);
}

describe("what workflows ask", { concurrency: 2 }, () => {
  test("a question reaches the approvers as a card, one of whom answers it, and the workflow goes on", async (t) => {
    const { world, task, card } = await asking(t);
    assert.match(textOfCard(world, card), /Would you like to continue/);
    const other = await openCard(world, TITLE, "lisi");
    await click(world, card, "answer:yes");
    await message(world, "zhangsan", "已答复，工作流继续执行");
    assert.match(await cardClosed(world, other), /张三.*答复 是/);
    assert.equal(await cardClosed(world, task), "成功");
    assert.deepEqual(responses(world), [{ continue: true }]);
    assert.equal(world.stackstorm.requests()["PUT /api/v1/inquiries/{id}"], 1);
    const verbs = await world.stored(async (store) =>
      (await store.audit.read(0, 100)).map(({ who, what }) => `${who} ${what}`),
    );
    assert.ok(verbs.includes("user:zhangsan inquiry.answer"));
  });

  test("an answer that is lost on its way is given once, also when Whale is started again", async (t) => {
    const { world, card, task } = await asking(t);
    await world.stackstorm.faults.set({ dropAnswers: 1 });
    await click(world, card, "answer:no");
    await message(world, "zhangsan", "暂时连不上 StackStorm");
    await world.stop();
    await world.start();
    await until(world, "the answer on the card", async () =>
      /张三 已答复 否/.test(await cardClosed(world, card)),
    );
    assert.equal(await cardClosed(world, task), "成功");
    assert.deepEqual(responses(world), [{ continue: false }]);
  });

  test("what is written is answered by a message, and what does not fit is told", async (t) => {
    const schema = { type: "object", properties: { size: { type: "integer", maximum: 5, required: true } } };
    const { world, card, task } = await asking(t, { schema });
    const id = card.cardId.slice(2, 8);
    assert.match(textOfCard(world, card), new RegExp(`答复 ${id} size=`));
    assert.match(await ask(world, "zhangsan", `答复 ${id} size=9`), /size 不符合要求/);
    assert.match(await ask(world, "wangwu", `答复 ${id} size=3`), /不能答复/);
    assert.match(await ask(world, "zhangsan", `答复 ${id} size=3`), /已答复/);
    assert.equal(await cardClosed(world, task), "成功");
    assert.deepEqual(responses(world), [{ size: 3 }]);
  });

  test("an answer in StackStorm itself closes the card", async (t) => {
    const { world, card } = await asking(t);
    const id = runsOf(world, "core.ask")[0]?.id ?? "";
    const body = JSON.stringify({ id, response: { continue: true } });
    const headers = { "content-type": "application/json", "st2-api-key": API_KEY };
    await fetch(`${world.stackstorm.api}/v1/inquiries/${id}`, { method: "PUT", headers, body });
    assert.equal(await cardClosed(world, card), "已在 StackStorm 中答复");
  });

  test("it stands on the task's page and in REST, and is answered there once, by who may", async (t) => {
    const files = { ...drillRule({ action: "core.asking", params: {} }), ...tokens() };
    const world = await openPagedWorld(t, { files, settings: SOON });
    const task = await approved(world);
    await openCard(world, TITLE);
    const [asked, ...more] = (await rest(world, "lisi", "")).body.inquiries;
    assert.deepEqual([asked.fields.map(({ name }: { name: string }) => name), more], [["continue"], []]);
    const answer = (who: string, response: object) =>
      rest(world, who, `/${asked.id}/answer`, JSON.stringify({ response }));
    const outsider = await answer("wangwu", { continue: true });
    assert.deepEqual([outsider.status, outsider.body.error.code], [403, "not_entitled"]);
    assert.equal((await answer("lisi", { continue: "maybe" })).status, 422);
    const browser = browserOf(world, "lisi");
    const page = await logInTo(browser, pageOf(world, task));
    const after = await browser.send(page, "/answer", { "field.0": "0" });
    assert.match(after.text, /已答复，工作流继续执行/);
    const late = await answer("lisi", { continue: false });
    assert.deepEqual([late.status, late.body.error.code], [409, "question_over"]);
    assert.equal(await cardClosed(world, task), "成功");
    assert.deepEqual(responses(world), [{ continue: true }]);
    const [ended] = (await rest(world, "lisi", "?state=all")).body.inquiries;
    assert.deepEqual(
      [ended.end, ended.answer.by, ended.answer.response],
      ["answered", "lisi", { continue: true }],
    );
    assert.match((await browser.open(pageOf(world, task))).text, /李四 已答复 是/);
  });
});

/** Tokens of one who may decide and of one who may not. */
function tokens(): Record<string, object> {
  const token = (user: string) => {
    return { id: user, hash: tokenHash(tokenOf(user)), user, rights: ["tasks.*"], expires: "2099-01-01" };
  };
  return {
    "roles.yaml": { roles: [{ name: "all", of: { users: ["lisi", "wangwu"] }, rights: ["tasks.*"] }] },
    "tokens.yaml": { tokens: [token("lisi"), token("wangwu")] },
  };
}

function tokenOf(user: string): string {
  return `token-of-the-person-${user}-0001`;
}

async function rest(world: World, user: string, path: string, body?: string) {
  const headers = { authorization: `Bearer ${tokenOf(user)}`, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body };
  const answer = await fetch(`${world.url()}/api/v1/inquiries${path}`, init);
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  return { status: answer.status, body: (await answer.json()) as any };
}
