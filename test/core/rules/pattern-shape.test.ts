import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { patternShape } from "../../../core/rules/pattern-shape.ts";

describe("what a pattern says in plain text", () => {
  const cases: [string, ReturnType<typeof patternShape>][] = [
    ["^vm-", { at: "start", literal: "vm-", exact: true }],
    ["\\.log$", { at: "end", literal: ".log", exact: true }],
    ["oom", { at: "anywhere", literal: "oom", exact: true }],
    ["^prod$", { at: "whole", literal: "prod", exact: true }],
    ["", { at: "anywhere", literal: "", exact: true }],
    ["^vm-.*", { at: "start", literal: "vm-", exact: true, tail: "^.*" }],
    ["^vm-\\d+", { at: "start", literal: "vm-", exact: false, tail: "^\\d+" }],
    ["^v[^a]+$", { at: "start", literal: "v", exact: false, tail: "^[^a]+$" }],
    ["^ab?", { at: "start", literal: "a", exact: false, tail: "^b?" }],
    ["^a𠮷*", { at: "start", literal: "a", exact: false, tail: "^𠮷*" }],
    ["^vm\\b", { at: "start", literal: "vm", exact: false }],
    ["^a^b", { at: "start", literal: "a", exact: false }],
    ["^a\\[^b", { at: "start", literal: "a[", exact: false }],
    ["oom (k)", { at: "anywhere", literal: "oom ", exact: false }],
    ["a*", null],
    ["a|b", null],
    ["^(?i)a", null],
    [".*", null],
    ["^\\d", null],
    ["\\ud83d", null],
    ["\ud83d", null],
  ];
  for (const [source, shape] of cases) {
    test(JSON.stringify(source), () => assert.deepEqual(patternShape(source), shape));
  }
});
