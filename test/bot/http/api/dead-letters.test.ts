import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { unfit } from "../../../contract/archive-dead-letters.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/archive/dead-letters";

/** A server whose archive would not take two events. */
async function withLetters(t: TestContext): Promise<ApiServer> {
  const api = await apiServer(t);
  await api.archive().write({ events: [unfit("e_2", 2), unfit("e_1", 1)], verdicts: [] });
  return api;
}

test("lists what could not be archived, the oldest first, and counts all of it", async (t) => {
  const api = await withLetters(t);
  const { status, body } = await api.call("GET", `${ALL}?limit=1`);
  assert.equal(status, 200);
  assert.equal(body.count, 2);
  const [letter, ...others] = body.deadLetters;
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(letter).sort(), ["at", "eventId", "id", "kind", "problem", "type"]);
  assert.deepEqual([letter.kind, letter.eventId, letter.type], ["event", "e_1", unfit("e_1", 1).type]);
});

test("shows one with what could not be archived", async (t) => {
  const api = await withLetters(t);
  const { body: list } = await api.call("GET", ALL);
  const { body } = await api.call("GET", `${ALL}/${list.deadLetters[1].id}`);
  assert.deepEqual(body, { ...list.deadLetters[1], value: unfit("e_2", 2) });
});

test("tries one or all again, and records who did so and what came of it", async (t) => {
  const api = await withLetters(t);
  const { body: list } = await api.call("GET", ALL);
  const { id } = list.deadLetters[0];
  const one = await api.call("POST", `${ALL}/${id}/retry`, { who: "lisi" });
  assert.deepEqual([one.status, one.body], [200, { stored: 0, left: 1 }]);
  const all = await api.call("POST", `${ALL}/retry`);
  assert.deepEqual([all.status, all.body], [200, { stored: 0, left: 2 }]);
  const [first, second] = (await api.store().audit.read(0, 100)).filter(
    ({ what }) => what === "archive.retry",
  );
  assert.deepEqual([first?.who, first?.object, second?.who, second?.object], ["lisi", id, "zhangsan", "all"]);
  assert.partialDeepStrictEqual(first?.detail, { kind: "event", eventId: "e_1", stored: 0, left: 1 });
  assert.deepEqual(second?.detail, { stored: 0, left: 2 });
});

test("says that there is no such letter, and what is wrong with a query", async (t) => {
  const api = await withLetters(t);
  for (const [method, path] of [
    ["GET", `${ALL}/none`],
    ["POST", `${ALL}/none/retry`],
  ] as const) {
    const { status, body } = await api.call(method, path);
    assert.deepEqual([status, body.error.code], [404, "unknown_dead_letter"]);
  }
  assert.equal((await api.call("GET", `${ALL}?limit=0`)).status, 400);
});

test("asks for the rights on the archive as a whole", async (t) => {
  const api = await withLetters(t);
  const from = api.asked.length;
  await api.call("GET", ALL);
  await api.call("GET", `${ALL}/x`);
  await api.call("POST", `${ALL}/retry`);
  await api.call("POST", `${ALL}/x/retry`);
  const [read, retry] = ["zhangsan archive.read whole", "zhangsan archive.retry whole"];
  assert.deepEqual(api.asked.slice(from), [read, read, retry, retry]);
  for (const [method, path] of [
    ["GET", ALL],
    ["GET", `${ALL}/x`],
    ["POST", `${ALL}/retry`],
    ["POST", `${ALL}/x/retry`],
  ] as const) {
    assert.equal((await api.call(method, path, { who: "" })).status, 401);
    assert.equal((await api.call(method, path, { headers: { "x-types": "disk.full" } })).status, 403);
  }
});
