import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatOpsError } from "../../../core/errors.ts";
import { aClient, aCluster, aRow, EXECUTION_ID, fakeSt2, type Reply } from "./support.ts";

test("get reads one execution with its result up to a size", async (t) => {
  const body = aRow({ status: "succeeded", result: { freed_kb: 7 } });
  const fake = await fakeSt2(t, () => ({ status: 200, body }));
  const { st2 } = aClient(t, [aCluster(fake.origin)], { maxResultBytes: 50_000 });
  const execution = await st2.get("hz", EXECUTION_ID);
  assert.deepEqual(execution?.result, { freed_kb: 7 });
  const url = fake.seen[0]?.url;
  assert.equal(`${url?.pathname}${url?.search}`, `/api/v1/executions/${EXECUTION_ID}?max_result_size=50000`);
});

test("get tells the size of a result that was left out", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: aRow({ result_size: 16_000_000 }) }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const execution = await st2.get("hz", EXECUTION_ID);
  assert.equal(execution?.resultBytes, 16_000_000);
  assert.equal(execution && "result" in execution, false);
});

test("get gives null when StackStorm says that it does not know the id", async (t) => {
  const body = { faultstring: "Unable to identify resource" };
  const fake = await fakeSt2(t, () => ({ status: 404, body }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.equal(await st2.get("hz", EXECUTION_ID), null);
});

test("get never asks for an id that is an order or another address", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: aRow() }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  for (const id of ["last", "", "..", "a/b", "views"]) assert.equal(await st2.get("hz", id), null);
  assert.equal(fake.seen.length, 0);
});

test("get keeps the status when another field has a wrong type, and says so", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: aRow({ status: "failed", web_url: 5 }) }));
  const { st2, log } = aClient(t, [aCluster(fake.origin)]);
  assert.equal((await st2.get("hz", EXECUTION_ID))?.status, "failed");
  assert.deepEqual(log.lines.find(({ level }) => level === "warn")?.fields["dropped"], ["web_url"]);
});

const failures: [name: string, reply: Reply | null, code: string, retryable: boolean][] = [
  ["a fault in a 200", { status: 200, body: { faultstring: "State = x" } }, "stackstorm.faulted", false],
  ["a web page", { status: 200, body: "<html>" }, "stackstorm.bad_answer", true],
  ["no body", { status: 200 }, "stackstorm.bad_answer", true],
  ["a list", { status: 200, body: [aRow()] }, "stackstorm.bad_answer", true],
  ["another execution", { status: 200, body: aRow({ id: "x1" }) }, "stackstorm.bad_answer", true],
  ["a bad request", { status: 400, body: { faultstring: "x" } }, "stackstorm.refused", false],
  ["refused credentials", { status: 401 }, "stackstorm.unauthorised", false],
  ["missing rights", { status: 403 }, "stackstorm.forbidden", false],
  ["a 404 of a proxy", { status: 404, body: "<html>" }, "stackstorm.not_found", false],
  ["too many requests", { status: 429, headers: { "retry-after": "7" } }, "stackstorm.busy", true],
  ["an inner error", { status: 500, body: { faultstring: "x" } }, "stackstorm.unavailable", true],
  ["nginx without st2api", { status: 503, body: { faultstring: "nginx" } }, "stackstorm.unavailable", true],
  ["a redirect", { status: 302, headers: { location: "/" } }, "stackstorm.redirected", false],
  ["a broken connection", null, "stackstorm.reset", true],
];

for (const [name, reply, code, retryable] of failures) {
  test(`get fails with ${code} on ${name}`, async (t) => {
    const fake = await fakeSt2(t, () => reply);
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    await assert.rejects(st2.get("hz", EXECUTION_ID), { name: "ChatOpsError", code, retryable });
    assert.equal(fake.seen.length, 1);
  });
}

test("the wait that a busy server asks for is passed on", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 429, headers: { "retry-after": "7" } }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  await assert.rejects(st2.get("hz", EXECUTION_ID), (error: ChatOpsError) => error.retryAfterMs === 7_000);
});

test("every read of a cluster that is not configured fails and says so", async (t) => {
  const { st2 } = aClient(t, []);
  const expected = { code: "stackstorm.unknown_cluster", reached: "no", retryable: false };
  await assert.rejects(st2.get("hz", EXECUTION_ID), expected);
  await assert.rejects(st2.list("hz", [EXECUTION_ID]), expected);
  await assert.rejects(st2.children("hz", EXECUTION_ID), expected);
  await assert.rejects(st2.output("hz", EXECUTION_ID), expected);
});

