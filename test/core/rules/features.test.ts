import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type CompiledNode,
  compileFeature,
  compileFeatures,
  type Feature,
  type FeatureNode,
  failedFeature,
  MAX_NESTING,
  MAX_TESTS,
} from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";

function compiled(features: readonly FeatureNode[]): readonly CompiledNode[] {
  const outcome = compileFeatures(features);
  return outcome.outcome === "compiled" ? outcome.nodes : assert.fail(`${outcome.field}: ${outcome.message}`);
}

function failed(...features: FeatureNode[]) {
  return failedFeature(compiled(features), anEvent());
}

const prod: Feature = { path: "labels.env", op: "equals", value: "prod" };
const test1: Feature = { path: "labels.env", op: "equals", value: "test" };
const full: Feature = { path: "detail.usage", op: "gt", value: 95 };
const used: Feature = { path: "detail.usage", op: "gt", value: 85 };

test("features that differ in the type of their value alone are two", () => {
  const event = anEvent({ detail: { flag: true } });
  const asked = [true, "true", null, "null", undefined].map((value) => {
    const op = value === undefined ? "exists" : "equals";
    const feature: Feature = { path: "detail.flag", op, ...(value === undefined ? {} : { value }) };
    return failedFeature(compiled([feature]), event) === null;
  });
  assert.deepEqual(asked, [true, false, false, false, true]);
  const nulls = [null, "null"].map((value) => compiled([{ path: "detail.flag", op: "equals", value }]));
  const none = anEvent({ detail: { flag: null } });
  assert.deepEqual(
    nulls.map((features) => failedFeature(features, none) === null),
    [true, false],
  );
});

test("a feature with an empty field is refused, and spoils none like it", () => {
  const plain = { path: "detail.flag", op: "equals", value: "spoiled" };
  for (const empty of [{ items: null }, { condition: null }]) {
    const wrong = { ...plain, ...empty } as unknown as Feature;
    assert.equal(compileFeatures([wrong]).outcome, "invalid");
    assert.equal(compileFeatures([plain as Feature]).outcome, "compiled");
    assert.equal(compileFeatures([wrong]).outcome, "invalid");
  }
});

test("an event that passes all features has no failed one", () => {
  const features: Feature[] = [
    { path: "status", op: "equals", value: "firing" },
    { path: "labels.env", op: "equals", value: "prod" },
    { path: "detail.usage", op: "greaterthan", value: 85 },
    { path: "detail.host", op: "regex", value: "^vm-" },
    { path: "event_type", op: "equals", value: "vm.disk.usage" },
    { path: "detail.paths.0", op: "exists" },
  ];
  assert.equal(failedFeature(compiled(features), anEvent()), null);
});

test("the first that fails, in order, is told with what was there", () => {
  const features: Feature[] = [
    { path: "labels.env", op: "equals", value: "prod" },
    { path: "detail.usage", op: "greaterthan", value: 95 },
    { path: "detail.nothing", op: "exists" },
  ];
  assert.deepEqual(failedFeature(compiled(features), anEvent()), {
    index: 1,
    path: "detail.usage",
    op: "greaterthan",
    expected: 95,
    actual: 91,
  });
});

