import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isInRange,
  MOST_NUMERIC_FIELDS,
  numericFieldsOf,
  rangesFault,
  readRange,
} from "../../../core/events/index.ts";

function aType(type: string, properties: Record<string, unknown>) {
  return { type, schema: { type: "object", properties } as never };
}

const NUMBER = { type: "number" };

test("finds the numbers that types declare, each once, by the types' names", () => {
  const types = [
    aType("b", { usage: { type: "integer" }, free: NUMBER }),
    aType("a", { usage: NUMBER, host: { type: "string" }, load: { type: ["number", "null"] }, any: true }),
    { type: "c" },
  ];
  const found = { searched: ["usage", "load", "free"], ignored: [] };
  assert.deepEqual(numericFieldsOf(types), found);
  assert.deepEqual(numericFieldsOf(types.toReversed()), found);
});

test("searches no more than the bound, and tells what it ignores", () => {
  const names = Array.from({ length: MOST_NUMERIC_FIELDS + 2 }, (_, i) => `n${i}`);
  const { searched, ignored } = numericFieldsOf([
    aType("a", Object.fromEntries(names.map((n) => [n, NUMBER]))),
  ]);
  assert.deepEqual([...searched, ...ignored], names);
  assert.equal(searched.length, MOST_NUMERIC_FIELDS);
});

test("ignores names that no index takes", () => {
  const odd = ["a.b", "", " a", "a ", '"', "-", "长".repeat(101)];
  const types = [aType("a", Object.fromEntries([...odd, "容量", "cpu load"].map((n) => [n, NUMBER])))];
  assert.deepEqual(numericFieldsOf(types), { searched: ["容量", "cpu load"], ignored: odd });
});

const RANGES: readonly [text: string, range: object | null][] = [
  ["85..95", { min: 85, max: 95 }],
  ["-1.5..", { min: -1.5 }],
  ["..1e3", { max: 1000 }],
  [" 85 ", { min: 85, max: 85 }],
  ["..", null],
  ["", null],
  ["1..2..3", null],
  ["1...2", null],
  ["1-2", null],
  ["0x10", null],
  ["1e999..", null],
  ["Infinity", null],
];

for (const [text, range] of RANGES) {
  test(`reads ${JSON.stringify(text)} as ${range ? JSON.stringify(range) : "no range"}`, () => {
    assert.deepEqual(readRange(text), range);
  });
}

test("takes numbers within the bounds, both included, and nothing else", () => {
  const range = { min: 1, max: 2 };
  const values = [1, 1.5, 2, 0.9, 2.1, "1.5", null, undefined, Number.NaN];
  assert.deepEqual(
    values.filter((value) => isInRange(value, range)),
    [1, 1.5, 2],
  );
});

test("names a field that no type declares, with those that are", () => {
  const fault = rangesFault({ usage: { min: 1 }, host: { min: 1 } }, ["usage", "load"]);
  assert.deepEqual([fault?.name, fault?.value], ["numbers.host", '{"min":1}']);
  assert.match(fault?.wants ?? "", /usage, load/);
  assert.equal(rangesFault({ usage: { min: 1 } }, ["usage"]), null);
});
