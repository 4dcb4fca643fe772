import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  judgePressure,
  NO_PRESSURE,
  type Pressure,
  type PressureFacts,
  type PressureLimits,
  type PressureReason,
  pressureText,
  retryAfterSeconds,
} from "../../../core/pressure/index.ts";

const LIMITS: PressureLimits = {
  minFreeDiskBytes: 90,
  maxBehind: 1000,
  maxRssBytes: 1000,
  maxHeapShare: 0.8,
  maxInFlightBytes: 1000,
};

const CALM: PressureFacts = {
  freeDiskBytes: 1e6,
  behind: { rules: 0, archive: 0 },
  rssBytes: 10,
  usedBytes: 10,
  heapShare: 0.1,
  inFlightBytes: 0,
};

function judged(facts: Partial<PressureFacts>, before: Pressure = NO_PRESSURE): Pressure {
  return judgePressure(before, { ...CALM, ...facts }, LIMITS);
}

const CASES: [
  name: string,
  reason: PressureReason,
  over: Partial<PressureFacts>,
  between: Partial<PressureFacts>,
  under: Partial<PressureFacts>,
][] = [
  ["the disk", "disk_low", { freeDiskBytes: 90 }, { freeDiskBytes: 95 }, { freeDiskBytes: 101 }],
  [
    "resident memory",
    "memory_high",
    { rssBytes: 1000, usedBytes: 1000 },
    { rssBytes: 950, usedBytes: 950 },
    { rssBytes: 899, usedBytes: 899 },
  ],
  ["the heap", "memory_high", { heapShare: 0.8 }, { heapShare: 0.75 }, { heapShare: 0.71 }],
  [
    "the rules",
    "journal_behind",
    { behind: { rules: 1000 } },
    { behind: { rules: 950 } },
    { behind: { rules: 899 } },
  ],
  [
    "the archive",
    "journal_behind",
    { behind: { rules: 0, archive: 1000 } },
    { behind: { rules: 0, archive: 950 } },
    { behind: { rules: 0, archive: 899 } },
  ],
  [
    "bodies in flight",
    "bodies_in_flight",
    { inFlightBytes: 1000 },
    { inFlightBytes: 950 },
    { inFlightBytes: 499 },
  ],
];

for (const [name, reason, over, between, under] of CASES) {
  describe(`${name} near the limit`, () => {
    test(`sheds from the limit on, as ${reason}`, () => {
      assert.deepEqual(judged(over), { outcome: "sheds", reason, over: [reason] });
    });

    test("stays as it was between the marks", () => {
      assert.equal(judged(between).outcome, "takes");
      assert.equal(judged(between, judged(over)).outcome, "sheds");
    });

    test("takes again below the low mark", () => {
      assert.deepEqual(judged(under, judged(over)), NO_PRESSURE);
    });

    test("is told with what there is and where the limit lies", () => {
      assert.match(pressureText(reason, { ...CALM, ...over }, LIMITS), new RegExp(`^${reason}: .*\\d`));
      assert.ok(retryAfterSeconds(reason) >= 1);
    });
  });
}

test("within all limits it takes", () => {
  assert.deepEqual(judged({}), NO_PRESSURE);
});

test("the gravest reason is named first, and each goes by itself", () => {
  const both = judged({ freeDiskBytes: 1, inFlightBytes: 2000 });
  assert.deepEqual(both, { outcome: "sheds", reason: "disk_low", over: ["disk_low", "bodies_in_flight"] });
  const one = judged({ inFlightBytes: 950 }, both);
  assert.deepEqual([one.reason, one.over], ["bodies_in_flight", ["bodies_in_flight"]]);
});

test("a full disk sheds, and no limit of the disk never does", () => {
  assert.equal(judged({ freeDiskBytes: 0 }).reason, "disk_low");
  const limits = { ...LIMITS, minFreeDiskBytes: 0 };
  for (const freeDiskBytes of [0, 1]) {
    assert.equal(judgePressure(NO_PRESSURE, { ...CALM, freeDiskBytes }, limits).outcome, "takes");
  }
});

test("what wavers between the marks changes the level once at most", () => {
  const wavering = fc.array(fc.integer({ min: 501, max: 1050 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(wavering, (sizes) => {
      let level = NO_PRESSURE;
      let changes = 0;
      for (const inFlightBytes of sizes) {
        const next = judged({ inFlightBytes }, level);
        if (next.outcome !== level.outcome) changes++;
        level = next;
      }
      assert.ok(changes <= 1);
    }),
  );
});

test("memory that was in use once and is still resident turns nothing away", () => {
  const resident = { ...CALM, rssBytes: 5_000, usedBytes: 499 };
  assert.deepEqual(judgePressure(NO_PRESSURE, resident, LIMITS).over, []);
  assert.deepEqual(judgePressure(NO_PRESSURE, { ...resident, usedBytes: 500 }, LIMITS).over, ["memory_high"]);
});
