import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceKinds } from "../../../adapters/sources/index.ts";
import { occurrenceOf, refusalOf } from "./deliver.ts";

test("the kinds are those that sources may name", () => {
  assert.deepEqual(Object.keys(sourceKinds), [
    "alertmanager",
    "grafana",
    "zabbix",
    "nightingale",
    "open-falcon",
    "cloudevents",
    "tencent-cloud",
    "alibaba-cloud",
    "blueking",
    "huawei-smn",
    "aws-sns",
    "kubernetes",
    "generic",
  ]);
  for (const [kind, adapter] of Object.entries(sourceKinds)) assert.equal(adapter.kind, kind);
});

test("the source's zone goes before the delivery's", () => {
  const body = { event_type: "t", time: "2026-11-20 10:00:00" };
  assert.equal(occurrenceOf("generic", body).time, "2026-11-20T02:00:00Z");
  assert.equal(occurrenceOf("generic", body, { options: { zone: "UTC" } }).time, "2026-11-20T10:00:00Z");
});

const REFUSALS: readonly [kind: string, options: Record<string, never> | object, refusal: RegExp][] = [
  ["alertmanager", { zone: "Mars/Base" }, /^bad_options options\.zone：/],
  ["alertmanager", { zone: 8 }, /^bad_options options\.zone：/],
  ["grafana", { fields: {} }, /^bad_options options\.fields：.*known are\) zone$/],
  ["zabbix", { fields: [] }, /^bad_options options\.fields：/],
  ["zabbix", { fields: { host: 5 } }, /^bad_options options\.fields：host /],
  ["zabbix", { fields: { host: [] } }, /^bad_options options\.fields：host /],
  ["zabbix", { fields: { host: "a..b" } }, /^bad_options options\.fields：host /],
  ["zabbix", { fields: { constructor: "a" } }, /^bad_options options\.fields：constructor /],
  ["generic", { items: "" }, /^bad_options options\.items：/],
  ["generic", { statuses: { a: "burning" } }, /^bad_options options\.statuses：/],
  ["generic", { severities: "x" }, /^bad_options options\.severities：/],
  ["huawei-smn", { confirmHosts: ["http://a"] }, /^bad_options options\.confirmHosts：/],
  ["aws-sns", { confirmHosts: "a" }, /^bad_options options\.confirmHosts：/],
  ["aws-sns", { toString: 1 }, /^bad_options options\.toString：/],
];

for (const [kind, options, refusal] of REFUSALS) {
  test(`refuses the options ${JSON.stringify(options)} of ${kind}`, () => {
    assert.match(refusalOf(kind, {}, { options: options as Record<string, never> }), refusal);
    assert.equal(sourceKinds[kind]?.checkOptions?.(options as Record<string, never>)?.reason, "bad_options");
  });
}

test("finds no fault with good options", () => {
  const options = { zone: "Asia/Tokyo", fields: { host: ["a.b", 'labels["x.y"]'] } };
  assert.equal(sourceKinds["zabbix"]?.checkOptions?.(options), null);
});
