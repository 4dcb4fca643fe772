import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../../core/ids/index.ts";
import {
  type CompiledFeature,
  compileFeature,
  type Feature,
  failedFeature,
} from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";

function compiled(features: readonly Feature[]): CompiledFeature[] {
  return features.map((feature) => {
    const outcome = compileFeature(feature);
    return outcome.outcome === "compiled" ? outcome.feature : assert.fail(outcome.message);
  });
}

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
  const [exists] = compiled([{ path: "detail.nothing", op: "exists" }]);
  assert.deepEqual(failedFeature(exists ? [exists] : [], anEvent())?.actual, null);
  const event = anEvent({ detail: { text: "磁".repeat(5000) } });
  const failed = failedFeature(compiled([{ path: "detail.text", op: "equals", value: "x" }]), event);
  assert.equal(String(failed?.actual).length, 200);
  assert.match(String(failed?.actual), /^"磁+…$/);
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

/** What the operators mean, written again slowly and without sharing anything with the product. */
function reference(op: Feature["op"], value: Json, actual: Json | undefined): boolean {
  const number = (v: unknown) =>
    typeof v === "number"
      ? v
      : typeof v === "string" && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(v)
        ? Number(v)
        : null;
  const text = (v: unknown) => (["string", "number", "boolean"].includes(typeof v) ? `${v}` : null);
  const sorted = (v: unknown): string => {
    if (Array.isArray(v)) return `[${v.map(sorted).join()}]`;
    if (v === null || typeof v !== "object") return JSON.stringify(v);
    return `{${Object.entries(v)
      .map(([key, member]) => `${JSON.stringify(key)}:${sorted(member)}`)
      .sort()
      .join()}}`;
  };
  const mixed = (a: unknown, b: unknown) => typeof a === "number" && typeof b === "string" && `${a}` === b;
  const equal = (a: unknown, b: unknown): boolean => sorted(a) === sorted(b) || mixed(a, b) || mixed(b, a);
  const [a, v, at, vt] = [number(actual), number(value), text(actual), text(value)];
  switch (op) {
    case "equals":
      return actual !== undefined && equal(actual, value);
    case "nequals":
      return actual === undefined || !equal(actual, value);
    case "contains":
      return Array.isArray(actual)
        ? actual.some((element) => equal(element, value))
        : at !== null && vt !== null && at.indexOf(vt) >= 0;
    case "startswith":
      return at !== null && vt !== null && at.slice(0, vt.length) === vt;
    case "endswith":
      return at !== null && vt !== null && (vt === "" || at.slice(-vt.length) === vt);
    case "greaterthan":
      return a !== null && v !== null && a > v;
    case "lessthan":
      return a !== null && v !== null && a < v;
    case "regex":
      return at !== null && new RegExp(String(value), "u").test(at);
    case "inside":
      return actual !== undefined && (value as Json[]).some((element) => equal(element, actual));
    case "ninside":
      return actual === undefined || !(value as Json[]).some((element) => equal(element, actual));
    case "exists":
      return actual !== undefined && actual !== null;
    case "nexists":
      return actual === undefined || actual === null;
    default:
      return assert.fail(op satisfies never);
  }
}

const scalar = fc.oneof(
  fc.constantFrom<Json>(
    85,
    "85",
    "85.0",
    "",
    "a",
    "ab",
    "vm-1",
    true,
    "true",
    null,
    0,
    "-1",
    " 7 ",
    "1e2",
    100,
    1.5,
  ),
  fc.integer({ min: -3, max: 100 }),
);
const json: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("a", "b"), scalar, { maxKeys: 2 }),
);
const textual = fc.constantFrom<Json>("a", "vm", "", 8, "5");
const feature = fc.oneof(
  fc.record({ op: fc.constantFrom<Feature["op"][]>("equals", "nequals", "contains"), value: json }),
  fc.record({ op: fc.constantFrom<Feature["op"][]>("startswith", "endswith"), value: textual }),
  fc.record({
    op: fc.constantFrom<Feature["op"][]>("greaterthan", "lessthan"),
    value: fc.constantFrom<Json>(0, 85, "85", "1e2", -1),
  }),
  fc.record({
    op: fc.constantFrom<Feature["op"][]>("inside", "ninside"),
    value: fc.array(json, { maxLength: 4 }),
  }),
  fc.record({
    op: fc.constant<Feature["op"]>("regex"),
    value: fc.constantFrom<Json>("^a", "\\d+", "^vm-.$", "^$", "t|f"),
  }),
  fc.record({ op: fc.constantFrom<Feature["op"][]>("exists", "nexists") }),
);

test("compiled features agree with a slow reference on any value", () => {
  fc.assert(
    fc.property(feature, fc.option(json, { nil: undefined }), (drawn, actual) => {
      const value = "value" in drawn ? drawn.value : null;
      const event = actual === undefined ? { detail: {} } : { detail: { x: actual } };
      const passed = failedFeature(compiled([{ path: "detail.x", ...drawn }]), event) === null;
      assert.equal(passed, reference(drawn.op, value, actual));
    }),
    { numRuns: 5000 },
  );
});
