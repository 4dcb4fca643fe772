import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../../core/ids/index.ts";
import { findServerTemplate } from "../../../core/params/index.ts";

const CASES: [name: string, value: Json, path: string | null][] = [
  ["plain parameters", { host: "vm-1", paths: ["/var/log"], days: 7, dry: false, none: null }, null],
  ["braces that open nothing", { a: "{ {", b: "}}", c: "{", d: "%}", e: "{ % x" }, null],
  ["an output in a string", { host: "{{ st2kv.system.token | decrypt_kv }}" }, "host"],
  ["a tag in a string", { host: "{% for x in y %}" }, "host"],
  ["a marker in the middle of a string", { host: "vm-1 {{x" }, "host"],
  ["a marker deep in a list", { a: { b: ["x", { c: "{{ y }}" }] } }, "a.b.1.c"],
  ["a marker in a key", { env: { "{{ x }}": "y" } }, "env.{{ x }}"],
  ["two markers: the first of the document", { a: { z: "{{" }, b: "{%" }, "a.z"],
  ["a string by itself", "{{ x }}", ""],
  ["a list by itself", ["x", "{{ x }}"], "1"],
];

for (const [name, value, path] of CASES) {
  test(`findServerTemplate says ${path === null ? "nothing" : `"${path}"`} for ${name}`, () => {
    assert.equal(findServerTemplate(value), path);
  });
}

test("findServerTemplate finds something exactly when the JSON text holds a marker inside a string", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("{{", "{%", "a{{b", "{", "%", "{ {"));
  const values = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(text, tie("json"), { maxKeys: 3 }),
    ),
  })).json;
  fc.assert(
    fc.property(values, (value) => {
      // Empty members keep brackets of the structure from looking like a marker.
      const strings = JSON.stringify(value, null, 1);
      assert.equal(findServerTemplate(value) !== null, strings.includes("{{") || strings.includes("{%"));
    }),
  );
});

test("findServerTemplate survives parameters that are nested a hundred thousand deep", () => {
  let value: Json = "{{ x }}";
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  assert.equal(findServerTemplate(value)?.length, 199_999);
});
