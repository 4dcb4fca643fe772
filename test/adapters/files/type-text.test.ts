import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { placeholderProblems, typeDefinition, typeText } from "../../../adapters/files/type-text.ts";
import type { JsonObject } from "../../../core/ids/index.ts";

const TEXT = `# 磁盘快满
type: disk.full
title: 磁盘 # 给人看
owner: sre
strict: false # 先放行
schema:
  type: object
  # 必填
  required: [ host ]
  properties:
    host: { type: string } # 主机
    usage: { type: number, maximum: 100 } # 百分比
`;

/** `${NAME}`, as a file refers to the environment. */
const SECRET = ["$", "{WECOM_SECRET}"].join("");

/** The definition of TEXT with some fields changed. */
function withFields(change: JsonObject): JsonObject {
  return { ...typeDefinition(TEXT), ...change };
}

test("writes a new definition in the order it was given", () => {
  const text = typeText({ type: "a", title: "题: #1", owner: "yes", strict: true }, null);
  assert.equal(text, 'type: a\ntitle: "题: #1"\nowner: yes\nstrict: true\n');
});

test("gives the text before, byte for byte, for what says the same", () => {
  const odd = `${TEXT}\n\n# end`;
  assert.equal(typeText(typeDefinition(odd), odd), odd);
});

test("changes a value and keeps the comment behind it", () => {
  const text = typeText(withFields({ strict: true, title: "新" }), TEXT);
  assert.equal(text, TEXT.replace("false", "true").replace("磁盘 #", "新 #"));
});

test("keeps the comments inside a schema of which one property changed", () => {
  const schema = typeDefinition(TEXT)["schema"] as JsonObject;
  const properties = { ...(schema["properties"] as JsonObject), usage: { type: "number" }, new: {} };
  const text = typeText(withFields({ schema: { ...schema, properties } }), TEXT);
  for (const kept of ["# 磁盘快满", "# 必填", "# 主机", "# 百分比"]) assert.ok(text.includes(kept), text);
  assert.deepEqual(typeDefinition(text)["schema"], { ...schema, properties });
});

test("removes what is not in the definition any more", () => {
  const { strict: _strict, ...rest } = withFields({});
  assert.deepEqual(typeDefinition(typeText(rest, TEXT)), rest);
});

test("writes a definition whose file was one line of JSON", () => {
  const before = '{"type":"a","title":"b","owner":"c"}';
  assert.deepEqual(typeDefinition(typeText({ type: "a", title: "d", owner: "c" }, before)), {
    ...{ type: "a", title: "d", owner: "c" },
  });
});

test("whatever the texts, what was written is read again, new or over an older text", () => {
  const definition = fc
    .object({
      maxDepth: 3,
      values: [fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null)],
    })
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)
    .filter((value) => !JSON.stringify(value).includes("__proto__"));
  fc.assert(
    fc.property(definition, definition, (before, next) => {
      const text = typeText(before, null);
      assert.deepEqual(typeDefinition(text), before);
      assert.deepEqual(typeDefinition(typeText(next, text)), next);
    }),
  );
});

test("names every place that would read the environment, and no other", () => {
  const definition = {
    title: SECRET,
    owner: `a ${SECRET}`,
    schema: { properties: { a: { enum: ["x", SECRET] } } },
  };
  const places = placeholderProblems("event-types/a.yaml", definition).map(({ field, value }) => [
    field,
    value,
  ]);
  assert.deepEqual(places, [
    ["title", SECRET],
    ["schema.properties.a.enum.1", SECRET],
  ]);
});
