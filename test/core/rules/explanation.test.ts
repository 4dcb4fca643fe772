import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Explanation,
  nearestFirst,
  storedExplanation,
  type Verdict,
} from "../../../core/rules/index.ts";
import { aRule, setOf } from "./a-rule.ts";

function verdict(overrides: Partial<Verdict>): Verdict {
  const at = "2026-11-25T08:00:00.000Z";
  return { eventId: "e", ruleId: "r", ruleVersion: "v", outcome: "held", reason: "muted", at, ...overrides };
}

function failedAt(index: number): Explanation {
  const feature = { index, path: "p", op: "equals", expected: 1, actual: 2 };
  return storedExplanation(verdict({ ruleId: `f${index}`, reason: "feature_failed", feature }), undefined);
}

test("what fired comes first, then what was held, then the nearest misses, then who was not asked", () => {
  const asked: Explanation = { known: "not_asked", ruleId: "n", title: "n", on: [] };
  const fired = storedExplanation(verdict({ ruleId: "fired", outcome: "fired", reason: "fired" }), undefined);
  const held = storedExplanation(verdict({ ruleId: "held" }), undefined);
  const sorted = nearestFirst([asked, failedAt(0), failedAt(3), held, fired, failedAt(1)]);
  assert.deepEqual(
    sorted.map(({ ruleId }) => ruleId),
    ["fired", "held", "f3", "f1", "f0", "n"],
  );
});

test("a kept verdict says whether the rule was changed or is gone since", () => {
  const [compiled] = setOf(aRule()).rules;
  const of = (ruleVersion: string) => verdict({ ruleId: "vm-disk-cleanup", ruleVersion });
  const changed = (one: Explanation) => one.known === "stored" && one.changed;
  assert.equal(changed(storedExplanation(of(compiled?.version ?? ""), compiled)), false);
  assert.equal(changed(storedExplanation(of("old"), compiled)), true);
  assert.equal(changed(storedExplanation(of("old"), undefined)), true);
});
