import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readTime } from "../../../adapters/sources/read-time.ts";

const SHANGHAI = "Asia/Shanghai";

const TIMES: readonly [value: unknown, expected: string | undefined, why: string][] = [
  ["2025-06-10T02:14:37.482Z", "2025-06-10T02:14:37.482Z", "RFC 3339"],
  ["2020-08-08T14:32:08.326990857Z", "2020-08-08T14:32:08.326990857Z", "nanoseconds are kept"],
  ["2025-06-11T09:03:12Z", "2025-06-11T09:03:12Z", "whole seconds stay whole"],
  ["2026-11-20T10:00:00+08:00", "2026-11-20T02:00:00Z", "an offset"],
  ["2026-11-20 10:00:00.5 +0800", "2026-11-20T02:00:00.5Z", "a blank for T, an offset without colon"],
  ["2026-11-20 10:00:00", "2026-11-20T02:00:00Z", "local time in the source's zone"],
  ["2026/11/20 10:00", "2026-11-20T02:00:00Z", "slashes, no seconds"],
  ["2026.11.20", "2026-11-19T16:00:00Z", "a date alone"],
  [1_749_521_677, "2025-06-10T02:14:37.000Z", "Unix seconds"],
  [1_749_521_677_482, "2025-06-10T02:14:37.482Z", "Unix milliseconds"],
  ["1749521677482000", "2025-06-10T02:14:37.482Z", "Unix microseconds as text"],
  ["1749521677482000123", "2025-06-10T02:14:37.482Z", "Unix nanoseconds as text"],
  ["0001-01-01T00:00:00Z", undefined, "the year 1 means none"],
  ["1970-01-01T00:00:00Z", undefined, "1970 means none"],
  [0, undefined, "zero means none"],
  ["0", undefined, "zero as text"],
  ["", undefined, "empty text"],
  [null, undefined, "null"],
  ["2026-02-30T00:00:00Z", undefined, "a day that is not there"],
  ["2026-13-01T00:00:00Z", undefined, "a month that is not there"],
  ["2026-11-27T08:60:00Z", undefined, "a minute that is not there"],
  ["2026-11-27 08:61:00", undefined, "a minute that is not there in local time"],
  ["2026-11-27T08:00:99Z", undefined, "a second that is not there"],
  ["2026-11-27T07:59:60+08:00", undefined, "a leap second, which no clock of ours has"],
  ["2026-11-27T08:00:00+99:99", undefined, "an offset that is nowhere"],
  ["2026-11-27T08:00:00+14:01", undefined, "an offset beyond the largest"],
  ["2026-11-27T08:00:00-15:00", undefined, "an offset beyond the smallest"],
  ["2026-11-27T08:00:00+08:60", undefined, "an offset of minutes that are not there"],
  ["2026-11-27T08:00:00+14:00", "2026-11-26T18:00:00Z", "the largest offset"],
  ["2026-11-27T08:00:00-0930", "2026-11-27T17:30:00Z", "an offset to the west"],
  ["2026-11-27T08:59:59Z", "2026-11-27T08:59:59Z", "the last second of an hour"],
  ["yesterday", undefined, "words"],
  [Number.NaN, undefined, "not a number"],
  [Number.MAX_VALUE, undefined, "a number that no unit explains, without looking for one for ever"],
  [1e19, undefined, "a number of one digit more than nanoseconds have"],
];

for (const [value, expected, why] of TIMES) {
  test(`reads ${String(value) || "an empty text"} as ${expected ?? "none"}: ${why}`, () => {
    assert.equal(readTime(value, SHANGHAI), expected);
  });
}

test("takes the offset that a zone with summer time has at that moment", () => {
  assert.equal(readTime("2026-07-01 12:00:00", "Europe/Berlin"), "2026-07-01T10:00:00Z");
  assert.equal(readTime("2026-12-01 12:00:00", "Europe/Berlin"), "2026-12-01T11:00:00Z");
  assert.equal(readTime("2026-10-25 01:30:00", "Europe/Berlin"), "2026-10-24T23:30:00Z");
});

test("gives back every instant that it is given in ISO form", () => {
  const instants = fc.date({ min: new Date("1971-01-02"), max: new Date("2200-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(instants, (instant) => {
      assert.equal(Date.parse(readTime(instant.toISOString(), SHANGHAI) ?? ""), instant.getTime());
    }),
  );
});

test("reads what it takes as it came as it reads the same text with a blank before it", () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, "0"));
  const fraction = fc.constantFrom("", ".0", ".000", ".120", ".123456789", ".1234567890");
  const years = fc.constantFrom("0001", "1970", "1999", "2000", "2026", "2099", "2100", "9999");
  const texts = fc.tuple(years, two(13), two(32), two(25), two(61), two(61), fraction);
  fc.assert(
    fc.property(texts, ([year, month, day, hour, minute, second, rest]) => {
      const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${rest}Z`;
      assert.equal(readTime(text, SHANGHAI), readTime(` ${text}`, SHANGHAI));
    }),
    { numRuns: 2000 },
  );
});

test("never throws on any text or number", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), (value) => {
      readTime(value, SHANGHAI);
    }),
  );
});
