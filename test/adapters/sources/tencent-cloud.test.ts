import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, refusalOf } from "./deliver.ts";

function alarm(more: object = {}, dimensions: unknown = { unInstanceId: "ins-1" }) {
  const alarmObjInfo = { namespace: "qce/cvm", dimensions };
  const alarmPolicyInfo = {
    policyId: "p",
    conditions: { metricName: "Cpu", metricShowName: "CPU", calcType: ">", calcValue: "90", calcUnit: "%" },
  };
  return occurrenceOf("tencent-cloud", {
    sessionId: "s",
    alarmStatus: 1,
    alarmObjInfo,
    alarmPolicyInfo,
    ...more,
  });
}

test("reads the state as number and as text", () => {
  assert.deepEqual(
    [1, "1", 0, "0"].map((alarmStatus) => alarm({ alarmStatus }).status),
    ["firing", "firing", "resolved", "resolved"],
  );
});

test("takes the recovery time 0 for none, and one beside a firing state for nothing", () => {
  assert.equal(alarm({ alarmStatus: 0, recoverTime: "0" }).endsAt, undefined);
  assert.equal(alarm({ recoverTime: "2026-03-02 08:00:00" }).endsAt, undefined);
  assert.equal(alarm({ alarmStatus: 0, recoverTime: "2026-03-02 08:00:00" }).endsAt, "2026-03-02T00:00:00Z");
});

const LEVELS = [
  ["Serious", "critical"],
  ["Warn", "warning"],
  ["Remind", "info"],
  [undefined, "unknown"],
] as const;

for (const [alarmLevel, severity] of LEVELS) {
  test(`takes the level ${alarmLevel} for ${severity}`, () => {
    assert.equal(alarm({ alarmLevel }).severity, severity);
  });
}

const SUBJECTS: readonly [dimensions: unknown, subject: string][] = [
  [{ instanceName: "vm-1", unInstanceId: "ins-1" }, "vm-1"],
  [{ unInstanceId: "ins-1", objName: "10.0.0.1#9" }, "ins-1"],
  [{ objName: "10.0.0.1#9" }, "10.0.0.1"],
  ['{"unInstanceId":"ins-2"}', "ins-2"],
  [[{ a: { b: 1 } }, { domain: "shop" }], "shop"],
  ["text", ""],
];

for (const [dimensions, subject] of SUBJECTS) {
  test(`names ${JSON.stringify(subject)} for ${JSON.stringify(dimensions)}`, () => {
    assert.equal(alarm({}, dimensions).subject, subject);
  });
}

test("says the condition, and the value where it is sent", () => {
  assert.equal(alarm().title, "CPU > 90%");
});

test("reads EventBridge's states", () => {
  const states = ["1", "0", "-", undefined].map((status) => {
    return occurrenceOf("tencent-cloud", { specversion: "0", type: "t", id: "1", status, data: {} }).status;
  });
  assert.deepEqual(states, ["firing", "resolved", "point", "point"]);
});

test("refuses a body without a state, or with another", () => {
  assert.match(refusalOf("tencent-cloud", {}), /^bad_shape alarmStatus：缺少/);
  assert.match(refusalOf("tencent-cloud", { alarmStatus: true }), /^bad_shape alarmStatus：应为/);
  assert.match(refusalOf("tencent-cloud", { specversion: "0" }), /^bad_shape type：/);
});
