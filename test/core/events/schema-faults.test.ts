import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { schemaFault } from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";

describe("a schema is refused where it", () => {
  const cases: [string, JsonObject, string][] = [
    [
      "refers outside",
      { properties: { a: { $ref: "https://evil.example/s.json" } } },
      "schema.properties.a.$ref",
    ],
    ["refers to a file", { items: { $ref: "other.json#/a" } }, "schema.items.$ref"],
    ["refers by what is no text", { $ref: 5 }, "schema.$ref"],
    ["has an id", { $id: "https://x.example/a" }, "schema.$id"],
    ["has an id inside", { allOf: [{ $id: "a" }] }, "schema.allOf.0.$id"],
    ["is asynchronous", { $async: true }, "schema.$async"],
    ["is of another draft", { $schema: "https://json-schema.org/draft/2020-12/schema" }, "schema.$schema"],
    [
      "looks around in a pattern",
      { properties: { a: { pattern: "a(?!b)" } } },
      "schema.properties.a.pattern",
    ],
    ["has a pattern that is no text", { pattern: 5 }, "schema.pattern"],
    [
      "names properties by a broken pattern",
      { patternProperties: { "(": {} } },
      "schema.patternProperties.(",
    ],
    [
      "hides a reference under a named schema",
      { definitions: { x: { not: { $ref: "y" } } } },
      "schema.definitions.x.not.$ref",
    ],
    [
      "names a property __proto__",
      JSON.parse('{"properties": {"__proto__": {}}}') as JsonObject,
      "schema.properties.__proto__",
    ],
  ];
  for (const [name, schema, path] of cases) {
    test(name, () => {
      assert.equal(schemaFault(schema)?.path, path);
    });
  }
});

test("properties may have the names of keywords, and data may look like anything", () => {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    properties: {
      $ref: { type: "string" },
      id: {},
      pattern: { const: { $ref: "x" } },
      enum: { enum: [{ $id: "y" }] },
    },
    required: ["$ref"],
    definitions: { a: { $ref: "#/properties/id" } },
    default: { $async: true },
  };
  assert.equal(schemaFault(schema), null);
});
