import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { schemaCompiler, type Violation } from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";

function check(schema: JsonObject, detail: JsonObject): Violation[] {
  const compiled = schemaCompiler()(schema);
  return compiled.outcome === "compiled"
    ? compiled.check(detail)
    : assert.fail(`${compiled.path}: ${compiled.message}`);
}

const USAGE = { type: "object", properties: { usage: { type: "number", maximum: 100 } } };

describe("a violation has a dotted path and a plain message", () => {
  const cases: [JsonObject, JsonObject, Violation[]][] = [
    [USAGE, { usage: 5 }, []],
    [USAGE, {}, []],
    [USAGE, { usage: "5" }, [{ path: "detail.usage", message: "must be number" }]],
    [USAGE, { usage: 101 }, [{ path: "detail.usage", message: "must be <= 100" }]],
    [
      { required: ["a", "b"] },
      {},
      [
        { path: "detail.a", message: "is missing" },
        { path: "detail.b", message: "is missing" },
      ],
    ],
    [{ required: ["constructor"] }, {}, [{ path: "detail.constructor", message: "is missing" }]],
    [
      { properties: { a: {} }, additionalProperties: false },
      { a: 1, x: 2 },
      [{ path: "detail.x", message: "is not known to the event type" }],
    ],
    [
      { properties: { a: { enum: ["x", 1] } } },
      { a: "y" },
      [{ path: "detail.a", message: 'must be one of ["x",1]' }],
    ],
    [{ properties: { a: { const: "x" } } }, { a: "y" }, [{ path: "detail.a", message: 'must be "x"' }]],
    [
      { properties: { a: { items: { type: "string" } } } },
      { a: ["x", 1] },
      [{ path: "detail.a.1", message: "must be string" }],
    ],
    [
      { properties: { "a/b~c": { type: "null" } } },
      { "a/b~c": 1 },
      [{ path: "detail.a/b~c", message: "must be null" }],
    ],
    [
      { properties: { a: { pattern: "^vm-" } } },
      { a: "x" },
      [{ path: "detail.a", message: 'must match pattern "^vm-"' }],
    ],
    [
      { patternProperties: { "^x": { type: "string" } } },
      { xa: 1, b: 1 },
      [{ path: "detail.xa", message: "must be string" }],
    ],
    [
      { properties: { a: { uniqueItems: true } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
      [{ path: "detail.a", message: "must not hold the same twice" }],
    ],
    [{ properties: { a: { uniqueItems: true } } }, { a: [1, "1", [1], { x: 1 }] }, []],
    [{ properties: { a: { uniqueItems: false } } }, { a: [1, 1] }, []],
    [{ properties: { a: { format: "date-time" } } }, { a: "no time" }, []],
    [
      { definitions: { n: { type: "number" } }, properties: { a: { $ref: "#/definitions/n" } } },
      { a: "x" },
      [{ path: "detail.a", message: "must be number" }],
    ],
  ];
  for (const [schema, detail, violations] of cases) {
    test(`${JSON.stringify(schema)} for ${JSON.stringify(detail)}`, () => {
      assert.deepEqual(check(schema, detail), violations);
    });
  }
});

test("a pattern that would explode in a backtracking engine finishes on 100 KB", () => {
  const text = `${"a".repeat(100_000)}!`;
  const schema = { properties: { a: { pattern: "^(a+)+$" } }, patternProperties: { "^(b+)+$": {} } };
  assert.equal(check(schema, { a: text, [`${"b".repeat(100_000)}!`]: 1 }).length, 1);
});

test("a foreign list of many objects is checked for equal items in time", () => {
  const list = Array.from({ length: 50_000 }, (_, index) => ({ index }));
  assert.deepEqual(check({ properties: { list: { uniqueItems: true } } }, { list }), []);
});

test("names and messages from an event are kept short", () => {
  const [violation] = check({ additionalProperties: false }, { ["k".repeat(10_000)]: 1 });
  assert.equal(violation?.path.length, 200);
});

test("a schema that refers to itself follows the detail to its end", () => {
  const schema = { properties: { child: { $ref: "#" }, n: { type: "number" } } };
  assert.deepEqual(check(schema, { child: { child: { n: "x" } } }), [
    { path: "detail.child.child.n", message: "must be number" },
  ]);
});

test("a reference to nothing is refused when compiled", () => {
  const compiled = schemaCompiler()({ properties: { a: { $ref: "#/definitions/none" } } });
  assert.equal(compiled.outcome === "invalid" && compiled.path, "schema");
  assert.match(compiled.outcome === "invalid" ? compiled.message : "", /can't resolve/);
});

test("checking changes nothing in the detail", () => {
  const detail = { a: "5", extra: 1 };
  check(
    { properties: { a: { type: "number", default: 1 }, b: { default: 2 } }, additionalProperties: false },
    detail,
  );
  assert.deepEqual(detail, { a: "5", extra: 1 });
});

test("schemas of one set keep their own definitions and their own root", () => {
  const compile = schemaCompiler();
  const [numbers, texts] = ["number", "string"].map((type) => {
    const properties = { a: { $ref: "#/definitions/v" }, child: { $ref: "#" } };
    const compiled = compile({ definitions: { v: { type, $anchor: "v" } }, properties });
    return compiled.outcome === "compiled" ? compiled.check : assert.fail(compiled.message);
  });
  assert.deepEqual(numbers?.({ a: 1, child: { a: 2 } }), []);
  assert.deepEqual(texts?.({ a: "x", child: { a: "y" } }), []);
  assert.deepEqual(texts?.({ a: "x", child: { a: 2 } }), [
    { path: "detail.child.a", message: "must be string" },
  ]);
});

test("a detail for which the schema refers too often does not fit, and others are checked as ever", () => {
  const row = Array.from({ length: 150 }, (_, i) => {
    const next = i === 149 ? { properties: { child: { $ref: "#" }, n: { type: "number" } } } : undefined;
    return [`a${i}`, next ?? { allOf: [{ $ref: `#/definitions/a${i + 1}` }] }] as const;
  });
  const schema = { definitions: Object.fromEntries(row), $ref: "#/definitions/a0" };
  let detail: JsonObject = {};
  for (let level = 1; level < 64; level++) detail = { child: detail };
  assert.deepEqual(check(schema, detail), [
    { path: "detail", message: "cannot be checked: the schema refers to itself too often" },
  ]);
  assert.deepEqual(check(schema, { child: { n: "x" } }), [
    { path: "detail.child.n", message: "must be number" },
  ]);
});

test("a schema that comes back to itself for the same value is refused when compiled", () => {
  const definitions = { a: { anyOf: [{ $ref: "#/definitions/a" }, { type: "string" }] } };
  const compiled = schemaCompiler()({ definitions, $ref: "#/definitions/a" });
  assert.equal(compiled.outcome === "invalid" && compiled.path, "schema.definitions.a.anyOf.0.$ref");
});
