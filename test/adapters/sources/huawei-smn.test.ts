import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver, occurrenceOf, refusalOf } from "./deliver.ts";

const ENVELOPE = {
  type: "Notification",
  topic_urn: "urn:smn:r:p:t",
  message_id: "m",
  subject: "s",
  timestamp: "2026-03-01T16:00:05Z",
};

function alarm(data: object) {
  const message = JSON.stringify({ data: { AlarmRuleName: "r", AlarmRecordID: "a", ...data } });
  return occurrenceOf("huawei-smn", { ...ENVELOPE, message });
}

const TIMES = [
  ["2026/03/02 00:00:00 GMT+08:00", "2026-03-01T16:00:00Z"],
  ["2026/03/0200:00:00GMT+08:00", "2026-03-01T16:00:00Z"],
  ["2026/03/02 00:00:00", "2026-03-01T16:00:00Z"],
  ["2026/03/01 16:00:00 UTC+00:00", "2026-03-01T16:00:00Z"],
  ["soon", "2026-03-01T16:00:05Z"],
] as const;

for (const [AlarmTime, time] of TIMES) {
  test(`reads the alarm time ${AlarmTime}`, () => {
    assert.equal(alarm({ IsAlarm: true, AlarmTime }).time, time);
  });
}

test("takes an alarm that is not said to be one for over", () => {
  assert.deepEqual(
    [true, "true", false, undefined].map((IsAlarm) => alarm({ IsAlarm }).status),
    ["firing", "firing", "resolved", "resolved"],
  );
});

for (const [AlarmLevel, severity] of [
  ["紧急", "critical"],
  ["重要", "major"],
  ["次要", "warning"],
  ["提示", "info"],
] as const) {
  test(`takes ${AlarmLevel} for ${severity}`, () => {
    assert.equal(alarm({ AlarmLevel }).severity, severity);
  });
}

test("keeps a message of another form as a point named after its topic", () => {
  const { name, status, title, dedupeKey } = occurrenceOf("huawei-smn", { ...ENVELOPE, message: "text" });
  assert.deepEqual(
    { name, status, title, dedupeKey },
    { name: "message of t", status: "point", title: "s", dedupeKey: "m" },
  );
  assert.deepEqual(occurrenceOf("huawei-smn", { ...ENVELOPE, message: '{"a":1}' }).detail, { a: 1 });
});

function subscription(subscribe_url: unknown, options?: Record<string, string[]>) {
  const body = { ...ENVELOPE, type: "SubscriptionConfirmation", message: "m", subscribe_url };
  return deliver("huawei-smn", body, options ? { options } : {});
}

test("hands a subscription on as a handshake", () => {
  const confirmUrl = "https://console.huaweicloud.com/smn/subscription/confirm?token=EXAMPLE";
  assert.deepEqual(subscription(confirmUrl), {
    outcome: "handshake",
    confirmUrl,
    topic: "urn:smn:r:p:t",
    message: "m",
  });
});

const BAD_URLS: readonly unknown[] = [
  undefined,
  "",
  "http://console.huaweicloud.com/",
  "https://console.huaweicloud.com.evil.example.com/",
  "https://evilhuaweicloud.com/",
  "https://user@console.huaweicloud.com/",
  "https://console.huaweicloud.com:8443/",
  "https://169.254.169.254/latest",
  "https://console.huaweicloud.com\\@evil.example.com/",
  `https://console.huaweicloud.com/${"x".repeat(2048)}`,
];

for (const url of BAD_URLS) {
  test(`refuses to be sent to ${String(url).slice(0, 60)}`, () => {
    const reading = subscription(url);
    const hosted = reading.outcome === "handshake" ? new URL(reading.confirmUrl).hostname : "refused";
    assert.ok(hosted === "refused" || hosted === "console.huaweicloud.com", hosted);
    if (!String(url).includes("\\")) assert.equal(reading.outcome, "refused");
  });
}

test("allows the hosts of a private cloud where the source names them", () => {
  const options = { confirmHosts: ["smn.private.example.com"] };
  assert.equal(subscription("https://smn.private.example.com/c", options).outcome, "handshake");
  assert.equal(subscription("https://other.private.example.com/c", options).outcome, "refused");
});

test("tells of an end of the subscription without its URL, which would subscribe again", () => {
  const body = {
    ...ENVELOPE,
    type: "UnsubscribeConfirmation",
    subscribe_url: "https://console.huaweicloud.com/?token=s3cret",
  };
  const occurrence = occurrenceOf("huawei-smn", body);
  assert.deepEqual([occurrence.status, occurrence.severity], ["point", "warning"]);
  assert.doesNotMatch(JSON.stringify(occurrence), /s3cret/);
});

test("refuses a body of no type, and of another", () => {
  assert.match(refusalOf("huawei-smn", {}), /^bad_shape type：缺少/);
  assert.match(refusalOf("huawei-smn", { type: "x" }), /^bad_shape type：应为/);
  assert.match(refusalOf("huawei-smn", []), /^bad_shape \(body\)/);
});
