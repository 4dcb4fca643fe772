import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type CompiledNode,
  compileFeatures,
  type FeatureNode,
  failedFeature,
  OPERATORS,
  operatorOf,
} from "../../../core/rules/index.ts";
import { aNode, anyEvent, anyJson, aTest, RECEIVED_AT } from "./arbitrary.ts";
import { firstFailing, nodeHolds } from "./reference.ts";

function compiled(features: readonly FeatureNode[]): readonly CompiledNode[] {
  const outcome = compileFeatures(features);
  return outcome.outcome === "compiled" ? outcome.nodes : assert.fail(`${outcome.field}: ${outcome.message}`);
}

const atX = fc.constant("detail.x");

describe("a compiled feature agrees with a slow reference on any value", () => {
  for (const operator of OPERATORS.filter((op) => op !== "search")) {
    test(operator, () => {
      const drawn = aTest(atX).filter((feature) => operatorOf(feature.op) === operator);
      fc.assert(
        fc.property(drawn, fc.option(anyJson, { nil: undefined }), (feature, actual) => {
          const event = { receivedAt: RECEIVED_AT, detail: actual === undefined ? {} : { x: actual } };
          assert.equal(failedFeature(compiled([feature]), event) === null, nodeHolds(feature, event));
        }),
        { numRuns: 2000 },
      );
    });
  }
});

test("groups, searches and their first failed feature agree with the reference", () => {
  const path = fc.constantFrom("detail.x", "detail.y");
  const features = fc.array(aNode(path), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(features, anyEvent(["x", "y"]), (nodes, event) => {
      const failed = failedFeature(compiled(nodes), event);
      assert.equal(failed?.index ?? null, firstFailing(nodes, event));
    }),
    { numRuns: 10_000 },
  );
});

test("the test that a failed group is told by is one of its own, and turns it when it is turned", () => {
  fc.assert(
    fc.property(aNode(fc.constantFrom("detail.x", "detail.y")), anyEvent(["x", "y"]), (node, event) => {
      const at = failedFeature(compiled([node]), event)?.at;
      if (at === undefined) return;
      const keys = at
        .replace(/^features\[0\]\.?/, "")
        .split(/[.[\]]+/)
        .filter((key) => key !== "");
      const told = keys.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], node);
      assert.ok(typeof told === "object" && told !== null && "op" in told);
      const denied = keys.filter((key) => key === "not").length % 2 === 1;
      assert.equal(nodeHolds(told as FeatureNode, event), denied);
    }),
    { numRuns: 5000 },
  );
});
