import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock, systemIds } from "../../../adapters/telemetry/index.ts";

test("gives ids that are ULIDs, all different and in growing order", () => {
  const ids = Array.from({ length: 5000 }, () => systemIds.ulid());
  assert.ok(ids.every((id) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids, ids.toSorted());
});

test("tells the machine's time in whole milliseconds", () => {
  const before = Date.now();
  const nowMs = systemClock.nowMs();
  assert.ok(Number.isInteger(nowMs) && nowMs >= before && nowMs <= Date.now());
});
