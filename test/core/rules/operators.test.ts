import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../../../core/ids/index.ts";
import { compileTest, OPERATORS, type Operator } from "../../../core/rules/index.ts";

function holds(op: Operator, value: Json | undefined, actual: unknown): boolean {
  const compiled = compileTest(op, value);
  return compiled.outcome === "compiled" ? compiled.test(actual) : assert.fail(compiled.message);
}

const HOLD: [Operator, Json | undefined, unknown][] = [
  ["equals", "prod", "prod"],
  ["equals", "85", 85],
  ["equals", 85, "85"],
  ["equals", null, null],
  ["equals", { a: [1] }, { a: [1] }],
  ["equals", true, true],
  ["nequals", "prod", "test"],
  ["nequals", "prod", undefined],
  ["nequals", 85, "85.0"],
  ["nequals", true, "true"],
  ["contains", "oom", "kernel: oom killer"],
  ["contains", 9, 95],
  ["contains", "ru", true],
  ["contains", "a", ["b", "a"]],
  ["contains", 85, ["85"]],
  ["contains", { a: 1 }, [{ a: 1 }]],
  ["contains", "", "x"],
  ["startswith", "vm-", "vm-1"],
  ["startswith", 4, 404],
  ["endswith", "-db", "shop-db"],
  ["endswith", "磁盘", "清理磁盘"],
  ["greaterthan", 85, 85.1],
  ["greaterthan", 85, "97.13"],
  ["greaterthan", "85", " 90 "],
  ["greaterthan", -1, 0],
  ["greaterthan", 1, "2e0"],
  ["lessthan", 85, 84],
  ["lessthan", "1e2", "99.9"],
  ["lessthan", 0, "-.5"],
  ["regex", "^vm-", "vm-1"],
  ["regex", "m-\\d", "vm-1"],
  ["regex", "^5\\d\\d$", 503],
  ["inside", ["a", "b"], "b"],
  ["inside", [80, "443"], "80"],
  ["inside", [80, "443"], 443],
  ["inside", [null, { a: 1 }], { a: 1 }],
  ["inside", [null], null],
  ["inside", [true], true],
  ["ninside", ["a"], "b"],
  ["ninside", ["a"], undefined],
  ["ninside", [], "x"],
  ["ninside", ["true"], true],
  ["exists", undefined, ""],
  ["exists", undefined, 0],
  ["exists", undefined, false],
  ["nexists", undefined, undefined],
  ["nexists", undefined, null],
];

const FAIL: [Operator, Json | undefined, unknown][] = [
  ["equals", "prod", "Prod"],
  ["equals", "85.0", 85],
  ["equals", "true", true],
  ["equals", [1, 2], [2, 1]],
  ["equals", "x", undefined],
  ["equals", null, undefined],
  ["nequals", "prod", "prod"],
  ["nequals", 85, "85"],
  ["contains", "a", { a: 1 }],
  ["contains", "a", null],
  ["contains", "a", undefined],
  ["contains", ["a"], "a"],
  ["contains", "A", "a"],
  ["startswith", "vm", "a-vm"],
  ["startswith", "vm", ["vm"]],
  ["startswith", "vm", undefined],
  ["endswith", "vm", "vm-1"],
  ["endswith", "vm", undefined],
  ["greaterthan", 85, 85],
  ["greaterthan", 85, "97%"],
  ["greaterthan", 85, "0x99"],
  ["greaterthan", 85, ""],
  ["greaterthan", -1, null],
  ["greaterthan", 0, true],
  ["greaterthan", 0, [1]],
  ["greaterthan", 85, undefined],
  ["greaterthan", 85, "Infinity"],
  ["lessthan", 85, 85],
  ["lessthan", 85, "N/A"],
  ["lessthan", 85, null],
  ["lessthan", 85, undefined],
  ["regex", "^vm-", "a-vm-1"],
  ["regex", ".*", null],
  ["regex", ".*", ["a"]],
  ["regex", ".*", undefined],
  ["inside", ["a"], "b"],
  ["inside", ["a"], undefined],
  ["inside", ["null"], null],
  ["inside", ["85.0"], 85],
  ["inside", ["true"], true],
  ["inside", [], undefined],
  ["ninside", ["a"], "a"],
  ["exists", undefined, undefined],
  ["exists", undefined, null],
  ["nexists", undefined, 0],
];

describe("an operator holds", () => {
  for (const [op, value, actual] of HOLD) {
    test(`${op} ${JSON.stringify(value)} for ${JSON.stringify(actual)}`, () => {
      assert.equal(holds(op, value, actual), true);
    });
  }
});

describe("an operator fails", () => {
  for (const [op, value, actual] of FAIL) {
    test(`${op} ${JSON.stringify(value)} for ${JSON.stringify(actual)}`, () => {
      assert.equal(holds(op, value, actual), false);
    });
  }
});

test("a missing value fails every operator but nexists, nequals and ninside", () => {
  const values: Partial<Record<Operator, Json>> = {
    regex: "x",
    inside: ["x"],
    ninside: ["x"],
    greaterthan: 1,
    lessthan: 1,
  };
  const passing = OPERATORS.filter((op) =>
    holds(op, op === "exists" || op === "nexists" ? undefined : (values[op] ?? "x"), undefined),
  );
  assert.deepEqual(passing, ["nequals", "ninside", "nexists"]);
});

describe("a feature's operator or value is refused", () => {
  const cases: [string, Json | undefined, "op" | "value", RegExp][] = [
    ["equalz", 1, "op", /unknown operator "equalz"; known are equals, nequals, .*nexists/],
    ["__proto__", 1, "op", /unknown operator/],
    ["constructor", 1, "op", /unknown operator/],
    ["equals", undefined, "value", /needs a value/],
    ["exists", true, "value", /takes no value/],
    ["nexists", false, "value", /takes no value/],
    ["greaterthan", "high", "value", /needs a number/],
    ["greaterthan", null, "value", /needs a number/],
    ["lessthan", true, "value", /needs a number/],
    ["inside", "a,b", "value", /needs a list/],
    ["ninside", { a: 1 }, "value", /needs a list/],
    ["regex", 5, "value", /needs a pattern/],
    ["regex", "vm-(?=x)", "value", /column 4/],
    ["startswith", ["a"], "value", /needs a text/],
    ["endswith", null, "value", /needs a text/],
  ];
  for (const [op, value, field, message] of cases) {
    test(`${op} ${JSON.stringify(value)}`, () => {
      const compiled = compileTest(op, value);
      if (compiled.outcome !== "invalid") assert.fail("it compiled");
      assert.equal(compiled.field, field);
      assert.match(compiled.message, message);
    });
  }
});

test("a regular expression that would explode elsewhere finishes on 100 KB", () => {
  assert.equal(holds("regex", "(a+)+$", `${"a".repeat(100_000)}!`), false);
});