const idsOf = (url: URL) => (url.searchParams.get("id") ?? "").split(",");

test("list asks for a hundred ids at a time, each once, without results", async (t) => {
  const fake = await fakeSt2(t, ({ url }) => ({ status: 200, body: idsOf(url).map((id) => ({ id })) }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const ids = Array.from({ length: 250 }, (_, n) => `id${n}`);
  const found = await st2.list("hz", [...ids, ...ids]);
  assert.deepEqual(
    found.map(({ id }) => id),
    ids,
  );
  assert.deepEqual(
    fake.seen.map(({ url }) => idsOf(url).length),
    [100, 100, 50],
  );
  const { id: _, ...rest } = Object.fromEntries(fake.seen[0]?.url.searchParams ?? []);
  assert.deepEqual(rest, {
    limit: "100",
    include_attributes: "id,status,start_timestamp,end_timestamp,action,liveaction,elapsed_seconds",
  });
});

test("list leaves out what was not asked for and sends nothing when nothing is asked", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: [{ id: "a" }, { id: "stranger" }] }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.deepEqual(
    (await st2.list("hz", ["a", "b"])).map(({ id }) => id),
    ["a"],
  );
  assert.deepEqual(await st2.list("hz", []), []);
  assert.deepEqual(await st2.list("hz", ["last", "x,y"]), []);
  assert.equal(fake.seen.length, 1);
});

test("list fails as a whole when a row has no id, since nobody can say which is missing", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: [{ id: "a" }, { status: "failed" }] }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  await assert.rejects(st2.list("hz", ["a", "b"]), { code: "stackstorm.bad_answer", message: /\/1\/id/ });
});

test("children reads page after page, each child once, oldest first", async (t) => {
  const at = (n: number) => new Date(Date.UTC(2026, 10, 1) + n * 1000).toISOString();
  const rows = Array.from({ length: 150 }, (_, n) => ({ id: `c${n}`, start_timestamp: at(n) })).reverse();
  const fake = await fakeSt2(t, ({ url }) => {
    // A row too early on the second page, as when a new child moved the others on.
    const from = Math.max(0, Number(url.searchParams.get("offset")) - 1);
    return { status: 200, body: rows.slice(from, from + 100) };
  });
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const found = await st2.children("hz", EXECUTION_ID);
  assert.equal(found.length, 150);
  assert.deepEqual(
    found.slice(0, 2).map(({ id, parent }) => [id, parent]),
    [
      ["c0", EXECUTION_ID],
      ["c1", EXECUTION_ID],
    ],
  );
  assert.equal(fake.seen[0]?.url.searchParams.get("parent"), EXECUTION_ID);
});

test("children says which of them are workflows", async (t) => {
  const runners = { a: "local-shell-cmd", b: "orquesta", c: "action-chain", d: undefined };
  const rows = Object.entries(runners).map(([id, runner]) => {
    return {
      id,
      start_timestamp: `2026-11-01T00:00:0${"abcd".indexOf(id)}Z`,
      action: { ref: "p.a", runner_type: runner },
    };
  });
  const fake = await fakeSt2(t, () => ({ status: 200, body: rows }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const found = await st2.children("hz", EXECUTION_ID);
  assert.deepEqual(
    found.map(({ isWorkflow }) => isWorkflow),
    [undefined, true, true, undefined],
  );
});

test("output gives the text as it is, even when it looks like JSON or a fault", async (t) => {
  const texts = ["line 1\nline 2\n", '{"faultstring":"printed by the action"}', ""];
  for (const text of texts) {
    const headers = { "content-type": text.startsWith("{") ? "application/json" : "text/plain" };
    const fake = await fakeSt2(t, () => ({ status: 200, body: text, headers }));
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.equal(await st2.output("hz", EXECUTION_ID), text);
    assert.equal(fake.seen[0]?.url.pathname, `/api/v1/executions/${EXECUTION_ID}/output`);
  }
});

test("output is empty for an unknown id and fails with the engine's words otherwise", async (t) => {
  const replies: Reply[] = [
    { status: 404, body: { faultstring: "not found" } },
    { status: 500, body: { faultstring: "mongo is away" } },
  ];
  const fake = await fakeSt2(t, () => replies.shift() ?? null);
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.equal(await st2.output("hz", EXECUTION_ID), "");
  await assert.rejects(st2.output("hz", EXECUTION_ID), {
    code: "stackstorm.unavailable",
    message: /mongo is away/,
  });
});
