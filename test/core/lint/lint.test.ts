import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { EventType } from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import { lintRules } from "../../../core/lint/index.ts";
import { type FeatureNode, passesAll, type Rule } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { aRule, setOf } from "../rules/a-rule.ts";

const OWNER = { users: ["zhangsan"] };

function type(schema: JsonObject, name = "vm.disk.usage"): EventType {
  return { type: name, title: "t", owner: "o", schema, strict: false };
}

/** What lint says of one rule, as `level code field`. */
function said(rule: Partial<Rule>, types: EventType[] = []): string[] {
  const found = lintRules([aRule({ owner: OWNER, ...rule })], types);
  return found.map(({ level, code, field }) => `${level} ${code} ${field}`);
}

const f = (path: string, op: string, value?: unknown) =>
  ({ path, op, ...(value === undefined ? {} : { value }) }) as FeatureNode;

const NEVER: [name: string, features: FeatureNode[]][] = [
  ["two values", [f("labels.env", "equals", "a"), f("labels.env", "equals", "b")]],
  ["above and below", [f("detail.n", "greaterthan", 90), f("detail.n", "lessthan", 80)]],
  ["above and below one number", [f("detail.n", "gt", 80), f("detail.n", "lt", 80)]],
  ["between and above", [f("detail.n", "between", [1, 5]), f("detail.n", "gt", 5)]],
  ["there and not there", [f("detail.n", "exists"), f("detail.n", "nexists")]],
  ["a value and not there", [f("detail.n", "equals", 1), f("detail.n", "nexists")]],
  ["a value outside a list", [f("labels.env", "eq", "x"), f("labels.env", "inside", ["a", "b"])]],
  ["a value in what is shut out", [f("labels.env", "in", ["a"]), f("labels.env", "nin", ["a", "b"])]],
  ["a value that its pattern does not fit", [f("subject", "equals", "db-1"), f("subject", "regex", "^vm-")]],
  ["two beginnings", [f("subject", "startswith", "vm-"), f("subject", "regex", "^db-")]],
  ["two endings", [f("subject", "endswith", "a"), f("subject", "endswith", "b")]],
  ["another type", [f("type", "equals", "host.dmesg")]],
  ["a severity that there is not", [f("severity", "equals", "fatal")]],
  ["a recovery, which makes no task", [f("status", "equals", "resolved")]],
  ["an empty list", [f("labels.env", "inside", [])]],
  [
    "each way of a group",
    [
      f("labels.env", "equals", "a"),
      { any: [f("labels.env", "equals", "b"), { all: [f("labels.env", "nexists")] }] },
    ],
  ],
];

const POSSIBLE: [name: string, features: FeatureNode[]][] = [
  ["a number and its spelling", [f("detail.n", "equals", 85), f("detail.n", "equals", "85")]],
  ["a range", [f("detail.n", "gt", 80), f("detail.n", "lt", 90)]],
  ["a closed range of one number", [f("detail.n", "between", [5, 9]), f("detail.n", "between", [1, 5])]],
  [
    "one way of a group",
    [f("labels.env", "eq", "a"), { any: [f("labels.env", "eq", "b"), f("labels.x", "exists")] }],
  ],
  ["what is denied in a group", [f("labels.env", "eq", "a"), { not: f("labels.env", "eq", "a") }]],
  ["one beginning within another", [f("subject", "startswith", "vm-"), f("subject", "startswith", "vm-1")]],
  [
    "different items of a list",
    [
      { path: "detail.l", op: "equals", value: "a", items: "any" },
      { path: "detail.l", op: "equals", value: "b", items: "any" },
    ] as FeatureNode[],
  ],
];

