import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, refusalOf } from "./deliver.ts";

const CALLBACK = {
  type: "ANOMALY_NOTICE",
  event: { id: "1", level: 1, begin_time: "2026-03-01 16:00:00" },
  strategy: { id: 5, name: "盘" },
};

test("takes the callback's times for UTC, whatever the source's zone", () => {
  assert.equal(occurrenceOf("blueking", CALLBACK).time, "2026-03-01T16:00:00Z");
});

test("takes the times of what is pushed for the source's zone", () => {
  const pushed = { alarm_type: "t", source_time: "2026-03-02 00:00:00" };
  assert.equal(occurrenceOf("blueking", pushed).time, "2026-03-01T16:00:00Z");
});

const TYPES = [
  ["ANOMALY_NOTICE", "firing"],
  ["NO_DATA_NOTICE", "firing"],
  ["RECOVERY_NOTICE", "resolved"],
  ["CLOSE_NOTICE", "resolved"],
  ["ACK_NOTICE", "point"],
] as const;

for (const [type, status] of TYPES) {
  test(`takes ${type} for ${status}`, () => {
    assert.equal(occurrenceOf("blueking", { ...CALLBACK, type }).status, status);
  });
}

test("finds the JSON in a form's field, in a part of a multipart body, and in a query", () => {
  const text = JSON.stringify(CALLBACK);
  const expected = occurrenceOf("blueking", CALLBACK);
  const multipart = `--b\r\nContent-Disposition: form-data; name="m"\r\n\r\n${text}\r\n--b--\r\n`;
  assert.deepEqual(occurrenceOf("blueking", new URLSearchParams({ a: "1", m: text }).toString()), expected);
  assert.deepEqual(occurrenceOf("blueking", multipart), expected);
  assert.deepEqual(occurrenceOf("blueking", "", { query: { token: "t", m: text } }), expected);
});

const LEVELS = [
  [{ severity: 1 }, "critical"],
  [{ severity: 2 }, "warning"],
  [{ severity: 3 }, "info"],
  [{ severity: 1, tags: { "TRIGGER.NSEVERITY": "2" } }, "warning"],
  [{ severity: 1, tags: { "TRIGGER.NSEVERITY": "4" } }, "major"],
  [{}, "unknown"],
] as const;

for (const [body, severity] of LEVELS) {
  test(`takes ${JSON.stringify(body)} for ${severity}`, () => {
    assert.equal(occurrenceOf("blueking", { alarm_type: "t", ...body }).severity, severity);
  });
}

const STATUSES = [
  ["ABNORMAL", "firing"],
  ["PROBLEM", "firing"],
  [undefined, "firing"],
  ["RECOVERED", "resolved"],
  ["OK", "resolved"],
  ["CLOSED", "resolved"],
] as const;

for (const [status, expected] of STATUSES) {
  test(`takes what is pushed as ${status} for ${expected}`, () => {
    assert.equal(occurrenceOf("blueking", { alarm_type: "t", status }).status, expected);
  });
}

test("refuses what is neither callback nor push", () => {
  assert.match(refusalOf("blueking", { event: {} }), /^bad_shape strategy\.id：/);
  assert.match(refusalOf("blueking", {}), /^bad_shape alert_name \/ alarm_type：/);
  assert.match(refusalOf("blueking", ""), /^empty /);
  assert.match(refusalOf("blueking", "a=b"), /^bad_json /);
});
