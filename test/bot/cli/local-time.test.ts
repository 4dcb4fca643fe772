import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clusterLine } from "../../../bot/cli/clusters.ts";
import { findingLines } from "../../../bot/cli/finding-words.ts";
import { localTime } from "../../../bot/cli/local-time.ts";
import { stopLine } from "../../../bot/cli/stops.ts";

test("tells a time in the zone of the person, day, offset and all", () => {
  const late = "2026-11-25T18:30:05.123Z";
  assert.equal(localTime(late, "Asia/Shanghai"), "2026-11-26T02:30:05+08:00");
  assert.equal(localTime(late, "UTC"), "2026-11-25T18:30:05+00:00");
  assert.equal(localTime(late, "America/St_Johns"), "2026-11-25T15:00:05-03:30");
});

test("the time that is told means the same instant, in summer and in winter", () => {
  const zones = ["Asia/Shanghai", "UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"];
  const min = new Date("2000-01-01T00:00:00Z");
  const max = new Date("2090-01-01T00:00:00Z");
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), fc.constantFrom(...zones), (date, zone) => {
      const secondMs = Math.floor(date.getTime() / 1000) * 1000;
      assert.equal(Date.parse(localTime(date.toISOString(), zone)), secondMs);
    }),
  );
});

test("states of clusters and stops are told in that form too", () => {
  const since = "2026-11-25T18:30:05.123Z";
  const cluster = { name: "hz", state: "up" as const, since, open: 0, drain: null, left: null };
  assert.match(clusterLine(cluster, "Asia/Shanghai"), / · 2026-11-26T02:30:05\+08:00 · /);
  const stop = { stop: "everything", by: "user:li", at: since, why: "x" };
  assert.match(stopLine(stop, "Asia/Shanghai"), / · 2026-11-26T02:30:05\+08:00 · x$/);
});

test("what doctor heard of a running process is told in that form, and what is no time stays as it is", () => {
  const message = "user:li, 2026-11-25T18:30:05.123Z: 断电 2026-13-25T18:30:05Z (since 2026-11-25T18:30:05Z)";
  const finding = { about: "process", outcome: "reduced" as const, cause: "warning", message };
  const [line = ""] = findingLines(finding, "Asia/Shanghai");
  const at = "2026-11-26T02:30:05+08:00";
  assert.ok(line.endsWith(`user:li, ${at}: 断电 2026-13-25T18:30:05Z (since ${at})`), line);
});
