import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readConfig } from "../../../adapters/sqlite/config.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

const OPTIONS = { dataDir: "/tmp/data", clock: movableClock(), log: silentLog };

describe("options of the SQLite store", () => {
  test("have 8 partitions and a window of 5 minutes unless told otherwise", () => {
    const { partitions, dedupeWindowMs } = readConfig(OPTIONS);
    assert.deepEqual({ partitions, dedupeWindowMs }, { partitions: 8, dedupeWindowMs: 300_000 });
  });

  const wrong: [string, object][] = [
    ["partitions is 0", { partitions: 0 }],
    ["partitions is 2.5", { partitions: 2.5 }],
    ["partitions is 1025", { partitions: 1025 }],
    ["dedupeWindowMs is 0", { dedupeWindowMs: 0 }],
    ["dedupeWindowMs is NaN", { dedupeWindowMs: Number.NaN }],
    ['dataDir is ""', { dataDir: "" }],
  ];
  for (const [told, overrides] of wrong) {
    test(`are refused when ${told}, naming it`, () => {
      const refused = { code: "store.bad_option", message: new RegExp(`option ${told},`) };
      assert.throws(() => readConfig({ ...OPTIONS, ...overrides }), refused);
    });
  }
});
