import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { apiDocument } from "../../../../bot/http/index.ts";
import { DEFAULT_BUDGETS, memberBuckets } from "../../../../core/outbox/index.ts";
import { NOW_MS } from "../../../adapters/files/home-dir.ts";
import { anOutboxItem } from "../../../support/builders.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/outbox";

/** An answer that waits for its time, a card that waits for room, and a line of a digest. */
async function fill(api: ApiServer): Promise<void> {
  const { outbox } = api.store();
  const card = anOutboxItem({
    key: "t_a:card:1",
    taskId: "t_a",
    lane: 1,
    body: { kind: "card", cardNo: 1 },
    dueAtMs: 0,
  });
  await outbox.add([card]);
  const [claim] = await outbox.claim(1, 60_000);
  const why = "outbox.budget_short: the budget of messages does not hold it now";
  await outbox.postpone(card.key, claim?.fence ?? 0, { dueAtMs: NOW_MS + 5_000, counted: false, why });
  await outbox.add([anOutboxItem({ dueAtMs: NOW_MS + 1_000 })]);
  const line = { about: "text" as const, text: "x" };
  const body = { kind: "line" as const, to: "lisi", line };
  await outbox.add([anOutboxItem({ key: "t_a:report:2~lisi", taskId: "@lisi", lane: 5, body, dueAtMs: 0 })]);
}

function faultsOf(path: string, value: unknown): string {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(apiDocument, "api");
  const at = `api#/paths/${path.replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")}`;
  const validate = ajv.compile({ $ref: `${at}/get/responses/200/content/application~1json/schema` });
  return validate(value) ? "" : JSON.stringify(validate.errors);
}

test("tells what waits, by lane and age, what for and since when", async (t) => {
  const api = await apiServer(t);
  await fill(api);
  const { status, body } = await api.call("GET", ALL);
  assert.equal(status, 200);
  assert.equal(faultsOf(ALL, body), "");
  const { depth, oldest, items } = body as {
    depth: object;
    oldest: object;
    items: Record<string, unknown>[];
  };
  assert.deepEqual(depth, { answer: 1, card: 1, line: 1 });
  assert.deepEqual(Object.keys(oldest), ["approval", "answer", "digest"]);
  assert.deepEqual(
    items.map(({ lane, waits, task, user }) => [lane, waits, task, user]),
    [
      ["approval", "budget", "t_a", null],
      ["answer", "later", null, null],
      ["digest", "due", null, "lisi"],
    ],
  );
  assert.match(String(items[0]?.["why"]), /^outbox\.budget_short/);
});

test("tells of one lane, and of as many as are asked for", async (t) => {
  const api = await apiServer(t);
  await fill(api);
  const keys = async (query: string) => {
    const { body } = await api.call("GET", `${ALL}?${query}`);
    return (body as { items: { key: string }[] }).items.map(({ key }) => key);
  };
  assert.deepEqual(await keys("lane=digest"), ["t_a:report:2~lisi"]);
  assert.deepEqual(await keys("limit=1"), ["t_a:card:1"]);
  for (const query of ["lane=0", "limit=0", "limit=1001", "lanes=digest"]) {
    assert.equal((await api.call("GET", `${ALL}?${query}`)).status, 400, query);
  }
});

test("tells how many messages a person may get now", async (t) => {
  const api = await apiServer(t);
  const [bucket] = memberBuckets("lisi", 1, DEFAULT_BUDGETS);
  await api
    .store()
    .throttle.take([{ ...(bucket as NonNullable<typeof bucket>), take: 9, grantId: "g", atMs: NOW_MS }]);
  const { status, body } = await api.call("GET", `${ALL}/budgets/LiSi`);
  assert.equal(status, 200);
  assert.equal(faultsOf("/api/v1/outbox/budgets/{user}", body), "");
  const left = { approval: 3, result: 3, answer: 3, notice: 3, digest: 3 };
  assert.deepEqual(body, { user: "lisi", left });
});

test("tells no budget of what is nobody", async (t) => {
  const api = await apiServer(t);
  for (const user of ["%20", "li%20si", "_x", "a".repeat(65)]) {
    const { status, body } = await api.call("GET", `${ALL}/budgets/${user}`);
    assert.deepEqual([status, body.error?.code], [422, "bad_user"], user);
  }
});

test("asks for the right to read the outbox as a whole", async (t) => {
  const api = await apiServer(t);
  for (const path of [ALL, `${ALL}/budgets/lisi`]) {
    assert.equal((await api.call("GET", path, { who: "" })).status, 401);
    assert.equal((await api.call("GET", path, { headers: { "x-types": "a" } })).status, 403);
  }
  assert.ok(api.asked.every((asked) => asked.endsWith("outbox.read whole")));
});
