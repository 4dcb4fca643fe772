import assert from "node:assert/strict";
import { test } from "node:test";
import { featureLines } from "../../../core/pages/index.ts";
import { compileFeatures, type FeatureNode } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";

function linesOf(features: readonly FeatureNode[]) {
  const compiled = compileFeatures(features);
  assert.ok(compiled.outcome === "compiled");
  return featureLines(compiled.nodes, anEvent());
}

test("each feature says what it asks, what the event has, and whether that holds", () => {
  const lines = linesOf([
    { path: "detail.usage", op: "greaterthan", value: 85 },
    { path: "labels.zone", op: "exists" },
    { path: "detail.paths", items: "any", op: "startswith", value: "/tmp" },
  ]);
  assert.deepEqual(
    lines.map(({ text, actual, holds }) => [text, actual, holds]),
    [
      ["detail.usage greaterthan 85", "91", true],
      ["labels.zone exists", "–", false],
      ['detail.paths any startswith "/tmp"', '["/var/log"]', false],
    ],
  );
});

test("a group stands before its members, which stand deeper", () => {
  const lines = linesOf([
    { any: [{ path: "status", op: "eq", value: "resolved" }, { not: { path: "type", op: "exists" } }] },
  ]);
  assert.deepEqual(
    lines.map(({ depth, text, holds }) => [depth, text, holds]),
    [
      [0, "any", false],
      [1, 'status eq "resolved"', false],
      [1, "not", false],
      [2, "type exists", true],
    ],
  );
});

test("a long value is cut", () => {
  const [line] = linesOf([{ path: "title", op: "ninside", value: ["x".repeat(2_000)] }]);
  assert.ok((line?.text.length ?? 0) < 400);
});
