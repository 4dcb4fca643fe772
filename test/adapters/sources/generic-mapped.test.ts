import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../core/ids/index.ts";
import { occurrenceOf, occurrencesOf, refusalOf } from "./deliver.ts";

const FIELDS = { name: "n", subject: "who", status: "s", severity: "l" };

function mapped(body: unknown, options: Record<string, Json> = {}) {
  return occurrenceOf("generic", body, { options: { fields: FIELDS, ...options } });
}

test("reads what stands elsewhere, at the first place that holds something", () => {
  const fields = { name: ["a.name", "b[0].name"], subject: 'labels["host.name"]' };
  const occurrence = mapped({ a: {}, b: [{ name: "x" }], labels: { "host.name": "vm-1" } }, { fields });
  assert.deepEqual([occurrence.name, occurrence.subject, occurrence.declaredType], ["x", "vm-1", undefined]);
});

test("translates the sender's words, and knows its own without", () => {
  const options = { statuses: { "1": "resolved" }, severities: { 高: "critical" } };
  const occurrence = mapped({ n: "x", s: 1, l: "高" }, options);
  assert.deepEqual([occurrence.status, occurrence.severity], ["resolved", "critical"]);
  assert.deepEqual(
    [mapped({ n: "x", l: "warn" }).status, mapped({ n: "x", l: "warn" }).severity],
    ["firing", "warning"],
  );
});

test("declares an event type only where the source names its place", () => {
  assert.equal(mapped({ t: "vm.disk" }, { fields: { type: "t" } }).declaredType, "vm.disk");
});

test("keeps the whole alert as detail unless told where it is", () => {
  assert.deepEqual(mapped({ n: "x", more: 1, api_key: "s3cret" }).detail, { n: "x", more: 1 });
  assert.deepEqual(mapped({ n: "x", d: '{"a":1}' }, { fields: { ...FIELDS, detail: "d" } }).detail, { a: 1 });
  assert.deepEqual(mapped({ n: "x", d: [1] }, { fields: { ...FIELDS, detail: "d" } }).detail, { items: [1] });
});

test("joins firing and recovery by name and subject", () => {
  const [firing, resolved] = ["firing", "resolved"].map(
    (s) => mapped({ n: "x", who: "vm-1", s, value: s }).incident,
  );
  assert.equal(firing, resolved);
});

test("reads a list below the place that is named", () => {
  const options = { fields: FIELDS, items: "data.alerts" };
  const events = occurrencesOf("generic", { data: { alerts: [{ n: "a" }, { n: "b" }] } }, { options });
  assert.deepEqual(
    events.map(({ name }) => name),
    ["a", "b"],
  );
});

test("reads its own plain form where the source says nothing of fields", () => {
  assert.equal(occurrenceOf("generic", { event_type: "t" }, { options: { zone: "UTC" } }).declaredType, "t");
});

test("refuses with the place what it cannot read", () => {
  const options = { fields: FIELDS, items: "alerts" };
  assert.match(
    refusalOf("generic", { n: "x", s: "half" }, { options: { fields: FIELDS } }),
    /^bad_shape fields\.status：应为/,
  );
  assert.match(
    refusalOf("generic", { alerts: [{ n: "x" }, {}] }, { options }),
    /^bad_shape alerts\[1\]\.fields\.name：/,
  );
  assert.match(refusalOf("generic", {}, { options }), /^bad_shape alerts：缺少/);
  assert.match(refusalOf("generic", { alerts: [] }, { options }), /^empty /);
});
