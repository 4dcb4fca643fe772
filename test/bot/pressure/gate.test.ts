import assert from "node:assert/strict";
import { test } from "node:test";
import { createPressureGate, type SampledFacts } from "../../../bot/pressure/index.ts";
import { recordingLog } from "../../support/log.ts";
import { countedMetrics } from "../workers/parts.ts";

const LIMITS = {
  minFreeDiskBytes: 100,
  maxBehind: 10,
  maxRssBytes: 1000,
  maxHeapShare: 0.9,
  maxInFlightBytes: 1000,
};
const CALM: SampledFacts = {
  freeDiskBytes: 1000,
  behind: { rules: 0 },
  rssBytes: 1,
  usedBytes: 1,
  heapShare: 0.1,
};

function setting() {
  const log = recordingLog();
  const gauges = new Map<string, number>();
  const metrics = {
    ...countedMetrics(),
    gauge: (name: string, value: number, labels = {}) =>
      void gauges.set(`${name} ${Object.values(labels)}`, value),
  };
  return { log, gauges, gate: createPressureGate({ limits: LIMITS, log, metrics }) };
}

test("before anything is measured it takes", () => {
  const { gate } = setting();
  assert.deepEqual([gate.sheds(), gate.fault()], [false, null]);
});

test("each change of the level is logged once with its reason and shown as a gauge", () => {
  const { gate, log, gauges } = setting();
  for (const freeDiskBytes of [1000, 99, 50, 105, 1000, 1000]) gate.sampled({ ...CALM, freeDiskBytes });
  assert.deepEqual(
    log.lines.map(({ level, message, fields }) => [level, message, fields["reason"]]),
    [
      ["warn", "intake sheds events", "disk_low"],
      ["info", "intake takes events again", undefined],
    ],
  );
  assert.equal(gauges.get("intake_shedding disk_low"), 0);
  gate.sampled({ ...CALM, freeDiskBytes: 1, rssBytes: 2000, usedBytes: 2000 });
  gate.sampled({ ...CALM, freeDiskBytes: 1 });
  assert.equal(gauges.get("intake_shedding disk_low"), 1);
  assert.equal(gauges.get("intake_shedding memory_high"), 0);
  assert.match(gate.fault() ?? "", /^disk_low: 0 MB free/);
});

test("bodies in flight never exceed their limit together, and the room they leave is given again", () => {
  const { gate } = setting();
  assert.equal(gate.enter(600), true);
  assert.equal(gate.enter(400), true);
  assert.equal(gate.sheds(), false);
  assert.equal(gate.enter(1), false);
  assert.deepEqual([gate.sheds(), gate.pressure().reason], [true, "bodies_in_flight"]);
  gate.leave(50);
  assert.equal(gate.sheds(), true, "still above the low mark");
  gate.leave(500);
  assert.equal(gate.sheds(), false);
  assert.equal(gate.enter(550), true);
});

test("one body alone is taken, however large", () => {
  const { gate } = setting();
  assert.equal(gate.enter(5000), true);
  assert.equal(gate.enter(1), false);
  gate.leave(5000);
  assert.deepEqual([gate.sheds(), gate.enter(1)], [false, true]);
});

test("an answered body does not end what a measure began", () => {
  const { gate } = setting();
  gate.enter(10);
  gate.sampled({ ...CALM, behind: { rules: 1, archive: 10 } });
  gate.leave(10);
  assert.deepEqual([gate.sheds(), gate.pressure().reason], [true, "journal_behind"]);
});

test("intake is crowded by many bodies, or by few that are large", () => {
  const roomy = { ...LIMITS, maxInFlightBytes: Number.POSITIVE_INFINITY };
  const make = () => createPressureGate({ limits: roomy, log: recordingLog(), metrics: countedMetrics() });
  const crowdedBy = (sizes: number[]) => {
    const gate = make();
    for (const size of sizes) gate.enter(size);
    return gate.crowded();
  };
  assert.equal(crowdedBy(Array(23).fill(100)), false);
  assert.equal(crowdedBy(Array(24).fill(100)), true);
  assert.equal(crowdedBy([64 * 1024, 64 * 1024 - 1]), false);
  assert.equal(crowdedBy([64 * 1024, 64 * 1024]), true);
});
