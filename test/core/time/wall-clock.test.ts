import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantOfWallClock, parseWallClock, wallClockMs } from "../../../core/time/index.ts";

const CASES: [what: string, zone: string, wall: string, instant: string][] = [
  ["a time in a zone without changes", "Asia/Shanghai", "2026-11-02T10:00", "2026-11-02T02:00:00Z"],
  ["a time in summer", "Europe/Berlin", "2026-07-01T10:00", "2026-07-01T08:00:00Z"],
  ["a time in winter", "Europe/Berlin", "2026-12-01T10:00", "2026-12-01T09:00:00Z"],
  ["a time that spring leaves out", "Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z"],
  ["the first of a time that autumn has twice", "Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"],
  ["a time after that hour", "Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"],
  ["a change by half an hour", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"],
  ["a day that was left out", "Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z"],
];

for (const [what, zone, wall, instant] of CASES) {
  test(`finds the instant of ${what}`, () => {
    const found = instantOfWallClock(parseWallClock(wall) ?? 0, zone);
    assert.equal(new Date(found).toISOString(), instant.replace("Z", ".000Z"));
  });
}

for (const text of ["2026-02-30T10:00", "2026-11-02", "2026-11-02T24:01", "2026-11-02T10:00Z", "now"]) {
  test(`does not take ${text} for a time on a wall`, () => assert.equal(parseWallClock(text), null));
}

test("gives the first minute at which the wall shows the time or a later one, whatever the zone", () => {
  const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata");
  const minutes = fc.integer({ min: 0, max: 366 * 1_440 });
  fc.assert(
    fc.property(zones, minutes, (zone, minute) => {
      const wallMs = Date.UTC(2026, 0, 1) + minute * 60_000;
      const found = instantOfWallClock(wallMs, zone);
      assert.ok(wallClockMs(found, zone) >= wallMs);
      assert.ok(wallClockMs(found - 60_000, zone) < wallMs);
    }),
  );
});
