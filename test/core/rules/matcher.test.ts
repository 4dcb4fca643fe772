import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type CompiledRule,
  type Feature,
  type FeatureNode,
  failedFeature,
  MAX_NEAR_MISSES,
  type Rule,
  type RuleSet,
  TRACED_IN_FULL,
} from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { aRule, setOf } from "./a-rule.ts";
import { aNode, anyEvent, aTest } from "./arbitrary.ts";
import { firstFailing } from "./reference.ts";

const KEYS = ["w", "x", "y", "z"];
const paths = fc.constantFrom(...KEYS.map((key) => `detail.${key}`));
const features = fc.array(
  fc.oneof({ weight: 4, arbitrary: aTest(paths) as fc.Arbitrary<FeatureNode> }, aNode(paths)),
  { maxLength: 4 },
);
const rules = fc
  .array(features, { minLength: 1, maxLength: 40 })
  .map((drawn) => drawn.map((one, i) => bare(`r${i}`, one)));

/** A rule of its features alone. */
function bare(id: string, nodes: readonly FeatureNode[]): Rule {
  const { throttle: _, ...rule } = aRule({ id, on: ["t"], features: nodes, targets: [], params: {} });
  return rule;
}

function matcher(set: RuleSet) {
  return set.matchers.get("t") ?? assert.fail("the type has no rules");
}

const idsOf = (found: readonly CompiledRule[]) => found.map(({ rule }) => rule.id);

test("the index finds the rules that a full scan finds, in their order, and the trace tells the truth", () => {
  fc.assert(
    fc.property(rules, fc.array(anyEvent(KEYS), { minLength: 1, maxLength: 10 }), (drawn, events) => {
      const set = setOf(...drawn);
      for (const event of events) {
        const fitting = drawn.filter((rule) => firstFailing(rule.features, event) === null);
        assert.deepEqual(
          idsOf(matcher(set).fits(event)),
          fitting.map(({ id }) => id),
        );
        const trace = matcher(set).trace(event);
        const traced = trace.filter(({ failed }) => failed === null).map(({ rule }) => rule);
        assert.deepEqual(
          idsOf(traced),
          fitting.map(({ id }) => id),
        );
        for (const { rule, failed } of trace) assert.deepEqual(failed, failedFeature(rule.features, event));
        const order = trace.map(({ rule }) => drawn.indexOf(rule.rule));
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        );
      }
    }),
    { numRuns: 2000 },
  );
});

const about = fc.record({
  path: paths,
  op: fc.constant("equals" as const),
  value: fc.constantFrom("a", "ab", 85, true),
});
const begins = fc.record({
  path: paths,
  op: fc.constant("regex" as const),
  value: fc.constantFrom("^vm-\\d+", "^a"),
});
const measure = fc.record({
  path: paths,
  op: fc.constantFrom("greaterthan" as const, "lessthan" as const),
  value: fc.integer({ min: 0, max: 100 }),
});
const kindred = fc.array(fc.oneof(about, begins, measure), { minLength: 1, maxLength: 4 });

test("near misses are the rules about the same thing that do not fit, up to so many", () => {
  fc.assert(
    fc.property(
      fc.array(kindred, { minLength: TRACED_IN_FULL + 1, maxLength: 60 }),
      anyEvent(KEYS),
      (drawn: Feature[][], event) => {
        const all = drawn.map((one, i) => bare(`r${i}`, one));
        const near = all.filter(({ features: nodes }) => {
          const subjects = nodes.flatMap((node) => subjectOf(node as Feature));
          return firstFailing(nodes, event) !== null && firstFailing(subjects, event) === null;
        });
        const missed = matcher(setOf(...all))
          .trace(event)
          .filter(({ failed }) => failed !== null);
        assert.equal(missed.length, Math.min(near.length, MAX_NEAR_MISSES));
        for (const { rule } of missed) assert.ok(near.includes(rule.rule));
      },
    ),
    { numRuns: 2000 },
  );
});

/** The part of a feature that says which thing its rule is about. */
function subjectOf(feature: Feature): Feature[] {
  if (feature.op === "equals") return [feature];
  if (feature.op !== "regex") return [];
  const begin = feature.value === "^a" ? "a" : "vm-";
  return [{ path: feature.path, op: "startswith", value: begin }];
}

describe("a trace", () => {
  const hosts = (count: number) =>
    setOf(
      ...Array.from({ length: count }, (_, i) =>
        bare(`r${i}`, [{ path: "detail.host", op: "equals", value: `vm-${i}` }]),
      ),
    );

  test("of few rules tells of each, whatever failed", () => {
    const trace = matcher(hosts(TRACED_IN_FULL)).trace(anEvent());
    assert.deepEqual(
      trace.map(({ failed }) => failed?.expected ?? null),
      ["vm-0", null, "vm-2", "vm-3", "vm-4"],
    );
  });

  test("of many rules leaves out those about something else", () => {
    const trace = matcher(hosts(1000)).trace(anEvent());
    assert.deepEqual(
      trace.map(({ rule }) => rule.rule.id),
      ["r1"],
    );
  });

  test("of many rules that differ by a bound tells of those nearest to it", () => {
    const all = Array.from({ length: 1000 }, (_, i) =>
      bare(`r${i}`, [{ path: "detail.usage", op: "gt", value: i }]),
    );
    const trace = matcher(setOf(...all)).trace(anEvent());
    const missed = trace.filter(({ failed }) => failed !== null).map(({ rule }) => rule.rule.id);
    assert.deepEqual(
      missed,
      Array.from({ length: MAX_NEAR_MISSES }, (_, i) => `r${91 + i}`),
    );
    assert.equal(trace.length, 91 + MAX_NEAR_MISSES);
  });
});

test("a test that many rules share is asked once for an event, and again for the next", () => {
  let asked = 0;
  const text = {
    ...anEvent().detail,
    get log() {
      asked += 1;
      return "kernel: oom killer";
    },
  };
  const shared: Feature = { path: "detail.log", op: "iregex", value: "OOM (k|K)iller" };
  const all = Array.from({ length: 100 }, (_, i) =>
    bare(`r${i}`, [shared, { path: "detail.usage", op: "between", value: [0, i] }]),
  );
  const found = matcher(setOf(...all));
  const event = anEvent({ detail: text });
  assert.equal(found.fits(event).length, 9);
  assert.equal(asked, 1);
  found.fits(event);
  assert.equal(asked, 2);
});

test("what is remembered of one event is not taken for another, even when it is the same object", () => {
  const all = Array.from({ length: 10 }, (_, i) =>
    bare(`r${i}`, [{ path: "detail.host", op: "iregex", value: "^VM-[1]$" }]),
  );
  const found = matcher(setOf(...all));
  const event = anEvent();
  assert.equal(found.fits(event).length, 10);
  event.detail["host"] = "vm-2";
  assert.equal(found.fits(event).length, 0);
});
