import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endlessReference } from "../../../core/events/schema-cycles.ts";
import type { JsonObject } from "../../../core/ids/index.ts";

describe("a schema is refused that comes back to itself for the same value", () => {
  const cases: [string, JsonObject, string][] = [
    ["at once", { $ref: "#" }, "schema.$ref"],
    [
      "over a choice",
      {
        definitions: { a: { anyOf: [{ $ref: "#/definitions/a" }, { type: "string" }] } },
        $ref: "#/definitions/a",
      },
      "schema.definitions.a.anyOf.0.$ref",
    ],
    [
      "over a second schema",
      {
        definitions: { a: { not: { $ref: "#/definitions/b" } }, b: { allOf: [{ $ref: "#/definitions/a" }] } },
      },
      "schema.definitions.b.allOf.0.$ref",
    ],
    [
      "under a property",
      { properties: { x: { oneOf: [{ $ref: "#/properties/x" }] } } },
      "schema.properties.x.oneOf.0.$ref",
    ],
    ["over a condition", { if: true, else: { $ref: "#" } }, "schema.else.$ref"],
    ["over a dependency", { dependencies: { a: ["b"], c: { $ref: "#" } } }, "schema.dependencies.c.$ref"],
    [
      "over an anchor",
      { definitions: { a: { $anchor: "here", else: { $ref: "#here" } } } },
      "schema.definitions.a.else.$ref",
    ],
    [
      "over an escaped name",
      { definitions: { "a/b/ c": { allOf: [{ $ref: "#/definitions/a~1b%2f%20c" }] } } },
      "schema.definitions.a/b/ c.allOf.0.$ref",
    ],
    [
      "from its middle",
      {
        $ref: "#/definitions/a/allOf/0",
        definitions: { a: { allOf: [{ not: { $ref: "#/definitions/a" } }] } },
      },
      "schema.definitions.a.allOf.0.not.$ref",
    ],
  ];
  for (const [name, schema, path] of cases) {
    test(name, () => {
      const fault = endlessReference(schema);
      assert.deepEqual(fault, { path, message: "comes back to itself without a step into the value" });
    });
  }
});

describe("a schema may refer to itself", () => {
  const tree = { $ref: "#" };
  const cases: [string, JsonObject][] = [
    [
      "for a property",
      { properties: { child: tree }, anyOf: [{ required: ["child"] }, { maxProperties: 0 }] },
    ],
    ["for elements", { anyOf: [{ type: "string" }, { items: tree, contains: tree }] }],
    ["for other properties", { additionalProperties: tree, patternProperties: { "^x": tree } }],
    ["for names", { propertyNames: { allOf: [tree] } }],
    ["in data", { allOf: [{ const: { $ref: "#" } }, { enum: [{ allOf: [tree] }] }] }],
    [
      "twice by one way",
      { allOf: [{ $ref: "#/definitions/a" }, { $ref: "#/definitions/a" }], definitions: { a: {} } },
    ],
  ];
  for (const [name, schema] of cases) test(name, () => assert.equal(endlessReference(schema), null));
});

test("a long row of references is followed to its end", () => {
  const row = Array.from(
    { length: 50_000 },
    (_, i) => [`a${i}`, { $ref: `#/definitions/a${i + 1}` }] as const,
  );
  const last = (schema: JsonObject): JsonObject => ({
    definitions: Object.fromEntries([...row, ["a50000", schema]]),
    $ref: "#/definitions/a0",
  });
  assert.equal(endlessReference(last({})), null);
  assert.equal(endlessReference(last({ $ref: "#" }))?.path, "schema.definitions.a50000.$ref");
});
