import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { shownText } from "../../../core/pages/index.ts";

const CASES: [name: string, text: string, shown: string][] = [
  ["an override of the direction", "exe.\u202Egnp", "exe.⟨U+202E⟩gnp"],
  ["an isolate", "a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"],
  ["zero-width characters", "a\u200bb\u200dc\ufeff", "a⟨U+200B⟩b⟨U+200D⟩c⟨U+FEFF⟩"],
  ["a null and an escape", "a\u0000\u001b[31m", "a⟨U+0000⟩⟨U+001B⟩[31m"],
  ["other line ends", "a\u2028b\u0085c", "a⟨U+2028⟩b⟨U+0085⟩c"],
  ["characters that fill space", "a\u3164\u115f", "a⟨U+3164⟩⟨U+115F⟩"],
  ["letters of a tag", "a\u{e0041}", "a⟨U+E0041⟩"],
  ["half a pair", "a\ud800", "a\ufffd"],
  ["a Cyrillic letter among Latin ones", "p\u0430ypal.com", "pа⟨U+0430⟩ypal.com"],
  ["a Greek letter among Latin ones", "\u03bfracle", "ο⟨U+03BF⟩racle"],
];

const UNCHANGED: [name: string, text: string][] = [
  ["plain text of both languages", "磁盘使用率 91% on vm-1, /var/log"],
  ["line feeds and tabs", "a\n\tb"],
  ["Cyrillic and Hebrew words", "Привет, мир! שלום"],
  ["units", "10μs, 5kΩ, Δt"],
  ["accents", "café cafe\u0301"],
  ["pictures, joined and in colour", "👨‍👩‍👧 ❤️ 🇨🇳 👍🏽"],
];

describe("text of others on a page", () => {
  for (const [name, text, shown] of CASES) {
    test(`shows ${name}`, () => assert.equal(shownText(text), shown));
  }

  for (const [name, text] of UNCHANGED) {
    test(`leaves ${name} as they are`, () => assert.equal(shownText(text), text));
  }

  test("has the line ends of every system as line feeds", () => {
    assert.equal(shownText("a\r\nb\rc"), "a\nb\nc");
  });

  test("hides nothing, whatever it is", () => {
    const hidden = /[[\p{Cc}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\ufeff]--[\n\t]]/v;
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !hidden.test(shownText(text))));
  });

  test("takes time in proportion to its length", () => {
    const long = `${"a\u0430".repeat(50_000)}${"\u200d".repeat(50_000)}`;
    const before = process.threadCpuUsage();
    shownText(long);
    assert.ok(
      process.threadCpuUsage(before).user < 2_000_000,
      "microseconds, whoever else the processor works for",
    );
  });
});