describe("rules that can never match", () => {
  for (const [name, features] of NEVER) {
    test(`are found: ${name}`, () => {
      const [first = "", ...more] = said({ features });
      assert.match(first, /^error never_matches features/);
      assert.deepEqual(more, []);
    });
  }
  for (const [name, features] of POSSIBLE) {
    test(`are not made of: ${name}`, () => assert.deepEqual(said({ features }), []));
  }

  const values = fc.constantFrom<unknown>(1, 2, 5, "1", "2", "5", "a", "ab", "b", true, null, "");
  const arbitrary: fc.Arbitrary<FeatureNode> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom("detail.x", "detail.y"),
        fc.constantFrom(
          "equals",
          "nequals",
          "greaterthan",
          "lessthan",
          "startswith",
          "endswith",
          "contains",
          "iequals",
        ),
        fc.constantFrom<unknown>(1, 2, 5, "1", "2", "5"),
      )
      .map(([path, op, value]) => f(path, op, value)),
    fc
      .tuple(fc.constantFrom("detail.x", "detail.y"), fc.constantFrom("exists", "nexists"))
      .map(([path, op]) => f(path, op)),
    fc
      .tuple(
        fc.constantFrom("detail.x", "detail.y"),
        fc.constantFrom("inside", "ninside"),
        fc.array(values, { maxLength: 3 }),
      )
      .map(([path, op, value]) => f(path, op, value)),
    fc
      .tuple(fc.constantFrom("detail.x", "detail.y"), fc.constantFrom("a", "ab", "b", "1"))
      .map(([path, value]) => f(path, "regex", `^${value}`)),
  );
  const node: fc.Arbitrary<FeatureNode> = fc.oneof(
    { weight: 4, arbitrary },
    { weight: 1, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: 3 }).map((any) => ({ any })) },
    { weight: 1, arbitrary: arbitrary.map((not) => ({ not })) },
  );
  const detail = fc.record({ x: values, y: values }, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
  const features = fc.array(node, { minLength: 1, maxLength: 4 });

  test("what is called impossible is passed by no event", () => {
    const all = fc.sample(detail, { numRuns: 150, seed: 7 });
    fc.assert(
      fc.property(features, fc.array(detail, { minLength: 5, maxLength: 20 }), (nodes, more) => {
        const rule = aRule({ owner: OWNER, features: nodes });
        fc.pre(lintRules([rule], []).some(({ code }) => code === "never_matches"));
        const [compiled] = setOf(rule).rules;
        for (const one of [...all, ...more]) {
          assert.equal(passesAll(compiled?.features ?? [], anEvent({ detail: one })), false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("where one rule is said to overlap another, each event that passes it passes the other", () => {
    const all = fc.sample(detail, { numRuns: 200, seed: 8 });
    fc.assert(
      fc.property(features, fc.nat(3), node, (nodes, dropped, extra) => {
        const fewer = nodes.filter((_, index) => index !== dropped);
        const rules = [
          aRule({ owner: OWNER, id: "one", features: [...nodes, extra] }),
          aRule({ owner: OWNER, id: "two", features: fewer }),
        ];
        const overlap = lintRules(rules, []).find(({ code }) => code === "overlap");
        fc.pre(overlap !== undefined);
        const compiled = setOf(...rules).rules;
        const [inner, outer] = overlap?.rule === "one" ? compiled : [...compiled].reverse();
        for (const one of all) {
          const event = anEvent({ detail: one });
          if (passesAll(inner?.features ?? [], event)) assert.ok(passesAll(outer?.features ?? [], event));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("paths that no schema has", () => {
  const closed = {
    type: "object",
    properties: { host: { type: "object", properties: {} } },
    additionalProperties: false,
  };
  const asks = { features: [f("detail.usage", "gt", 1)] };

  test("are an error when all types shut them out, a warning when some do", () => {
    assert.deepEqual(said(asks, [type(closed)]), ["error not_in_schema features.0.path"]);
    assert.deepEqual(said({ ...asks, on: ["vm.disk.usage", "open"] }, [type(closed), type({}, "open")]), [
      "warning not_in_schema features.0.path",
    ]);
  });

  test("are let be in an open schema, in an open part of it, and by a test that a missing value passes", () => {
    assert.deepEqual(said(asks, [type({ properties: {} })]), []);
    assert.deepEqual(said({ features: [f("detail.host.name", "exists")] }, [type(closed)]), []);
    assert.deepEqual(said({ features: [f("detail.usage", "nexists")] }, [type(closed)]), []);
    assert.deepEqual(said(asks, [type({ ...closed, allOf: [] })]), []);
  });
});

describe("overlaps", () => {
  const base = { owner: OWNER, targets: ["{{ detail.host }}"] };
  const wide = aRule({ ...base, id: "wide", features: [f("detail.n", "gt", 80)] });
  const overlapped = (...rules: Rule[]) =>
    lintRules(rules, []).flatMap(({ code, rule }) => (code === "overlap" ? [rule] : []));

  test("are told of the rule whose events are all the other's too, by equal and by weaker tests", () => {
    const narrow = { ...base, id: "narrow", targets: ["{{.detail.host}}"] };
    for (const features of [
      [f("detail.n", "gt", 80)],
      [f("detail.n", "gt", 90)],
      [f("detail.n", "equals", 85), f("labels.env", "equals", "prod")],
      [f("detail.n", "between", [81, 90])],
      [{ any: [f("detail.n", "eq", 99), f("detail.n", "gt", 95)] }],
    ]) {
      const [first] = overlapped(aRule({ ...narrow, features }), wide);
      assert.equal(first, "narrow", JSON.stringify(features));
    }
  });

  test("are none of rules with another action, target, type, of shadows, or where neither holds the other", () => {
    const other = { ...base, id: "other", features: [f("detail.n", "gt", 90)] };
    assert.deepEqual(overlapped(wide, aRule({ ...other, action: "disk.show" })), []);
    assert.deepEqual(overlapped(wide, aRule({ ...other, targets: ["x"] })), []);
    assert.deepEqual(overlapped(wide, aRule({ ...other, on: ["else"] })), []);
    assert.deepEqual(overlapped(wide, aRule({ ...other, mode: "shadow" })), []);
    assert.deepEqual(overlapped(wide, aRule({ ...other, features: [f("detail.n", "lt", 90)] })), []);
    assert.deepEqual(
      overlapped(
        wide,
        aRule({ ...other, features: [{ any: other.features.concat(f("labels.a", "exists")) }] }),
      ),
      [],
    );
  });
});

test("keys of a throttle that differ with nearly every event are warned of", () => {
  const key = (text: string) => said({ throttle: { key: text, limit: 1, perMs: 1000, burst: 1 } });
  for (const text of [
    "{{ title }}",
    "x-{{.time}}",
    "{{ annotations.summary }}",
    "{{id}}",
    "{{ detail.host }}_{{ annotations['description'] | upcase }}",
  ]) {
    assert.deepEqual(key(text), ["warning unbounded_key throttle.key"], text);
  }
  for (const text of [
    "all",
    "{{ detail.host }}",
    "{{ detail.id }}",
    "{{ labels.app }}_{{ subject }}",
    "title",
  ]) {
    assert.deepEqual(key(text), [], text);
  }
});

test("a rule without owner is warned of", () => {
  const found = lintRules([aRule()], []);
  assert.deepEqual(
    found.map(({ code, level }) => [code, level]),
    [["no_owner", "warning"]],
  );
});
