import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../core/time/index.ts";

test("durations are read in their units, with white space around", () => {
  const cases: [string, number][] = [
    ["500ms", 500],
    ["30s", 30_000],
    ["10m", 600_000],
    ["1h", 3_600_000],
    ["2d", 172_800_000],
    [" 5m ", 300_000],
    ["007s", 7000],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

test("what is no duration, or lasts nothing, is null", () => {
  for (const text of [
    "",
    "0s",
    "10",
    "m",
    "1.5h",
    "-1s",
    "1 h",
    "1h30m",
    "1w",
    "1H",
    "1234567890s",
    "１m",
    "1s\n2s",
  ]) {
    assert.equal(parseDuration(text), null, JSON.stringify(text));
  }
});

test("durations are written in the largest unit that leaves a whole number", () => {
  const cases: [number, string][] = [
    [500, "500ms"],
    [1000, "1s"],
    [1500, "2s"],
    [60_000, "1m"],
    [90_000, "90s"],
    [3_600_000, "1h"],
    [86_400_000, "1d"],
    [90_000_000, "25h"],
    [0, "0ms"],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

test("what is written for whole seconds is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
      assert.equal(parseDuration(formatDuration(seconds * 1000)), seconds * 1000);
    }),
  );
});
