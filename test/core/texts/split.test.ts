import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CHANNEL_BYTES, headAndTail, splitText } from "../../../core/texts/index.ts";

const FAMILY = "👨‍👩‍👧‍👦";
const anyText = fc.string({
  unit: fc.constantFrom(
    "a",
    "é",
    "e\u0301",
    "字",
    "😀",
    FAMILY,
    "🇨🇳",
    "\n",
    " ",
    "[登录](https://a.example/x)",
    "[",
    "](",
  ),
  maxLength: 400,
});
const mark = (lines: number) => `…${lines}…`;

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

describe("splitting text by bytes", () => {
  test("loses nothing, keeps every piece within the limit and breaks no code point", () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, fc.string({ unit: "binary" })),
        fc.integer({ min: 4, max: 90 }),
        (text, max) => {
          const pieces = splitText(text, max);
          assert.equal(pieces.join(""), text);
          for (const piece of pieces) assert.ok(piece !== "" && bytes(piece) <= max && piece.isWellFormed());
        },
      ),
    );
  });

  test("replaces lone surrogates, which WeCom would not take", () => {
    assert.deepEqual(splitText("a\ud800b", 2048), ["a\ufffdb"]);
  });

  for (const [channel, max] of Object.entries(CHANNEL_BYTES)) {
    test(`fills a message of ${channel} to its last byte and no further`, () => {
      const text = `${"字".repeat(Math.floor(max / 3))}${"a".repeat(max % 3)}`;
      assert.deepEqual(splitText(text, max), [text]);
      assert.deepEqual(splitText(`${text}b`, max), [text, "b"]);
    });
  }

  const whole: Record<string, [string, number]> = {
    "a family": [`${"a".repeat(20)}${FAMILY}${"b".repeat(20)}`, 30],
    "an accent": [`${"a".repeat(20)}e\u0301${"b".repeat(20)}`, 21],
    "a flag": [`${"a".repeat(20)}🇨🇳🇨🇳${"b".repeat(20)}`, 25],
    "a line end of two": [`${"a".repeat(20)}\r\n${"b".repeat(20)}`, 21],
    "a link": [`${"a".repeat(20)}[登录](https://a.example)${"b".repeat(20)}`, 40],
    "a colour": [`${"a".repeat(20)}<font color="info">好</font>${"b".repeat(20)}`, 45],
    bold: [`${"a".repeat(20)}**很重要**${"b".repeat(20)}`, 28],
  };
  for (const [what, [text, max]] of Object.entries(whole)) {
    test(`does not cut ${what}`, () => {
      assert.equal(splitText(text, max)[0], "a".repeat(20));
    });
  }

  test("cuts a link that fits no message at all", () => {
    const pieces = splitText(`[x](https://${"a".repeat(200)})`, 64);
    assert.ok(pieces.every((piece) => bytes(piece) <= 64));
  });

  test("takes hostile markup in linear time", () => {
    const before = process.threadCpuUsage();
    for (const one of ["[", "<", "](", "**", "<font", "`"]) splitText(one.repeat(100_000), 20_480);
    assert.ok(
      process.threadCpuUsage(before).user < 2_000_000,
      "microseconds, whoever else the processor works for",
    );
  });
});

describe("head and tail of a text", () => {
  test("fit, begin and end as the text does, and say how many lines are between", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 60, max: 200 }), (text, max) => {
        const shown = headAndTail(text, max, mark);
        assert.ok(bytes(shown) <= max && shown.isWellFormed());
        if (bytes(text) <= max) return assert.equal(shown, text);
        const [head = "", tail = ""] = shown.split(/\n?…\d+…\n?/);
        assert.ok(text.startsWith(head) && text.endsWith(tail));
      }),
    );
  });

  test("are whole lines where there are some", () => {
    const text = Array.from({ length: 100 }, (_, n) => `line ${n}`).join("\n");
    assert.equal(headAndTail(text, 64, mark), "line 0\nline 1\nline 2\n…94…\nline 97\nline 98\nline 99");
  });
});
