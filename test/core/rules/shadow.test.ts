import assert from "node:assert/strict";
import { test } from "node:test";
import { actionParameters } from "../../../core/actions/index.ts";
import { judge, ruleDigest, ruleVersion, type Verdict } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { aContext, aRule, setOf } from "./a-rule.ts";

function verdictOf(overrides: Parameters<typeof aRule>[0], context = aContext()): Verdict {
  const [judgement] = judge(setOf(aRule({ mode: "shadow", ...overrides })), anEvent(), context);
  return judgement?.outcome === "held" ? judgement.verdict : assert.fail("it fired");
}

test("a shadow rule that would fire is held, with what it would have done", () => {
  const { outcome, reason, would } = verdictOf({ targets: ["{{ subject }}"], params: { a: [1] } });
  assert.deepEqual([outcome, reason], ["held", "shadow"]);
  assert.deepEqual([would?.action, would?.params, would?.tasks], ["disk.cleanup", '{"a":[1]}', 1]);
  assert.deepEqual(would?.targets, [anEvent().subject]);
});

test("what holds a live rule holds a shadow for the same reason", () => {
  const features = [{ path: "subject", op: "nexists" as const }];
  const verdict = verdictOf({ features });
  assert.equal(verdict.reason, "feature_failed");
  assert.equal(verdict.would, undefined);
  assert.equal(verdictOf({ params: { a: "{{ detail.none }}" } }).reason, "params_failed");
});

test("what is kept of it is bounded, and its digest tells different params apart", () => {
  const long = (end: string) => verdictOf({ params: { text: `${"x".repeat(2000)}${end}` } }).would;
  const [one, other] = [long("a"), long("b")];
  assert.equal(one?.params.length, 500);
  assert.equal(one?.params, other?.params);
  assert.notEqual(one?.paramsDigest, other?.paramsDigest);
  assert.equal(
    verdictOf({ targets: Array.from({ length: 50 }, (_, i) => `h${i}`) }).would?.targets.length,
    10,
  );
});

test("what the action calls secret is left out", () => {
  const parameters = actionParameters({ token: { type: "string", secret: true }, host: {} });
  const actions = () => ({ action: "disk.cleanup", enabled: true, parameters });
  const { would } = verdictOf({ params: { token: "s3cret", host: "h" } }, { ...aContext(), actions });
  assert.equal(would?.params, '{"token":"********","host":"h"}');
});

test("going live is another version of the rule, but binds no approval anew", () => {
  const [live, shadow] = [aRule(), aRule({ mode: "shadow" })];
  assert.notEqual(ruleVersion(live), ruleVersion(shadow));
  assert.equal(ruleDigest(live), ruleDigest(shadow));
});
