import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileSource, type Source } from "../../../core/events/index.ts";
import { aSource, aType, registryOf } from "./an-occurrence.ts";

test("a source that maps to declared types, or to unmapped, compiles", () => {
  const map = [
    { when: { "labels.a": "b" }, type: "vm.disk.usage", detail: { host: "{{ labels.host }}" } },
    { when: {}, type: "unmapped" },
  ];
  const outcome = compileSource(aSource({ map, defaultType: "vm.disk.usage" }), registryOf(aType()));
  assert.equal(outcome.outcome === "compiled" && outcome.source.name, "prometheus");
  assert.equal(outcome.outcome === "compiled" && outcome.source.mappings.length, 2);
});

describe("a source is refused, naming the place", () => {
  const cases: [Partial<Source>, string, RegExp][] = [
    [{ map: [{ when: {}, type: "none" }] }, "map.0.type", /"none" is not declared/],
    [{ defaultType: "none" }, "default", /not declared/],
    [{ map: [{ when: { "a..b": "x" }, type: "unmapped" }] }, "map.0.when", /not a path/],
    [{ map: [{ when: {}, type: "unmapped", detail: { a: ["{{ x }}}"] } }] }, "map.0.detail.a.0", /}}}/],
    [
      { map: [{ when: {}, type: "unmapped", detail: { a: "{{ x | nosuch }}" } }] },
      "map.0.detail.a",
      /undefined filter/,
    ],
  ];
  for (const [overrides, path, message] of cases) {
    test(path, () => {
      const outcome = compileSource(aSource(overrides), registryOf(aType()));
      if (outcome.outcome !== "invalid") assert.fail("it compiled");
      assert.equal(outcome.path, path);
      assert.match(outcome.message, message);
    });
  }
});
