import assert from "node:assert/strict";
import { test } from "node:test";
import { START_MS } from "../../support/clock.ts";
import { aClient, aCluster, aRow, fakeSt2, REQUEST_ID, type Reply } from "./support.ts";

const query = { cluster: "hz", action: "disk.cleanup", requestId: REQUEST_ID, sinceMs: START_MS };
const whale = { request_id: REQUEST_ID };

test("a start is looked for by action, time, request id and level", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: [] }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.deepEqual(await st2.find(query), { outcome: "absent" });
  const url = fake.seen[0]?.url;
  assert.equal(url?.pathname, "/api/v1/executions");
  assert.deepEqual(Object.fromEntries(url?.searchParams ?? []), {
    action: "disk.cleanup",
    timestamp_gt: "2026-10-31T23:55:00.000Z",
    filter: `context.whale.request_id:${REQUEST_ID}`,
    parent: "null",
    limit: "10",
    include_attributes: "id,status,start_timestamp,context",
  });
});

interface Case {
  name: string;
  rows: Record<string, unknown>[];
  id: string;
  starts: number;
}

const policies = { retry: { retry_count: 1 } };
const found: Case[] = [
  { name: "one row", rows: [aRow({ id: "a" })], id: "a", starts: 1 },
  {
    name: "a start and its automatic retries, newest first",
    rows: [
      aRow({ id: "c", start_timestamp: "2026-11-01T00:03:00Z", context: { whale, policies } }),
      aRow({ id: "b", start_timestamp: "2026-11-01T00:02:00Z", context: { whale, policies } }),
      aRow({ id: "a", start_timestamp: "2026-11-01T00:01:00Z", context: { whale } }),
    ],
    id: "a",
    starts: 1,
  },
  {
    name: "a start and a retry that a clock put before it",
    rows: [
      aRow({ id: "b", start_timestamp: "2026-11-01T00:02:00Z" }),
      aRow({ id: "a", start_timestamp: "2026-11-01T00:01:00Z", context: { whale, policies } }),
    ],
    id: "b",
    starts: 1,
  },
  {
    name: "two starts",
    rows: [
      aRow({ id: "a", start_timestamp: "2026-11-01T00:00:02.000001Z" }),
      aRow({ id: "b", start_timestamp: "2026-11-01T00:00:01+00:00" }),
    ],
    id: "b",
    starts: 2,
  },
  {
    name: "two starts of the same moment, by id",
    rows: [aRow({ id: "b" }), aRow({ id: "a" })],
    id: "a",
    starts: 2,
  },
  {
    name: "two starts, one without a time",
    rows: [aRow({ id: "a", start_timestamp: undefined }), aRow({ id: "b" })],
    id: "b",
    starts: 2,
  },
  {
    name: "retries whose start is not among them",
    rows: [aRow({ id: "b", context: { whale, policies } })],
    id: "b",
    starts: 1,
  },
];

for (const { name, rows, id, starts } of found) {
  test(`of ${name} the right row is adopted`, async (t) => {
    const fake = await fakeSt2(t, () => ({ status: 200, body: rows }));
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    const outcome = await st2.find(query);
    assert.ok(outcome.outcome === "found");
    assert.equal(outcome.execution.id, id);
    assert.equal(outcome.starts, starts);
    assert.equal(outcome.execution.action, "disk.cleanup");
  });
}

test("two starts of one request raise the alarm, a start with its retries does not", async (t) => {
  const replies: Reply[] = [
    { status: 200, body: [aRow({ id: "a" }), aRow({ id: "b", context: { whale, policies } })] },
    { status: 200, body: [aRow({ id: "a" }), aRow({ id: "b" })] },
  ];
  const fake = await fakeSt2(t, () => replies.shift() ?? null);
  const { st2, log, metrics } = aClient(t, [aCluster(fake.origin)]);
  await st2.find(query);
  assert.equal(log.lines.filter(({ level }) => level === "error").length, 0);
  await st2.find(query);
  assert.equal(log.lines.filter(({ level }) => level === "error").length, 1);
  assert.equal(metrics.counted("stackstorm_double_starts"), 1);
});

const open: [name: string, reply: Reply | null][] = [
  ["a broken connection", null],
  ["an inner error", { status: 500, body: { faultstring: "x" } }],
  ["refused credentials", { status: 401 }],
  ["missing rights", { status: 403 }],
  ["a wrong address", { status: 404 }],
  ["a fault in a 200", { status: 200, body: { faultstring: "x" } }],
  ["a web page", { status: 200, body: "<html>" }],
  ["an object instead of a list", { status: 200, body: {} }],
  ["a row without an id", { status: 200, body: [aRow({ id: undefined })] }],
  [
    "a row of somebody else",
    { status: 200, body: [aRow(), aRow({ context: { whale: { request_id: "t_x-1" } } })] },
  ],
  ["a row without a context", { status: 200, body: [aRow({ context: undefined })] }],
  ["a row whose context has a wrong type", { status: 200, body: [aRow({ context: "x" })] }],
];

for (const [name, reply] of open) {
  test(`${name} proves neither that the start is there nor that it is not`, async (t) => {
    const fake = await fakeSt2(t, () => reply);
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    assert.equal((await st2.find(query)).outcome, "unreachable");
  });
}

test("a request id that would be another filter is never searched for", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 200, body: [] }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  assert.equal((await st2.find({ ...query, requestId: "x status:failed" })).outcome, "unreachable");
  assert.equal(fake.seen.length, 0);
});

test("nothing is known about a start on a cluster that is not configured", async (t) => {
  const { st2 } = aClient(t, []);
  assert.equal((await st2.find(query)).outcome, "unreachable");
});
