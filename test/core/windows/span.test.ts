import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cronTimes } from "../../../adapters/cron/index.ts";
import { compileSpan, localMinute, type Span, WEEKDAYS } from "../../../core/windows/index.ts";

const SHANGHAI = "Asia/Shanghai";
const BERLIN = "Europe/Berlin";

function endAt(span: Span, at: string): string | null {
  const end = compileSpan(span, cronTimes).endAt(Date.parse(at));
  return end === null ? null : new Date(end).toISOString();
}

describe("a weekly span", () => {
  // 2026-11-25 is a Wednesday; in Shanghai it is eight hours later than in UTC.
  const office: Span = { kind: "weekly", days: ["wed"], fromMinute: 540, untilMinute: 1_080, zone: SHANGHAI };
  const night: Span = { kind: "weekly", days: ["wed"], fromMinute: 1_320, untilMinute: 360, zone: SHANGHAI };
  const whole: Span = { kind: "weekly", days: ["wed"], fromMinute: 0, untilMinute: 0, zone: SHANGHAI };
  const CASES: [what: string, span: Span, at: string, end: string | null][] = [
    ["its first minute", office, "2026-11-25T01:00:00.000Z", "2026-11-25T10:00:00.000Z"],
    ["just before it", office, "2026-11-25T00:59:59.999Z", null],
    ["its last millisecond", office, "2026-11-25T09:59:59.999Z", "2026-11-25T10:00:00.000Z"],
    ["its end", office, "2026-11-25T10:00:00.000Z", null],
    ["the same time on another day", office, "2026-11-26T02:00:00.000Z", null],
    ["the evening of a night", night, "2026-11-25T15:00:00.000Z", "2026-11-25T22:00:00.000Z"],
    ["the morning after it", night, "2026-11-25T21:59:00.000Z", "2026-11-25T22:00:00.000Z"],
    ["the morning before it", night, "2026-11-24T21:59:00.000Z", null],
    ["the end of the night", night, "2026-11-25T22:00:00.000Z", null],
    ["the start of a whole day", whole, "2026-11-24T16:00:00.000Z", "2026-11-25T16:00:00.000Z"],
    ["the end of a whole day", whole, "2026-11-25T16:00:00.000Z", null],
  ];
  for (const [what, span, at, end] of CASES) {
    test(`holds ${end === null ? "not " : ""}at ${what}`, () => assert.equal(endAt(span, at), end));
  }
});

describe("a span of a cron expression", () => {
  const saturday: Span = { kind: "cron", cron: "30 2 * * 6", zone: SHANGHAI, forMs: 90 * 60_000 };
  const CASES: [what: string, at: string, end: string | null][] = [
    ["its start", "2026-11-27T18:30:00.000Z", "2026-11-27T20:00:00.000Z"],
    ["just before", "2026-11-27T18:29:59.999Z", null],
    ["its last millisecond", "2026-11-27T19:59:59.999Z", "2026-11-27T20:00:00.000Z"],
    ["its end", "2026-11-27T20:00:00.000Z", null],
    ["the same time a day later", "2026-11-28T18:30:00.000Z", null],
  ];
  for (const [what, at, end] of CASES) {
    test(`holds ${end === null ? "not " : ""}at ${what}`, () => assert.equal(endAt(saturday, at), end));
  }

  test("follows the clock of a zone with summer time", () => {
    const daily: Span = { kind: "cron", cron: "0 3 * * *", zone: BERLIN, forMs: 60_000 };
    assert.equal(endAt(daily, "2026-07-01T01:00:30.000Z"), "2026-07-01T01:01:00.000Z");
    assert.equal(endAt(daily, "2026-12-01T02:00:30.000Z"), "2026-12-01T02:01:00.000Z");
  });

  test("that begins anew before it ends lasts until the end of the later one", () => {
    const often: Span = { kind: "cron", cron: "*/10 * * * *", zone: "UTC", forMs: 900_000 };
    assert.equal(endAt(often, "2026-11-25T12:11:00.000Z"), "2026-11-25T12:25:00.000Z");
  });

  test("gives the same answer in any order of asking", () => {
    const first = compileSpan(saturday, cronTimes);
    const minutes = fc.array(fc.integer({ min: 0, max: 10_080 }), { maxLength: 20 });
    const start = Date.parse("2026-11-23T00:00:00Z");
    fc.assert(
      fc.property(minutes, (asked) => {
        for (const minute of asked) {
          const atMs = start + minute * 60_000;
          assert.equal(first.endAt(atMs), compileSpan(saturday, cronTimes).endAt(atMs));
        }
      }),
      { numRuns: 10 },
    );
  });
});

test("a span of one time takes its beginning in and leaves its end out", () => {
  const once: Span = { kind: "once", fromMs: 1_000, untilMs: 2_000 };
  const { endAt: end } = compileSpan(once, cronTimes);
  assert.deepEqual([999, 1_000, 1_999, 2_000].map(end), [null, 2_000, 2_000, null]);
});

test("the local minute is the one that the clock of the zone shows", () => {
  assert.deepEqual(localMinute(Date.parse("2026-11-24T16:05:59Z"), SHANGHAI), { weekday: "wed", minute: 5 });
  assert.deepEqual(localMinute(Date.parse("2026-11-29T22:59:00Z"), BERLIN), {
    weekday: "sun",
    minute: 1_439,
  });
  assert.equal(WEEKDAYS.length, 7);
});
