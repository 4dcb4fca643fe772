import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, refusalOf } from "./deliver.ts";

const FORM = {
  alertState: "ALERT",
  triggerLevel: "WARN",
  preTriggerLevel: "null",
  ruleId: "r",
  namespace: "n",
  metricName: "m",
  timestamp: "1772380800000",
  lastTime: "0分钟",
  dimensions: "{userId=1, instanceId=i-1}",
};

function form(more: object = {}) {
  return occurrenceOf("alibaba-cloud", new URLSearchParams({ ...FORM, ...more }).toString());
}

test("reads the form and the same as JSON alike", () => {
  const { detail: _form, ...fromForm } = form();
  const { detail: _json, ...fromJson } = occurrenceOf("alibaba-cloud", FORM);
  assert.deepEqual(fromJson, fromForm);
});

test("takes the word null for nothing", () => {
  assert.equal(form({ instanceName: "null" }).subject, "i-1");
  assert.equal(form({ triggerLevel: "null" }).severity, "unknown");
});

test("takes a recovery's level from the one before", () => {
  assert.equal(
    form({ alertState: "OK", triggerLevel: "OK", preTriggerLevel: "CRITICAL" }).severity,
    "critical",
  );
});

test("splits dimensions at the first equals sign, and joins them in one order", () => {
  const [one, other] = ["{a=x=y, b=2}", "{b=2, a=x=y, userId=9}"].map((dimensions) => form({ dimensions }));
  assert.equal(one?.labels["a"], "x=y");
  assert.equal(one?.incident, other?.incident);
});

const LASTED = [
  ["0分钟", "2026-03-01T16:00:00.000Z"],
  ["27分钟", "2026-03-01T15:33:00.000Z"],
  ["1天2小时3分30秒", "2026-02-28T13:56:30.000Z"],
  ["27 minutes", "2026-03-01T15:33:00.000Z"],
  ["", "2026-03-01T16:00:00.000Z"],
] as const;

for (const [lastTime, time] of LASTED) {
  test(`finds the start of what has lasted ${lastTime || "for an untold time"}`, () => {
    assert.equal(form({ lastTime }).time, time);
    assert.equal(form({ lastTime, timestamp: "1772380800" }).time, time);
  });
}

test("keeps neither signature nor account", () => {
  assert.doesNotMatch(JSON.stringify(form({ signature: "s3cret", userId: "account" })), /s3cret|account/);
});

const EVENTS = [
  [{ name: "Agent_Status_Stopped" }, "firing"],
  [{ name: "Agent_Status_Running" }, "resolved"],
  [{ name: "Instance:StateChange", status: "Normal" }, "resolved"],
  [{ name: "Disk_Full", status: "Failed" }, "firing"],
  [{ name: "Snapshot:Created" }, "point"],
] as const;

for (const [event, status] of EVENTS) {
  test(`takes the system event ${JSON.stringify(event)} for ${status}`, () => {
    assert.equal(
      occurrenceOf("alibaba-cloud", { product: "ECS", resourceId: "a/i-1", ...event }).status,
      status,
    );
  });
}

test("joins the two ends of a system event", () => {
  const [one, other] = ["Stopped", "Running"].map(
    (word) =>
      occurrenceOf("alibaba-cloud", { product: "P", resourceId: "x", name: `Agent_Status_${word}` }).incident,
  );
  assert.equal(one, other);
});

const STATES = [
  ["OCCURRED", "firing"],
  ["PERSISTENT", "firing"],
  ["RESOLVED", "resolved"],
  ["recovered", "resolved"],
] as const;

for (const [word, status] of STATES) {
  test(`takes CloudMonitor 2.0's ${word} for ${status}`, () => {
    assert.equal(occurrenceOf("alibaba-cloud", { subject: "s", status: word }).status, status);
  });
}

test("takes the alert's own time before the message's", () => {
  const times = { timestamp: 1772380800000, time: "2026-03-01T20:00:00Z" };
  assert.equal(
    occurrenceOf("alibaba-cloud", { subject: "s", status: "OCCURRED", ...times }).time,
    "2026-03-01T16:00:00.000Z",
  );
});

const REFUSALS: readonly [body: unknown, refusal: RegExp][] = [
  ["", /^empty /],
  ["a=b", /^bad_shape alertState：缺少/],
  ["alertState=null", /^bad_shape alertState：缺少/],
  ["alertState=toString", /^bad_shape alertState：应为/],
  [{ subject: "s" }, /^bad_shape status：缺少/],
  [{ subject: "s", status: "x" }, /^bad_shape status：应为/],
  [{ name: "", product: "p" }, /^bad_shape name：/],
  [Buffer.from([0xc4, 0xe3]), /^bad_encoding /],
];

for (const [body, refusal] of REFUSALS) {
  test(`refuses ${JSON.stringify(body)} with ${refusal.source}`, () => {
    assert.match(refusalOf("alibaba-cloud", body), refusal);
  });
}
