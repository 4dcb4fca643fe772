import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { excerptOf } from "../../../core/pages/index.ts";

function numbered(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}`).join("\n");
}

describe("what a page shows of an output", () => {
  test("is all of a short one, without the line ends behind it", () => {
    const { head, tail, leftOut, lines } = excerptOf(`${numbered(80)}\n\n`);
    assert.deepEqual([head, tail, leftOut, lines], [numbered(80), null, 0, 80]);
  });

  test("is the beginning and the end of a long one, and says how much is between them", () => {
    const { head, tail, leftOut, lines } = excerptOf(numbered(400));
    assert.deepEqual([head.split("\n").length, tail?.split("\n").length, leftOut, lines], [20, 40, 340, 400]);
    assert.match(head, /^line 1\n/);
    assert.match(tail ?? "", /\nline 400$/);
  });

  test("is bounded where lines are long", () => {
    const { head, tail } = excerptOf("x".repeat(100_000));
    assert.deepEqual([head.length, tail?.length], [4_000, 4_000]);
  });

  test("is nothing of nothing", () => {
    assert.deepEqual(excerptOf("\n"), { head: "", tail: null, leftOut: 0, lines: 0, characters: 0 });
  });

  test("never has half a character, and never more than its bounds", () => {
    const text = fc.array(fc.string({ unit: "grapheme-composite" }), { maxLength: 300 });
    fc.assert(
      fc.property(text, (lines) => {
        const { head, tail } = excerptOf(lines.join("\n"));
        return head.isWellFormed() && (tail ?? "").isWellFormed() && head.length <= 12_000;
      }),
    );
  });
});
