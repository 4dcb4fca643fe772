import assert from "node:assert/strict";
import { test } from "node:test";
import { isoTime, parseTimeMs } from "../../../adapters/stackstorm/time.ts";

const WHOLE = Date.UTC(2026, 10, 1, 8, 30, 5);

const cases: [text: string, ms: number | null][] = [
  ["2026-11-01T08:30:05.123456Z", WHOLE + 123],
  ["2026-11-01T08:30:05.999999Z", WHOLE + 999],
  ["2026-11-01T08:30:05Z", WHOLE],
  ["2026-11-01T08:30:05.1Z", WHOLE + 100],
  ["2026-11-01T08:30:05.123456+00:00", WHOLE + 123],
  ["2026-11-01T08:30:05+0000", WHOLE],
  ["2026-11-01T08:30:05+00", WHOLE],
  ["2026-11-01 08:30:05.123000+00:00", WHOLE + 123],
  ["2026-11-01T08:30:05", WHOLE],
  ["2026-11-01T08:30:05+08:00", null],
  ["2026-13-01T08:30:05Z", null],
  ["2026-11-01", null],
  ["", null],
  ["now", null],
];

for (const [text, ms] of cases) {
  test(`the time "${text}" is read as ${ms === null ? "nothing" : new Date(ms).toISOString()}`, () => {
    assert.equal(parseTimeMs(text), ms);
    assert.equal(isoTime(text), ms === null ? undefined : new Date(ms).toISOString());
  });
}

test("an absent time stays absent", () => {
  assert.equal(isoTime(undefined), undefined);
});
