import assert from "node:assert/strict";
import { test } from "node:test";
import { lintRosters } from "../../../core/lint/index.ts";
import type { CalendarRoster } from "../../../core/rosters/index.ts";

const NOW_MS = Date.UTC(2026, 10, 20);
const SHIFT = { fromWallMs: NOW_MS - 1, untilWallMs: NOW_MS + 86_400_000, people: ["li"] };
const FIXED: CalendarRoster = {
  ...{ kind: "calendar", name: "dba", title: "DBA", zone: "UTC", shifts: [SHIFT], overlapMs: 0 },
};
const ROTATION = { startWallMs: 0, everyMs: 86_400_000, turns: [["zhang"]] };

test("warns of a roster that ends, from when on", () => {
  const [found] = lintRosters([FIXED], NOW_MS);
  assert.deepEqual([found?.roster, found?.code], ["dba", "duty_gap"]);
  assert.match(found?.en ?? "", /from 2026-11-21T00:00:00\.000Z on/);
});

test("warns of a hole between shifts, with both its ends", () => {
  const later = { ...SHIFT, fromWallMs: NOW_MS + 2 * 86_400_000, untilWallMs: NOW_MS + 90 * 86_400_000 };
  const [found] = lintRosters([{ ...FIXED, shifts: [SHIFT, later] }], NOW_MS);
  assert.match(found?.zh ?? "", /2026-11-21T00:00:00\.000Z 到 2026-11-22T00:00:00\.000Z/);
});

test("has nothing against a rotation, nor against one that is looked up", () => {
  const lookup = { kind: "http" as const, url: "https://duty.example", users: "{{ data }}" };
  const looked = { kind: "lookup" as const, name: "net", title: "net", lookup, cacheMs: 1 };
  assert.deepEqual(lintRosters([{ ...FIXED, rotation: ROTATION }, looked], NOW_MS), []);
});
