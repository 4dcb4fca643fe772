import assert from "node:assert/strict";
import { test } from "node:test";
import { createPressureGate, measureMachine, startPressureSampler } from "../../../bot/pressure/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { countedMetrics, eventually } from "../workers/parts.ts";

const LIMITS = {
  minFreeDiskBytes: 100,
  maxBehind: 10,
  maxRssBytes: 1000,
  maxHeapShare: 0.9,
  maxInFlightBytes: 1000,
};
const CALM = { freeDiskBytes: 1000, rssBytes: 1, usedBytes: 1, heapShare: 0.1 };

function aGate() {
  return createPressureGate({ limits: LIMITS, log: silentLog, metrics: countedMetrics() });
}

test("the gate knows disk, memory and every reader before the first request is taken, and again when woken", async (t) => {
  const gate = aGate();
  const behind = { rules: 0, archive: 10 };
  const journal = { lag: async (reader: "rules" | "archive") => behind[reader] };
  const clock = movableClock();
  const machine = async () => CALM;
  const sampler = await startPressureSampler({ gate, journal, machine, clock, log: silentLog });
  t.after(() => sampler.stop());
  assert.match(gate.fault() ?? "", /rules 0, archive 10/);
  behind.archive = 8;
  sampler.wake();
  await eventually("intake to take again", () => !gate.sheds());
});

test("what cannot be measured is logged, and the level stays", async (t) => {
  const gate = aGate();
  const log = recordingLog();
  let broken = false;
  const machine = async () => {
    if (broken) throw new Error("no such folder");
    broken = true;
    return { ...CALM, freeDiskBytes: 1 };
  };
  const journal = { lag: async () => 0 };
  const sampler = await startPressureSampler({ gate, journal, machine, clock: movableClock(), log });
  t.after(() => sampler.stop());
  await eventually("the failure to be logged", () => log.lines.length > 0);
  assert.deepEqual([log.lines[0]?.fields["reason"], gate.pressure().reason], ["no such folder", "disk_low"]);
});

test("this machine has a disk and memory that can be measured", async (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const facts = await measureMachine(folder.path);
  assert.ok(facts.freeDiskBytes > 0);
  assert.ok(facts.rssBytes > 10_000_000);
  assert.ok(facts.heapShare > 0 && facts.heapShare < 1);
});
