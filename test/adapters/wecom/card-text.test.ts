import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { cardText, cleanLine, cleanLines, shorten } from "../../../adapters/wecom/card-text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });

describe("cleaning text for a screen", () => {
  it("removes zero-width characters, direction marks, soft hyphens and controls", () => {
    assert.equal(cleanLine("a\u200bb\u202ec\u2066d\u00ade\u0007f\ufeffg\u009bh\u{e0041}i"), "abcdefghi");
  });

  it("keeps emoji with their variant and characters outside the basic plane", () => {
    assert.equal(cleanLine("⚠️ 磁盘 𠮷 é"), "⚠️ 磁盘 𠮷 é");
  });

  it("makes one blank of line ends and tabs, and none at the edges", () => {
    assert.equal(cleanLine("\n a \r\n\r\n\tb\u2028c \n"), "a b c");
  });

  it("keeps line feeds and only them where several lines are allowed", () => {
    assert.equal(cleanLines("a\r\nb\rc\u2029d\te\u0000"), "a\nb\nc\nd  e");
  });

  it("replaces half a character, which JSON would escape and WeCom refuse", () => {
    assert.equal(cleanLine("a\ud800b"), "a\ufffdb");
    assert.equal(cleanLines("a\udc00b"), "a\ufffdb");
  });

  it("leaves no character behind that hides or that JSON must escape by number, whatever came in", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const clean of [cleanLine(text), cleanLines(text)]) {
          assert.doesNotMatch(clean, /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
          assert.doesNotMatch(JSON.stringify(clean).replaceAll("\\\\", ""), /\\u/);
        }
        assert.ok(!cleanLine(text).includes("\n"));
      }),
    );
  });
});

describe("text within a card", () => {
  it("holds nothing that a client which reads entities would take for markup", () => {
    assert.equal(cardText("&lt;@all&gt; &#60;a &#x5d( &lt", 60), "＆lt;@all＆gt; ＆#60;a ＆#x5d( ＆lt");
  });

  it("keeps an ampersand that is none, as in an address", () => {
    assert.equal(cardText("http://a/?b=1&c=2 & more", 60), "http://a/?b=1&c=2 & more");
  });
});

describe("shortening text", () => {
  it("leaves text within the limit alone", () => {
    assert.equal(shorten("一二三", 3), "一二三");
  });

  it("shows that something was cut", () => {
    assert.equal(shorten("一二三四", 3), "一二…");
  });

  it("counts characters, not UTF-16 units", () => {
    assert.equal(shorten("😀😀😀", 3), "😀😀😀");
    assert.equal(shorten("😀😀😀😀", 3), "😀😀…");
  });

  it("never exceeds the limit, splits a character or changes what it keeps", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const short = shorten(text, max);
        const kept = short === text ? text : short.slice(0, -1);
        assert.ok([...short].length <= max);
        assert.ok(short.isWellFormed());
        assert.ok(text.startsWith(kept));
        assert.equal(short === text, [...text].length <= max);
      }),
    );
  });

  it("gives the fallback where nothing visible is left", () => {
    assert.equal(cardText("\u200b\n", 5, "—"), "—");
  });
});
