import assert from "node:assert/strict";
import { test } from "node:test";
import { commonLanguage } from "../../../core/languages/index.ts";
import type { Language } from "../../../core/texts/index.ts";

const CASES: [read: Language[], fallback: Language, common: Language][] = [
  [[], "zh", "zh"],
  [["en"], "zh", "en"],
  [["en", "zh", "en"], "zh", "en"],
  [["en", "zh"], "zh", "zh"],
  [["zh", "en"], "en", "en"],
];

for (const [read, fallback, common] of CASES) {
  test(`a message to readers of [${read.join(", ")}] is in ${common} where ${fallback} is the default`, () => {
    assert.equal(commonLanguage(read, fallback), common);
  });
}
