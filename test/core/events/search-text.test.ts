import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { asksForWords, bigrams, foldText, matchExpression, searchText } from "../../../core/events/index.ts";
import { anEvent } from "../../support/builders.ts";

const TOKENS: [name: string, text: string, tokens: string][] = [
  ["cuts a Chinese run in pairs and adds its last character", "磁盘使用率", "磁盘 盘使 使用 用率 率"],
  ["keeps one Chinese character alone", "高", "高"],
  ["begins a new run behind punctuation", "磁盘，使用", "磁盘 盘 使用 用"],
  ["keeps words whole and parts them from Chinese", "CPU使用 vm-1", "cpu 使用 用 vm 1"],
  ["parts words at underscores, dots and slashes", "a_b.c/d", "a b c d"],
  ["makes full-width letters and digits plain", "ＣＰＵ９５％", "cpu95"],
  ["takes accents away", "Café", "cafe"],
  ["leaves out characters that nobody sees", "磁\u200B盘 di\u00ADsk", "磁盘 盘 disk"],
  ["cuts characters outside the basic plane whole", "𠮷野家", "𠮷野 野家 家"],
  ["cuts kana and Hangul like Chinese", "がぎ 한국", "がぎ ぎ 한국 국"],
  ["gives nothing for a text without letters or digits", " —!?\u0000\uD800 ", ""],
];

for (const [name, text, tokens] of TOKENS) {
  test(name, () => assert.equal(bigrams(text), tokens));
}

test("tells a query that holds a word from one that finds whatever there is", () => {
  for (const query of ["磁", "a", "？！ 95", "vm-1"]) assert.equal(asksForWords(query), true, query);
  for (const query of ["", " ", "？！", "-- *", "\u200B", "\uE000"])
    assert.equal(asksForWords(query), false, query);
});

const EXPRESSIONS: [name: string, query: string, expression: string | null][] = [
  ["asks for a Chinese word by its pairs", "磁盘率", '"磁盘 盘率"'],
  ["asks for one Chinese character by its beginning", "盘", '"盘" *'],
  ["asks for every word", "磁盘 disk full", '"磁盘" AND "disk" AND "full"'],
  ["asks once for a word that is said twice", "磁 full 磁 FULL", '"磁" * AND "full"'],
  ["asks for what is written together together", "vm-1", '"vm 1"'],
  ["asks that a run ends where other letters follow it", "使用cpu", '"使用 用 cpu"'],
  ["lets the last run go on", "cpu使用", '"cpu 使用"'],
  ["lets a last single character go on", "cpu使", '"cpu 使" *'],
  ["takes operators for words", "a OR b NOT NEAR(c)", '"a" AND "or" AND "b" AND "not" AND "near c"'],
  ["takes quotes and wildcards away", '"a" b* ^c d:e', '"a" AND "b" AND "c" AND "d e"'],
  ["gives nothing for a query without letters or digits", ' " * - ', null],
  ["gives nothing for an empty query", "", null],
];

for (const [name, query, expression] of EXPRESSIONS) {
  test(name, () => assert.equal(matchExpression(query), expression));
}

test("gathers title, name, subject and all values of labels, annotations and detail at any depth", () => {
  const event = anEvent({
    title: "标题",
    name: "NAME",
    subject: "vm-7",
    labels: { key1: "label" },
    annotations: { key2: "note" },
    detail: { key3: ["a", { key4: "b" }], n: 5, t: true, z: null },
  });
  const tokens = bigrams(searchText(event))
    .split(" ")
    .filter((token) => token !== "\uE000");
  const all = ["标题", "题", "name", "vm", "7", "label", "note", "a", "b"];
  assert.deepEqual(tokens.toSorted(), all.toSorted());
});

test("goes through a detail of any depth", () => {
  let detail = {};
  for (let i = 0; i < 200_000; i++) detail = { a: detail };
  assert.ok(searchText(anEvent({ title: "标题", detail })).includes("标题"));
});

test("throws a TypeError on an event without labels", () => {
  const broken = { ...anEvent(), labels: null as unknown as Record<string, string> };
  assert.throws(() => searchText(broken), TypeError);
});

test("folds a text that is folded already to itself", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aAéÉＡ磁がカﾞ①㎡ßİ\u0301\u200B ") });
  fc.assert(fc.property(text, (one) => assert.equal(foldText(foldText(one)), foldText(one))));
});

test("puts nothing but tokens and its own marks into an expression, whatever the query", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (query) => {
      const expression = matchExpression(query) ?? '"a"';
      for (const phrase of expression.split(" AND "))
        assert.match(phrase, /^"[\p{L}\p{N}\p{M}\p{So} ]+"(?: \*)?$/u);
    }),
  );
});