test("a missing value is told as null, a long one by its beginning", () => {
  assert.equal(failed({ path: "detail.nothing", op: "exists" })?.actual, null);
  const event = anEvent({ detail: { text: "磁".repeat(5000) } });
  const long = failedFeature(compiled([{ path: "detail.text", op: "equals", value: "x" }]), event);
  assert.equal(String(long?.actual).length, 200);
  assert.match(String(long?.actual), /^"磁+…$/);
});

test("inherited properties of an event are missing", () => {
  const paths = ["constructor", "detail.__proto__", "labels.toString", "detail.host.length", "__proto__.x"];
  for (const path of paths) {
    assert.notEqual(failedFeature(compiled([{ path, op: "exists" }]), anEvent()), null, path);
  }
});

test("what is no path is refused", () => {
  const outcome = compileFeature({ path: "a..b", op: "exists" });
  assert.equal(outcome.outcome === "invalid" && outcome.field, "path");
});

describe("a group that fails is told by the test at which it was decided", () => {
  const actual = { env: "prod", usage: 91 };
  const cases: [string, FeatureNode, string, string, unknown][] = [
    ["the last of any", { any: [test1, full] }, ".any[1]", "detail.usage", actual.usage],
    ["the first of all that fails", { all: [used, test1, full] }, ".all[1]", "labels.env", actual.env],
    ["what not denies", { not: prod }, ".not", "labels.env", actual.env],
    [
      "the first of any that holds under not",
      { not: { any: [full, used] } },
      ".not.any[1]",
      "detail.usage",
      91,
    ],
    ["the last of all under not", { not: { all: [prod, used] } }, ".not.all[1]", "detail.usage", 91],
    [
      "deep inside",
      { any: [{ all: [prod, full] }, { not: { not: test1 } }] },
      ".any[1].not.not",
      "labels.env",
      "prod",
    ],
  ];
  for (const [name, group, at, path, value] of cases) {
    test(name, () => {
      const found = failed(prod, group);
      assert.deepEqual(
        [found?.index, found?.at, found?.path, found?.actual],
        [1, `features[1]${at}`, path, value],
      );
    });
  }

  test("not when it holds", () => {
    assert.equal(
      failed({ any: [test1, used] }, { all: [prod, used] }, { not: full }, { not: { not: prod } }),
      null,
    );
  });
});

describe("a test of a list's items", () => {
  const items = (quantifier: Feature["items"], path = "detail.paths") =>
    failed({ path, op: "startswith", value: "/var", ...(quantifier ? { items: quantifier } : {}) }) === null;
  test("holds for any, for all, for none, as it says", () => {
    assert.deepEqual(
      [items("any"), items("all"), items("none"), items(undefined)],
      [true, true, false, false],
    );
  });
  test("of what is no list holds for none alone", () => {
    for (const path of ["detail.gone", "detail.host", "labels"]) {
      assert.deepEqual(
        [items("any", path), items("all", path), items("none", path)],
        [false, false, true],
        path,
      );
    }
  });
});

describe("features are refused", () => {
  let deep: FeatureNode = prod;
  for (let depth = 0; depth <= MAX_NESTING; depth += 1) deep = { any: [deep] };
  const search = (value: unknown, more: object = {}) => ({
    path: "detail.disks",
    op: "search",
    value,
    ...more,
  });
  const cases: [string, unknown, string, RegExp][] = [
    [
      "10,000 of them",
      { all: Array.from({ length: 10_000 }, () => prod) },
      `0.all.${MAX_TESTS}`,
      /more than 256/,
    ],
    ["that stand too deep", deep, `0${".any.0".repeat(MAX_NESTING + 1)}`, /deeper than 8/],
    ["in an empty group", { any: [] }, "0.any", /needs a list/],
    ["in a group that is no list", { all: prod }, "0.all", /needs a list/],
    ["beside a group", { any: [prod], path: "a" }, "0.any", /nothing beside/],
    ["in two groups at once", { any: [prod], not: prod }, "0.any", /nothing beside/],
    ["of no kind", "x", "0", /neither/],
    ["denied nothing", { not: null }, "0.not", /neither/],
    [
      "with a wrong value deep inside",
      { not: { any: [prod, { ...full, value: "x" }] } },
      "0.not.any.1.value",
      /number/,
    ],
    ["with items that are unknown", { ...prod, items: "some" }, "0.items", /any, all, none/],
    ["with a condition but no search", { ...prod, condition: "any" }, "0.condition", /search alone/],
    [
      "with items of a search",
      search([{ path: "item", op: "exists" }], { items: "any" }),
      "0.items",
      /not for search/,
    ],
    [
      "with an unknown condition",
      search([{ path: "item", op: "exists" }], { condition: "one" }),
      "0.condition",
      /any2any/,
    ],
    ["searching for nothing", search([]), "0.value", /list of features/],
    [
      "searching outside the item",
      search([{ any: [{ path: "labels.a", op: "exists" }] }]),
      "0.value.0",
      /item/,
    ],
    [
      "searching wrongly",
      search([{ path: "item.a", op: "regex", value: "(" }]),
      "0.value.0.value",
      /pattern/,
    ],
  ];
  for (const [name, node, field, message] of cases) {
    test(name, () => {
      const outcome = compileFeatures([node as FeatureNode]);
      if (outcome.outcome !== "invalid") assert.fail("it compiled");
      assert.equal(outcome.field, field);
      assert.match(outcome.message, message);
    });
  }
});
