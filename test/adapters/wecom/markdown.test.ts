import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAX_TEXT_BYTES, markdownText, splitText, textMessages } from "../../../adapters/wecom/index.ts";

const anyText = fc.string({
  unit: fc.constantFrom("a", "é", "字", "😀", "\n", "\n", " ", "\r\n"),
  maxLength: 600,
});

describe("making text of others harmless in markdown", () => {
  const cases: Record<string, [string, string]> = {
    "a mention": ["<@zhangsan>", "＜@zhangsan＞"],
    "a colour": ['<font color="info">ok</font>', '＜font color="info"＞ok＜/font＞'],
    "a link": ["[log in](https://evil.example)", "［log in］(https://evil.example)"],
    "an entity": ["&lt;@all&gt;", "＆lt;@all＆gt;"],
    code: ["`rm -rf`", "｀rm -rf｀"],
    "a quote": ["> said", "＞ said"],
    "a heading": ["ok\n  ## 已同意", "ok\n  ＃＃ 已同意"],
    bold: ["**urgent**", "＊＊urgent＊＊"],
    "text turned round": ["a\u202eb\u200bc", "abc"],
  };
  for (const [what, [given, expected]] of Object.entries(cases)) {
    it(`defuses ${what}`, () => assert.equal(markdownText(given), expected));
  }

  it("leaves ordinary text alone", () => {
    const text = "/var/log/*.gz 占用 95 %, issue #7, a_b-c (2/3)\n第二行";
    assert.equal(markdownText(text), text);
  });

  it("leaves no markup behind, whatever came in", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: fc.constantFrom(..."<>&[]`*# @\n\r\t") }),
        (a, b) => {
          for (const text of [a, b, a + b]) {
            assert.doesNotMatch(markdownText(text), /[<>&[\]`]|\*\*|^\s*#/m);
          }
        },
      ),
    );
  });
});

describe("splitting text by bytes", () => {
  it("loses nothing, splits no character and keeps every piece within the limit", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 64 }), (text, maxBytes) => {
        const pieces = splitText(text, maxBytes);
        assert.equal(pieces.join(""), text);
        for (const piece of pieces) {
          assert.ok(piece !== "" && Buffer.byteLength(piece) <= maxBytes);
          assert.ok(piece.isWellFormed() && !piece.includes("\ufffd"));
        }
      }),
    );
  });

  it("cuts after the last line end that fits", () => {
    assert.deepEqual(splitText("aaaa\nbbbb\ncccc", 12), ["aaaa\nbbbb\n", "cccc"]);
  });

  it("cuts inside a line rather than leave a piece nearly empty", () => {
    assert.deepEqual(splitText(`a\n${"b".repeat(20)}`, 12), [`a\n${"b".repeat(10)}`, "b".repeat(10)]);
  });

  it("cuts between characters of several bytes", () => {
    assert.deepEqual(splitText("字字字", 7), ["字字", "字"]);
  });
});

describe("making messages of a markdown text", () => {
  it("keeps a text that just fits as one message without a number", () => {
    const text = `${"字".repeat(682)}ab`;
    assert.equal(Buffer.byteLength(text), MAX_TEXT_BYTES);
    assert.deepEqual(textMessages(text), [text]);
  });

  it("leaves room for the number", () => {
    for (const message of textMessages("a".repeat(5_000))) {
      assert.ok(Buffer.byteLength(message) <= MAX_TEXT_BYTES);
    }
  });

  it("numbers the messages of a longer text", () => {
    const messages = textMessages("字".repeat(683));
    assert.deepEqual(
      messages.map((message) => message.slice(0, 6)),
      ["(1/2)\n", "(2/2)\n"],
    );
  });

  it("keeps every message within the limit, numbers included, and in order", () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 5, maxLength: 40 }), (parts) => {
        const text = parts.join("字\n");
        const messages = textMessages(text);
        for (const message of messages) assert.ok(Buffer.byteLength(message) <= MAX_TEXT_BYTES);
        const joined = messages.map((message) => message.replace(/^\(\d+\/\d+\)\n/, "")).join("");
        assert.equal(joined.replaceAll(/\s/g, ""), text.replaceAll(/\s/g, ""));
      }),
      { numRuns: 50 },
    );
  });

  it("makes no message of blanks", () => {
    assert.deepEqual(textMessages(" \n\u200b\n "), []);
    assert.equal(textMessages(`a${"\n".repeat(5_000)}b`).length, 2);
  });

  it("keeps WeCom's own markup", () => {
    const text = '# 结果\n<font color="info">成功</font> [日志](https://whale.example/1)';
    assert.deepEqual(textMessages(text), [text]);
  });
});
