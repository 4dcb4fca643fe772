import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../../../core/ids/index.ts";
import {
  compileTest,
  OPERATORS,
  type Operator,
  operatorOf,
  SHORT_FORMS,
  type ShortForm,
} from "../../../core/rules/index.ts";

function holds(op: Operator | ShortForm, value: Json | undefined, actual: unknown): boolean {
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
  ["iequals", "Prod", "pROD"],
  ["iequals", 85, "85"],
  ["iequals", "1E+21", 1e21],
  ["ncontains", "oom", "fine"],
  ["ncontains", "a", ["b"]],
  ["ncontains", "a", undefined],
  ["icontains", "OOM", "kernel: oom killer"],
  ["icontains", "A", ["b", "a"]],
  ["incontains", "OOM", "fine"],
  ["incontains", "OOM", undefined],
  ["istartswith", "VM-", "vm-1"],
  ["iendswith", "-DB", "shop-db"],
  ["between", [1, 3], 1],
  ["between", [1, 3], "3"],
  ["between", ["1", 1], 1],
  ["iregex", "^VM-\\d", "vm-1"],
  ["regex", "\\.log$", "a.log"],
  ["regex", "^prod$", "prod"],
  ["regex", "vm-1.*", "a vm-1"],
  ["regex", "^vm-\\b", "vm-1"],
  ["matchwildcard", "vm-*", "vm-1"],
  ["matchwildcard", "*", ""],
  ["matchwildcard", "*.log", "a.log"],
  ["matchwildcard", "*oom*", "an oom kill"],
  ["matchwildcard", "vm-[!a-c]?", "vm-d1"],
  ["matchwildcard", "[]a]x", "]x"],
  ["matchwildcard", "a[", "a["],
  ["matchwildcard", "a.b", "a.b"],
  ["matchwildcard", "a*b", "a\n磁b"],
  ["cidr", "10.0.0.0/8", "10.255.0.1"],
  ["cidr", ["192.168.0.0/16", "fd00::/8"], "fd12::1"],
  ["cidr", "10.0.0.0/8", "::ffff:10.0.0.1"],
  ["cidr", "10.1.2.3", " 10.1.2.3 "],
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
  ["iequals", "true", true],
  ["iequals", "x", undefined],
  ["ncontains", "oom", "oom"],
  ["icontains", "A", null],
  ["icontains", "a", { a: 1 }],
  ["incontains", "oom", "OOM"],
  ["istartswith", "VM", undefined],
  ["iendswith", "DB", "db-1"],
  ["between", [1, 3], 3.1],
  ["between", [1, 3], "x"],
  ["between", [1, 3], undefined],
  ["iregex", "^VM-\\d$", "vm-12"],
  ["regex", "\\.log$", "a.log\n"],
  ["regex", "^vm-\\B", "vm-1"],
  ["matchwildcard", "vm-*", "a-vm-1"],
  ["matchwildcard", "VM-*", "vm-1"],
  ["matchwildcard", "vm-?", "vm-12"],
  ["matchwildcard", "a.b", "axb"],
  ["matchwildcard", "*", undefined],
  ["cidr", "10.0.0.0/8", "11.0.0.1"],
  ["cidr", "10.0.0.0/8", "010.0.0.1"],
  ["cidr", "10.0.0.0/8", "10.0.0.1:80"],
  ["cidr", "fd00::/8", "10.0.0.1"],
  ["cidr", "10.0.0.0/8", undefined],
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

test("a missing value fails every operator but those that deny something", () => {
  const values: Partial<Record<Operator, Json>> = {
    inside: ["x"],
    ninside: ["x"],
    greaterthan: 1,
    lessthan: 1,
    between: [0, 1],
    timediff_lt: 1,
    timediff_gt: 1,
    cidr: "::/0",
  };
  const passing = OPERATORS.filter((op) => {
    const none = op === "exists" || op === "nexists";
    return op !== "search" && holds(op, none ? undefined : (values[op] ?? "x"), undefined);
  });
  assert.deepEqual(passing, ["nequals", "ncontains", "incontains", "ninside", "nexists"]);
});

describe("the age of a time is taken at the event's receipt", () => {
  const event = { receivedAt: "2026-11-25T08:00:00.000Z" };
  const cases: [Operator | ShortForm, Json, unknown, boolean][] = [
    ["timediff_lt", 60, "2026-11-25T07:59:30Z", true],
    ["timediff_lt", 60, "2026-11-25T07:59:00Z", false],
    ["td_gt", "10m", "2026-11-25T15:45:00+08:00", true],
    ["td_gt", "10m", "2026-11-25 07:55", false],
    ["td_gt", "60", "2026-11-25", true],
    ["td_lt", 0, "2026-11-25T09:00:00,5+0000", true],
    ["td_lt", 60, "yesterday", false],
    ["td_lt", 60, 1764057600, false],
    ["td_lt", 60, undefined, false],
  ];
  for (const [op, value, actual, expected] of cases) {
    test(`${op} ${JSON.stringify(value)} for ${JSON.stringify(actual)}`, () => {
      const compiled = compileTest(op, value);
      if (compiled.outcome !== "compiled") assert.fail(compiled.message);
      assert.equal(compiled.test(actual, event), expected);
      assert.equal(compiled.test(actual), false);
    });
  }
});

test("each short form is the operator that it stands for", () => {
  assert.deepEqual(Object.keys(SHORT_FORMS).map(operatorOf), Object.values(SHORT_FORMS));
  assert.equal(operatorOf("toString"), null);
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
    ["iregex", null, "value", /needs a pattern/],
    ["iregex", "vm-(?=x)", "value", /column 4/],
    ["matchwildcard", "[z-a]", "value", /invalid pattern/],
    ["matchwildcard", "*".repeat(1001), "value", /longer than 1000/],
    ["matchwildcard", ["*"], "value", /needs a text with wildcards/],
    ["iequals", true, "value", /needs a text or number/],
    ["icontains", ["a"], "value", /needs a text/],
    ["between", [1], "value", /two numbers/],
    ["between", [1, "x"], "value", /two numbers/],
    ["between", [3, 1], "value", /lower number first/],
    ["timediff_lt", "soon", "value", /seconds or a duration/],
    ["cidr", [], "value", /needs a network/],
    ["cidr", ["10.0.0.0/8", "10.0.0.0/33"], "value", /"10.0.0.0\/33" is none/],
    ["cidr", 10, "value", /is none/],
    ["inside", Array.from({ length: 10_001 }, (_, i) => i), "value", /more than 10000/],
    ["regex", "a".repeat(1001), "value", /longer than 1000/],
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

describe("a regular expression that would explode elsewhere finishes on 100 KB", () => {
  const text = `${"a".repeat(100_000)}!`;
  for (const pattern of ["(a+)+$", "^(a|a)*$", "^a(a*)*\\d$", "([a-z]+.)+[A-Z]", "^(.*?,){11}P", "\\s+$"]) {
    test(pattern, () => assert.equal(holds("regex", pattern, text), false));
    test(`${pattern} whatever the case`, () => assert.equal(holds("iregex", `${pattern}\\d`, text), false));
  }
  test("as a wildcard", () => assert.equal(holds("matchwildcard", `${"*a".repeat(300)}b`, text), false));
});
