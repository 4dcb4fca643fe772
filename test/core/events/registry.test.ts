import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileEventTypes, type EventType } from "../../../core/events/index.ts";
import { aType } from "./an-occurrence.ts";

test("declared types are found by name, inherited names are not", () => {
  const outcome = compileEventTypes([aType({ type: "a" }), aType({ type: "b" })]);
  const registry = outcome.outcome === "compiled" ? outcome.registry : assert.fail(outcome.message);
  assert.equal(registry.get("a")?.declared.type, "a");
  assert.deepEqual([...registry.keys()], ["a", "b"]);
  assert.equal(registry.has("constructor"), false);
});

describe("event types are refused, naming type and place", () => {
  const cases: [EventType[], string, RegExp][] = [
    [[aType(), aType()], "type", /twice/],
    [[aType({ type: "unmapped" })], "type", /own/],
    [[aType({ type: "whale.task.ended" })], "type", /own/],
    [[aType({ subject: "{{ a }}}" })], "subject", /}}}.*column 6/],
    [[aType({ schema: { type: "objekt" } })], "schema.type", /equal to one of/],
    [[aType({ schema: { properties: { a: { pattern: "(" } } } })], "schema.properties.a.pattern", /column 1/],
  ];
  for (const [types, path, message] of cases) {
    test(`${path}: ${JSON.stringify(types[0]?.schema ?? types[0]?.type)}`, () => {
      const outcome = compileEventTypes(types);
      if (outcome.outcome !== "invalid") assert.fail("they compiled");
      assert.equal(outcome.type, types[0]?.type);
      assert.equal(outcome.path, path);
      assert.match(outcome.message, message);
    });
  }
});
