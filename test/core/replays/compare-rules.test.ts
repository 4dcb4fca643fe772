import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { backTest, type Comparison, compareRules } from "../../../core/replays/index.ts";
import { type Rule, ruleSet } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { aRule } from "../../support/tasks.ts";

function testOf(rules: readonly Rule[]) {
  const compiled = ruleSet(rules);
  if (compiled.outcome === "invalid") assert.fail(compiled.message);
  const auth = { kind: "apiKey", apiKey: "k" } as const;
  const clusters = [{ name: "hz-core", api: "http://x", auth, businesses: [], priority: 1 }];
  return backTest(compiled.set, { nowMs: START_MS, policies: [], clusters });
}

function compared(before: Rule[], after: Rule[], events: WhaleEvent[], most = 20): Comparison {
  const comparison = compareRules({ before: testOf(before), after: testOf(after) }, most);
  for (const event of events) comparison.judge(event);
  return comparison;
}

function usageAbove(value: number, overrides: Partial<Rule> = {}): Rule {
  return aRule({ features: [{ path: "detail.usage", op: "greaterthan", value }], ...overrides });
}

const EVENTS = [80, 86, 91, 96].map((usage, no) => {
  const receivedAt = new Date(START_MS + no * 1_000).toISOString();
  return anEvent({ id: `e_${usage}`, receivedAt, detail: { host: `vm-${no}`, usage, paths: ["/a", "/b"] } });
});

describe("two versions of a rule", () => {
  test("differ in the events of which one makes tasks and the other none, and say why not", () => {
    const comparison = compared([usageAbove(85)], [usageAbove(90)], EVENTS);
    assert.deepEqual(comparison.differences(), [
      { ruleId: "vm-disk-cleanup", gained: 0, lost: 1, otherwise: 0 },
    ]);
    const [event] = comparison.events();
    assert.deepEqual([event?.eventId, event?.before], ["e_86", { reason: "fired", tasks: 1 }]);
    const feature = { index: 0, path: "detail.usage", op: "greaterthan", expected: 90, actual: 86 };
    assert.deepEqual(event?.after, { reason: "feature_failed", tasks: 0, feature });
  });

  test("do not differ when they make the same tasks", () => {
    const comparison = compared([usageAbove(85)], [usageAbove(84, { title: "another" })], EVENTS);
    assert.deepEqual([comparison.differences(), comparison.events()], [[], []]);
  });

  test("differ where a list makes another number of tasks", () => {
    const comparison = compared([usageAbove(90)], [usageAbove(90, { forEach: "detail.paths" })], EVENTS);
    assert.deepEqual(comparison.differences(), [
      { ruleId: "vm-disk-cleanup", gained: 0, lost: 0, otherwise: 2 },
    ]);
    assert.deepEqual(comparison.events()[0]?.after, { reason: "fired", tasks: 2 });
  });

  test("differ by the throttle, event by event", () => {
    const throttle = { key: "all", limit: 1, perMs: 60_000, burst: 1 };
    const comparison = compared([usageAbove(0)], [usageAbove(0, { throttle })], EVENTS);
    assert.equal(comparison.differences()[0]?.lost, 3);
    assert.deepEqual(comparison.events()[0]?.after, { reason: "throttled", tasks: 0 });
  });

  test("a new rule differs in all that it takes, and takes tokens of a bucket that others share", () => {
    const shared = [{ name: "all", by: "all" as const, limit: 1, perMs: 60_000, burst: 2 }];
    const own = usageAbove(90, { shared });
    const comparison = compared([own], [usageAbove(0, { id: "fresh", shared }), own], EVENTS);
    assert.deepEqual(comparison.differences(), [
      { ruleId: "fresh", gained: 2, lost: 0, otherwise: 0 },
      { ruleId: "vm-disk-cleanup", gained: 0, lost: 2, otherwise: 0 },
    ]);
    assert.equal(comparison.events()[0]?.before, null);
  });

  test("keep the first events alone, and count them all", () => {
    const comparison = compared([usageAbove(85)], [usageAbove(100)], EVENTS, 1);
    assert.equal(comparison.differences()[0]?.lost, 3);
    assert.deepEqual(
      comparison.events().map(({ eventId }) => eventId),
      ["e_86"],
    );
  });
});
