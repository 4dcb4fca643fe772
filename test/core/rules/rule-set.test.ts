import assert from "node:assert/strict";
import { test } from "node:test";
import { ruleSet } from "../../../core/rules/index.ts";
import { aRule, setOf } from "./a-rule.ts";

test("rules are found by event type, in the order of the set, each once", () => {
  const set = setOf(aRule({ id: "a", on: ["x", "y", "x"] }), aRule({ id: "b", on: ["y"] }));
  const ids = (type: string) => set.byType.get(type)?.map(({ rule }) => rule.id);
  assert.deepEqual([ids("x"), ids("y"), ids("z")], [["a"], ["a", "b"], undefined]);
});

test("names that objects inherit are no event types", () => {
  assert.equal(setOf(aRule()).byType.get("constructor"), undefined);
});

test("the same id twice is refused", () => {
  const outcome = ruleSet([aRule(), aRule()]);
  assert.deepEqual(outcome, {
    outcome: "invalid",
    ruleId: "vm-disk-cleanup",
    field: "id",
    message: '"vm-disk-cleanup" is there twice',
  });
});

test("one wrong rule refuses the set and is named", () => {
  const outcome = ruleSet([aRule({ id: "good" }), aRule({ id: "bad", targets: ["{{"] })]);
  assert.equal(outcome.outcome === "invalid" && `${outcome.ruleId} ${outcome.field}`, "bad targets.0");
});

test("an empty set has no rules", () => {
  assert.equal(setOf().rules.length, 0);
});
