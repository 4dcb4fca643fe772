import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deliver, occurrencesOf, refusalOf } from "./deliver.ts";

function read(body: Record<string, unknown>) {
  const [first] = occurrencesOf("generic", { event_type: "t", ...body });
  assert.ok(first);
  return first;
}

test("parses a detail that is JSON text once more", () => {
  const occurrence = read({ detail: '{"msg":["test1","test2","test3"],"code":"1"}' });
  assert.deepEqual(occurrence.detail, { msg: ["test1", "test2", "test3"], code: "1" });
  assert.equal(occurrence.title, "t: test1, test2, test3");
});

test("keeps long numbers inside a detail that is JSON text", () => {
  assert.deepEqual(read({ detail: '{"id": 12345678901234567890}' }).detail, { id: "12345678901234567890" });
});

const DETAILS: readonly [given: unknown, detail: Record<string, unknown>][] = [
  [undefined, {}],
  [null, {}],
  [{ a: 1 }, { a: 1 }],
  [[1, 2], { items: [1, 2] }],
  ["[1, 2]", { items: [1, 2] }],
  ["not json", { text: "not json" }],
  ["", { text: "" }],
  ["42", { text: "42" }],
  [42, { value: 42 }],
  [`${"[".repeat(200)}`, { text: "[".repeat(200) }],
];

for (const [given, detail] of DETAILS) {
  test(`makes the detail ${JSON.stringify(detail).slice(0, 40)} of ${JSON.stringify(given)?.slice(0, 40)}`, () => {
    assert.deepEqual(read({ detail: given }).detail, detail);
  });
}

test("reads one object and a list of them", () => {
  const events = [{ event_type: "a" }, { event_type: "b" }];
  assert.deepEqual(
    occurrencesOf("generic", events).map(({ declaredType }) => declaredType),
    ["a", "b"],
  );
  assert.equal(read({}).declaredType, "t");
});

test("recognises a second delivery by id, else by dedupe_key, else by the same content", () => {
  assert.equal(read({ id: "1", dedupe_key: "k" }).dedupeKey, "1");
  assert.equal(read({ id: 7 }).dedupeKey, "7");
  assert.equal(read({ dedupe_key: "k" }).dedupeKey, "k");
  const [one, again, other] = [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 2 }].map(
    (detail) => read({ detail }).dedupeKey,
  );
  assert.equal(one, again);
  assert.notEqual(one, other);
});

test("joins firing and recovery by the sender's incident, or by type and subject where it tells of recoveries", () => {
  assert.equal(read({ incident: "INC-1" }).incident, "INC-1");
  const firing = read({ subject: "vm-1", status: "firing", detail: { usage: 97 } });
  const resolved = read({ subject: "vm-1", status: "resolved", detail: { usage: 40 } });
  assert.equal(firing.incident, resolved.incident);
  assert.notEqual(firing.incident, read({ subject: "vm-2", status: "firing" }).incident);
});

test("does not join different messages of a sender that knows no recovery", () => {
  const [one, other] = [1, 2].map((build) => read({ subject: "cart", detail: { build } }).incident);
  assert.notEqual(one, other);
});

test("takes what the sender says of itself", () => {
  const occurrence = read({
    title: "标题",
    subject: "vm-1",
    severity: "Critical",
    status: "point",
    time: 1_795_140_000,
    ends_at: "2026-11-20 10:05:00",
    labels: { env: "prod", n: 1 },
    annotations: { a: true },
  });
  const { title, subject, severity, status, time, endsAt, labels, annotations } = occurrence;
  assert.deepEqual(
    { title, subject, severity, status, time, endsAt, labels, annotations },
    {
      title: "标题",
      subject: "vm-1",
      severity: "critical",
      status: "point",
      time: "2026-11-20T02:00:00.000Z",
      endsAt: "2026-11-20T02:05:00Z",
      labels: { env: "prod", n: "1" },
      annotations: { a: "true" },
    },
  );
});

test("takes the time of receipt for a time that it cannot read", () => {
  assert.equal(read({ time: "yesterday" }).time, undefined);
});

const REFUSALS: readonly [body: unknown, refusal: RegExp][] = [
  ["", /^empty /],
  [[], /^empty /],
  ["<event/>", /^bad_json .*line 1 column 1/],
  [{ detail: {} }, /^bad_shape event_type：缺少此字段.*options\.fields.*options\.fields/],
  [{ event_type: "" }, /^bad_shape event_type：/],
  [{ event_type: 5 }, /^bad_shape event_type：/],
  [{ event_type: "x".repeat(201) }, /^bad_shape event_type：/],
  [[{ event_type: "a" }, 5], /^bad_shape \[1\]：/],
  [[{ event_type: "a", labels: [] }], /^bad_shape \[0\]\.labels：/],
  [{ event_type: "a", status: "on" }, /^bad_shape status：应为 firing, resolved, point 之一/],
  [[{ event_type: "a", status: "on" }], /^bad_shape \[0\]\.status：/],
  ["null", /^bad_shape \(body\)/],
];

for (const [body, refusal] of REFUSALS) {
  test(`refuses ${JSON.stringify(body).slice(0, 60)} with ${refusal.source}`, () => {
    assert.match(refusalOf("generic", body), refusal);
  });
}

test("never throws on any JSON, with or without an event type", () => {
  const events = fc.record({ event_type: fc.string({ minLength: 1 }), detail: fc.jsonValue() });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), events, fc.array(events)), (body) => {
      deliver("generic", body);
    }),
  );
});

test("gives the same occurrence for the same bytes", () => {
  const events = fc.record({ event_type: fc.string({ minLength: 1 }), detail: fc.jsonValue() });
  fc.assert(
    fc.property(events, (event) => {
      assert.deepEqual(deliver("generic", event), deliver("generic", event));
    }),
  );
});
