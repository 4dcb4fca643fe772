import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../core/ids/index.ts";
import { occurrenceOf, refusalOf } from "./deliver.ts";

function unified(alert: object) {
  const labels = { alertname: "A", rulename: "R" };
  return occurrenceOf("grafana", {
    alerts: [{ status: "firing", labels, startsAt: "2026-01-01T00:00:00Z", ...alert }],
  });
}

test("names the rule where data are missing, and does not repeat the rule's summary", () => {
  const alert = {
    labels: { alertname: "DatasourceNoData", rulename: "磁盘" },
    annotations: { summary: "超过 90%" },
  };
  assert.deepEqual(
    [unified(alert).name, unified(alert).title],
    ["DatasourceNoData (rule 磁盘)", "磁盘: no data"],
  );
});

test("keeps an ordinary alert's name although it has a label rulename", () => {
  assert.equal(unified({}).name, "A");
});

const VALUES: readonly [alert: object, values: unknown][] = [
  [{ values: { A: 1.5 } }, { A: 1.5 }],
  [
    { values: null, valueString: "[ var='A' labels={x=y} value=2 ], [ var='B' labels={} value=-0.5 ]" },
    { A: 2, B: -0.5 },
  ],
  [{ valueString: "[ var='A' labels={note= value=9} value=3 ]" }, { A: 3 }],
  [{ valueString: "[ var='A' labels={} value=null ]" }, undefined],
  [{ valueString: "nothing of the kind" }, undefined],
  [{}, undefined],
];

for (const [alert, values] of VALUES) {
  test(`finds the values ${JSON.stringify(values)} in ${JSON.stringify(alert)}`, () => {
    assert.deepEqual((unified(alert).detail as JsonObject)["values"], values);
  });
}

const STATES = [
  ["alerting", "firing"],
  ["no_data", "firing"],
  ["ok", "resolved"],
  ["paused", "point"],
  ["pending", "point"],
] as const;

for (const [state, status] of STATES) {
  test(`takes the legacy state ${state} for ${status}`, () => {
    assert.equal(occurrenceOf("grafana", { ruleId: 1, ruleName: "r", state }).status, status);
  });
}

test("joins what a legacy rule sends by organisation and rule", () => {
  const [one, other] = [1, 2].map(
    (orgId) => occurrenceOf("grafana", { ruleId: 5, orgId, state: "ok" }).incident,
  );
  assert.notEqual(one, other);
  assert.equal(occurrenceOf("grafana", { ruleId: 5, state: "ok" }).incident, "grafana-rule-5");
});

test("has no key for a legacy delivery, which has no time", () => {
  assert.equal(occurrenceOf("grafana", { ruleId: 5, state: "ok" }).dedupeKey, undefined);
});

test("refuses a list, and an unknown state", () => {
  assert.match(refusalOf("grafana", []), /^bad_shape \(body\)/);
  assert.match(refusalOf("grafana", { ruleId: 5, state: "x" }), /^bad_shape state：/);
});
