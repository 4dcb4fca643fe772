import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compilePattern, MAX_PATTERN_CHARS } from "../../../core/params/index.ts";

function found(source: string, text: string): boolean {
  const compiled = compilePattern(source);
  return compiled.outcome === "compiled" ? compiled.pattern.test(text) : assert.fail(compiled.message);
}

test("a pattern is searched anywhere unless it is anchored", () => {
  assert.equal(found("shop", "vm-shop-1"), true);
  assert.equal(found("^shop", "vm-shop-1"), false);
  assert.equal(found("[\\u4e00-\\u9fff]{2}", "vm 磁盘"), true);
  assert.equal(found("(?<name>\\d+)\\/x", "a 12/x"), true);
  assert.equal(found("(?i)OOM", "oom killer"), true);
});

test("patterns that explode in a backtracking engine finish on 100 KB", () => {
  const text = `${"a".repeat(100_000)}!`;
  for (const source of ["(a+)+$", "^(a|a)*$", "(a*)*b", "(.*)(.*)(.*)(.*)z", "(a|aa)+$", "(x+x+)+y"]) {
    assert.equal(found(source, text), false, source);
  }
});

describe("a pattern is refused with its column", () => {
  const cases: [string, RegExp, number][] = [
    ["a(?=b)", /unsupported/, 2],
    ["ab**", /repetition/, 3],
    ["x[z-a]", /range/, 3],
    ["(a)\\1", /escape/, 4],
    ["a{1001}", /repeat count/, 2],
    ["((a{100}){100}){100}", /repeat count/, 4],
    ["(a", /missing closing/, 1],
    ["x".repeat(MAX_PATTERN_CHARS + 1), /longer than/, 1],
  ];
  for (const [source, message, column] of cases) {
    test(source.slice(0, 30), () => {
      const outcome = compilePattern(source);
      if (outcome.outcome !== "invalid") assert.fail("it compiled");
      assert.match(outcome.message, message);
      assert.equal(outcome.column, column);
    });
  }
});

test("any text compiles as a pattern or is refused", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."ab\\()[]{}*+?|^$.0123,-:=!<>P") }),
      fc.string(),
      (source, text) => {
        const compiled = compilePattern(source);
        if (compiled.outcome === "compiled") assert.equal(typeof compiled.pattern.test(text), "boolean");
        else assert.ok(compiled.column >= 1 && compiled.message !== "");
      },
    ),
    { numRuns: 1000 },
  );
});
