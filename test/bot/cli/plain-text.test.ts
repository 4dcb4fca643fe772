import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, fitted, plainJson, plainText } from "../../../bot/cli/plain-text.ts";

test("leaves nothing in a text that a terminal obeys", () => {
  assert.equal(plainText("a\u001b[2Jb\r\nc\u0007d\u202Ee\u200Bf\u009Bg\u2028h"), "a [2Jb  c d e f g h");
  assert.equal(plainText("磁盘 100% 🐳"), "磁盘 100% 🐳");
  assert.equal(plainText("\uD800x"), "\uFFFDx");
});

test("writes JSON that a terminal shows as it is, and that reads as the same", () => {
  const value = { "a\u009b": ["\u0085\u007f\u202E\u{E0041}\u2028", { b: "磁盘\n🐳", c: null }] };
  const text = plainJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.ok(text.includes(String.raw`"\u0085\u007f\u202e\udb40\udc41\u2028"`));
  assert.ok(text.includes(String.raw`"磁盘\n🐳"`));
  assert.ok(text.startsWith("{\n  "));
});

test("counts two columns for a Chinese character", () => {
  assert.deepEqual([columnsOf("磁盘 90%"), columnsOf("abc"), columnsOf("（）"), columnsOf("")], [8, 3, 4, 0]);
});

test("cuts and fills to exactly the columns there are", () => {
  const CASES: [text: string, width: number, shown: string][] = [
    ["磁盘", 6, "磁盘  "],
    ["磁盘满了", 6, "磁盘… "],
    ["磁盘满了", 8, "磁盘满了"],
    ["abcdef", 4, "abc…"],
    ["", 2, "  "],
  ];
  for (const [text, width, shown] of CASES) {
    assert.equal(fitted(text, width), shown);
    assert.equal(columnsOf(fitted(text, width)), width);
  }
});
