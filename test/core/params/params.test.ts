import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../../../core/ids/index.ts";
import { type CompiledParams, compileParams, isTemplate, type Scope } from "../../../core/params/index.ts";

function compiled(value: Json): CompiledParams {
  const outcome = compileParams(value);
  return outcome.outcome === "compiled" ? outcome.params : assert.fail(`${outcome.path}: ${outcome.message}`);
}

test("the owner's example renders exactly", () => {
  const body =
    '{"event_type":"opsst2_stone","detail":"{\\"msg\\":[\\"test1\\",\\"test2\\",\\"test3\\"],\\"code\\":\\"1\\"}"}';
  const event = JSON.parse(body) as { event_type: string; detail: string };
  const scope: Scope = { event_type: event.event_type, detail: JSON.parse(event.detail) };
  const params = compiled({ messages: "{{.detail.msg}}", default1: "ok", default2: [1, 2, 3] });
  const rendered = params.render(scope);
  assert.equal(rendered.outcome, "rendered");
  const text = rendered.outcome === "rendered" ? JSON.stringify(rendered.value) : "";
  assert.equal(text, '{"messages":["test1","test2","test3"],"default1":"ok","default2":[1,2,3]}');
});

test("strings are rendered however deep, everything else is kept", () => {
  const params = compiled({ a: { b: ["{{ x }}", { c: "{{ x }}-{{ x }}" }, 1, null, false] }, "": "{{ x }}" });
  assert.deepEqual(params.render({ x: 5 }), {
    outcome: "rendered",
    value: { a: { b: [5, { c: "5-5" }, 1, null, false] }, "": 5 },
  });
});

test("the first value that fails is named by its path", () => {
  const params = compiled({ ok: "{{ x }}", list: ["a", { deep: "{{ gone.y }}" }], also: "{{ lost }}" });
  const rendered = params.render({ x: 1 });
  assert.equal(rendered.outcome === "failed" && rendered.path, "list.1.deep");
  assert.match(rendered.outcome === "failed" ? rendered.message : "", /gone/);
});

test("renderPartly leaves out what fails, names it, and keeps the rest", () => {
  const params = compiled({ ok: "{{ x }}", bad: "{{ gone }}", list: ["{{ lost }}", "b"] });
  const { value, faults } = params.renderPartly({ x: 1 });
  assert.deepEqual(value, { ok: 1, list: ["b"] });
  assert.deepEqual(
    faults.map((fault) => fault.path),
    ["bad", "list.0"],
  );
});

test("rendering twice gives equal values that share nothing", () => {
  const params = compiled({ list: "{{ list }}", fixed: { a: 1 } });
  const [first, second] = [params.render({ list: [1] }), params.render({ list: [1] })];
  assert.deepEqual(first, second);
  assert.notEqual(first, second);
});

describe("params are refused when compiled", () => {
  let deep: Json = "x";
  for (let level = 0; level < 70; level += 1) deep = [deep];
  const cases: [Json, string, RegExp][] = [
    [{ a: [{ b: "{{ x | nosuch }}" }] }, "a.0.b", /nosuch.*line 1, column 1/],
    [{ a: "{{ x }}}" }, "a", /}}}.*column 6/],
    [{ "{{ x }}": 1 }, "{{ x }}", /key/],
    [{ a: { "{% if %}": 1 } }, "a.{% if %}", /key/],
    [JSON.parse('{"__proto__": {"x": 1}}') as Json, "__proto__", /not allowed/],
    [["a"], "", /object/],
    ["{{ x }}", "", /object/],
    [null, "", /object/],
  ];
  for (const [value, path, message] of cases) {
    test(JSON.stringify(value), () => {
      const outcome = compileParams(value);
      if (outcome.outcome !== "invalid") assert.fail("it compiled");
      assert.equal(outcome.path, path);
      assert.match(outcome.message, message);
    });
  }
  test("when nested deeper than is rendered", () => {
    assert.equal(compileParams({ deep }).outcome, "invalid");
  });
});

test("a key __proto__ inside an event's value does not change what the copy is", () => {
  const detail: unknown = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}');
  const rendered = compiled({ v: "{{ detail }}" }).render({ detail });
  const value = rendered.outcome === "rendered" ? rendered.value["v"] : null;
  assert.deepEqual(value, { a: 1 });
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test("only a text with an opening mark is a template", () => {
  assert.deepEqual(["{{", "{%", "}}", "{ {", ""].map(isTemplate), [true, true, false, false, false]);
});
