import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, type RuleExpectation, type TestedRule, testRule } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { aContext, aRule, setOf } from "./a-rule.ts";

function tested(overrides: Parameters<typeof aRule>[0] = {}, event = anEvent()): TestedRule {
  const rule = aRule(overrides);
  return testRule(setOf(rule), rule.id, { event, context: aContext() }) ?? assert.fail("no rule");
}

function fields(expected: Partial<RuleExpectation>, of: TestedRule = tested()): string[] {
  return differences({ verdict: "fired", ...expected }, of).map(({ field }) => field);
}

const HOST = { params: { host: "{{ detail.host }}", list: [1, { a: 1, b: 2 }], map: { x: 1, y: [2] } } };

test("what is as expected differs nowhere", () => {
  const { host } = anEvent().detail as { host: string };
  const params = { map: { y: [2], x: 1 }, list: [1, { b: 2, a: 1 }], host };
  assert.deepEqual(fields({ params, allParams: params, targets: [host], tasks: 1 }, tested(HOST)), []);
});

test("params may be more than is asked, allParams and lists may not", () => {
  const of = tested(HOST);
  assert.deepEqual(fields({ params: { map: { x: 1 } } }, of), []);
  assert.deepEqual(fields({ params: { list: [1] } }, of), ["params.list"]);
  assert.deepEqual(fields({ params: { map: { x: 2 }, none: null } }, of), ["params.map.x", "params.none"]);
  assert.deepEqual(fields({ allParams: { map: { x: 1, y: [2] } } }, of), ["allParams"]);
});

test("another verdict is the only difference told, with the feature that failed", () => {
  const of = tested({ features: [{ path: "detail.host", op: "equals", value: "x" }] });
  const [difference, ...more] = differences({ verdict: "fired", tasks: 1 }, of);
  assert.match(difference?.because ?? "", /^features\[0\] detail\.host equals "x", was /);
  assert.deepEqual(more, []);
  assert.deepEqual(fields({ verdict: "feature_failed", feature: "detail.host" }, of), []);
  assert.deepEqual(fields({ verdict: "feature_failed", feature: "labels.env" }, of), ["feature"]);
});

test("the key of a throttle, the targets and the number of tasks are compared", () => {
  const throttle = { key: "k-{{ detail.host }}", limit: 1, perMs: 1000, burst: 1 };
  const event = anEvent({ detail: { host: "h", usage: 99, items: ["a", "b"] } });
  const of = tested({ throttle, forEach: "detail.items", targets: ["{{ item }}"], params: {} }, event);
  assert.deepEqual(fields({ throttle: "k-h", targets: ["a"], tasks: 2 }, of), []);
  assert.deepEqual(fields({ throttle: null, targets: ["b"], tasks: 1 }, of), [
    "tasks",
    "targets",
    "throttle",
  ]);
});

test("a shadow rule is tested by the tasks that it would make", () => {
  const of = tested({ mode: "shadow", params: { a: 1 } });
  assert.deepEqual(fields({ verdict: "shadow", allParams: { a: 1 }, tasks: 1 }, of), []);
});

test("a rule of other types is not asked, and a rule that is not there is told", () => {
  assert.equal(tested({ on: ["else"] }).verdict, "not_asked");
  assert.equal(testRule(setOf(), "gone", { event: anEvent(), context: aContext() }), null);
});
