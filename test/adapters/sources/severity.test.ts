import assert from "node:assert/strict";
import { test } from "node:test";
import { severityOf } from "../../../adapters/sources/severity.ts";

const LEVELS: readonly [word: string | undefined, level: string][] = [
  ["critical", "critical"],
  ["page", "critical"],
  ["emergency", "critical"],
  ["error", "major"],
  ["major", "major"],
  ["high", "major"],
  [" Warning ", "warning"],
  ["warn", "warning"],
  ["ticket", "warning"],
  ["info", "info"],
  ["notice", "info"],
  ["none", "info"],
  ["P1", "unknown"],
  ["constructor", "unknown"],
  ["", "unknown"],
  [undefined, "unknown"],
];

for (const [word, level] of LEVELS) {
  test(`takes the word ${JSON.stringify(word)} for ${level}`, () => {
    assert.equal(severityOf(word), level);
  });
}
