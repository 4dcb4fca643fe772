import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shortApproval } from "../../../core/approvals/index.ts";
import { compileRule, type Rule, ruleDigest, ruleVersion } from "../../../core/rules/index.ts";
import { aRule, compiledRule } from "./a-rule.ts";

const offer = {
  id: "view",
  title: "查看",
  action: "disk.show",
  params: { host: "{{ detail.host }}" },
  approval: { mode: "policy" as const, policy: "read-only" },
};
const people = { need: 1, timeoutMs: 1000, onTimeout: "reject" as const };

const gate = shortApproval({ ...people, from: { tag: "t" } });
const step = { to: { tag: "t" }, need: 1, afterMs: 1, timeoutMs: 1 };

test("a compiled rule names its version and digest", () => {
  const rule = aRule();
  const compiled = compiledRule(rule);
  assert.equal(compiled.rule, rule);
  assert.equal(compiled.version, ruleVersion(rule));
  assert.equal(compiled.digest, ruleDigest(rule));
});

test("the version changes with any edit, the digest only with what an approval is bound to", () => {
  const [rule, retitled, other] = [aRule(), aRule({ title: "x" }), aRule({ action: "disk.show" })];
  assert.notEqual(ruleVersion(rule), ruleVersion(retitled));
  assert.equal(ruleDigest(rule), ruleDigest(retitled));
  assert.notEqual(ruleDigest(rule), ruleDigest(other));
});

describe("a rule is refused, naming the field", () => {
  const cases: [Partial<Rule>, string, RegExp][] = [
    [{ on: [] }, "on", /no event type/],
    [{ on: ["a", "unmapped"] }, "on.1", /schema/],
    [{ features: [{ path: "a", op: "equalz" as "equals", value: 1 }] }, "features.0.op", /known are/],
    [
      {
        features: [
          { path: "a", op: "exists" },
          { path: "", op: "exists" },
        ],
      },
      "features.1.path",
      /not a path/,
    ],
    [{ features: [{ path: "a", op: "regex", value: "(" }] }, "features.0.value", /column 1/],
    [{ params: { a: { b: "{{ x }}}" } } }, "params.a.b", /column 6/],
    [{ params: { a: ["{{ x | nosuch }}"] } }, "params.a.0", /undefined filter: nosuch/],
    [{ targets: ["ok", "{{ x"] }, "targets.1", /not closed/],
    [{ throttle: { key: "{% include 'x' %}", limit: 1, perMs: 1, burst: 1 } }, "throttle.key", /include/],
    [{ throttle: { key: "k", limit: 0, perMs: 1, burst: 1 } }, "throttle.limit", /above 0/],
    [{ throttle: { key: "k", limit: 1, perMs: Number.NaN, burst: 1 } }, "throttle.per", /above 0/],
    [{ throttle: { key: "k", limit: 1, perMs: 1, burst: 0.5 } }, "throttle.burst", /at least 1/],
    [{ approval: shortApproval({ ...people, from: {} }) }, "approval.groups.0.from", /nobody/],
    [{ approval: shortApproval({ ...people, from: { users: [] } }) }, "approval.groups.0.from", /nobody/],
    [
      { approval: shortApproval({ ...people, from: { tag: "t" }, need: 0 }) },
      "approval.groups.0.need",
      /at least 1/,
    ],
    [
      { approval: shortApproval({ ...people, from: { tag: "t" }, need: 1.5 }) },
      "approval.groups.0.need",
      /whole/,
    ],
    [
      { approval: shortApproval({ ...people, from: { tag: "t" }, timeoutMs: 0 }) },
      "approval.timeout",
      /above 0/,
    ],
    [{ approval: { ...gate, groups: [] } }, "approval.groups", /nobody/],
    [{ approval: { ...gate, groups: [...gate.groups, ...gate.groups] } }, "approval.groups", /twice/],
    [{ approval: { ...gate, escalate: [{ ...step, to: {} }] } }, "approval.escalate.0.to", /nobody/],
    [{ approval: { ...gate, escalate: [{ ...step, need: 0 }] } }, "approval.escalate.0.need", /at least 1/],
    [{ maxAgeMs: Number.NaN }, "", /JSON cannot hold/],
    [{ features: [{ path: "a", op: "equals", value: Number.NaN }] }, "", /JSON cannot hold/],
    [{ card: { rows: [{ label: "a", value: "{{" }] } }, "card.rows.0.value", /not closed/],
    [{ card: { rows: [], text: "{{ a | b }}" } }, "card.text", /undefined filter/],
    [{ offers: [{ ...offer, params: { a: "{{" } }] }, "offers.0.params.a", /not closed/],
    [{ offers: [offer, offer] }, "offers.1.id", /twice/],
    [
      { offers: [{ ...offer, approval: shortApproval({ ...people, from: {} }) }] },
      "offers.0.approval.groups.0.from",
      /nobody/,
    ],
    [{ report: { rows: [{ label: "a", value: "{{ a }}}" }] } }, "report.rows.0.value", /}}}/],
  ];
  for (const [overrides, field, message] of cases) {
    test(`${field}: ${JSON.stringify(overrides).slice(0, 70)}`, () => {
      const outcome = compileRule(aRule(overrides));
      if (outcome.outcome !== "invalid") assert.fail("it compiled");
      assert.equal(outcome.field, field);
      assert.match(outcome.message, message);
    });
  }
});
