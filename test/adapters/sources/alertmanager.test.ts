import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { labelFingerprint } from "../../../adapters/sources/fingerprint.ts";
import { deliver, occurrencesOf, refusalOf } from "./deliver.ts";

const LABELS = { alertname: "HostDown", instance: "vm-1:9100", severity: "page" };
const START = "2026-11-20T02:00:00Z";

function anAlert(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    status: "firing",
    labels: LABELS,
    annotations: {},
    startsAt: START,
    fingerprint: "f1",
    ...overrides,
  };
}

function read(alert: Record<string, unknown>, body: Record<string, unknown> = {}) {
  const [first] = occurrencesOf("alertmanager", { alerts: [anAlert(alert)], ...body });
  assert.ok(first);
  return first;
}

test("takes the status of each alert, not that of the group", () => {
  const alerts = [anAlert(), anAlert({ status: "resolved", endsAt: "2026-11-20T02:10:00Z" })];
  const occurrences = occurrencesOf("alertmanager", { status: "firing", alerts });
  assert.deepEqual(
    occurrences.map(({ status }) => status),
    ["firing", "resolved"],
  );
});

test("takes the group's status for an alert that has none, and firing when neither has", () => {
  assert.equal(read({ status: undefined }, { status: "resolved" }).status, "resolved");
  assert.equal(read({ status: undefined }).status, "firing");
});

test("leaves out the end of a firing alert, which is the year 1", () => {
  const firing = read({ endsAt: "0001-01-01T00:00:00Z" });
  assert.equal(firing.endsAt, undefined);
  assert.equal(firing.dedupeKey, `f1|${START}|firing`);
});

test("tells a recovery from its alert and from another recovery by the dedupe key", () => {
  const resolved = read({ status: "resolved", endsAt: "2026-11-20T02:10:00Z" });
  assert.equal(resolved.dedupeKey, `f1|${START}|resolved|2026-11-20T02:10:00Z`);
  assert.equal(resolved.incident, "f1");
});

test("does not let the end that some senders foresee for a firing alert make it another delivery", () => {
  const [first, second] = ["2026-11-20T03:00:00Z", "2026-11-20T03:01:00Z"].map((endsAt) => read({ endsAt }));
  assert.equal(first?.dedupeKey, second?.dedupeKey);
});

test("has no dedupe key when the alert has no start", () => {
  const occurrence = read({ startsAt: "0001-01-01T00:00:00Z" });
  assert.equal(occurrence.time, undefined);
  assert.equal(occurrence.dedupeKey, undefined);
});

test("computes the fingerprint when the sender leaves it out", () => {
  assert.equal(read({ fingerprint: undefined }).fingerprint, labelFingerprint(LABELS));
  assert.equal(read({ fingerprint: "" }).incident, labelFingerprint(LABELS));
});

const TITLES: readonly [annotations: Record<string, string>, title: string][] = [
  [{ summary: "short", description: "long" }, "short"],
  [{ summary: " ", description: "first line\nsecond line" }, "first line"],
  [{ message: "older rules say message" }, "older rules say message"],
  [{ SUMMARY: "in capitals" }, "in capitals"],
  [{ runbook_url: "https://wiki.example.com" }, "HostDown"],
];

for (const [annotations, title] of TITLES) {
  test(`makes the title ${JSON.stringify(title)} of ${JSON.stringify(annotations)}`, () => {
    assert.equal(read({ annotations }).title, title);
  });
}

test("ignores keys that it does not know and bears a missing version", () => {
  const body = { alerts: [anAlert({ silenced: false })], routeLabels: {}, notification_reason: "new" };
  assert.equal(occurrencesOf("alertmanager", body).length, 1);
});

test("reads labels that are no text as text and leaves out null", () => {
  const { labels } = read({ labels: { ...LABELS, code: 500, canary: true, zone: null } });
  assert.deepEqual(labels, { ...LABELS, code: "500", canary: "true" });
});

test("bears annotations and labels that are null", () => {
  const occurrence = read({ labels: null, annotations: null });
  assert.deepEqual([occurrence.labels, occurrence.annotations, occurrence.name], [{}, {}, "alert"]);
});

test("says where the alert came from in its detail", () => {
  const occurrence = read(
    { generatorURL: "http://p/graph" },
    { receiver: "whale", externalURL: "http://am" },
  );
  assert.deepEqual(occurrence.detail, {
    generatorURL: "http://p/graph",
    externalURL: "http://am",
    receiver: "whale",
  });
});

const REFUSALS: readonly [body: unknown, refusal: RegExp][] = [
  ["", /^empty /],
  ["{", /^bad_json .*line 1 column 2/],
  [Buffer.from("{}", "utf16le"), /^bad_encoding /],
  [`{"alerts":${"[".repeat(200)}`, /^too_deep /],
  [{ alerts: [] }, /^empty alerts/],
  [{}, /^bad_shape alerts：缺少此字段/],
  [[], /^bad_shape \(body\)/],
  [{ alerts: {} }, /^bad_shape alerts：/],
  [{ alerts: [anAlert(), "x"] }, /^bad_shape alerts\[1\]：/],
  [{ alerts: [anAlert({ labels: { a: {} } })] }, /^bad_shape alerts\[0\]\.labels\.a：/],
  [{ alerts: [anAlert({ startsAt: 5 })] }, /^bad_shape alerts\[0\]\.startsAt：/],
  [{ alerts: [anAlert({ status: "weird" })] }, /^bad_shape alerts\[0\]\.status：应为 firing 或 resolved/],
];

for (const [body, refusal] of REFUSALS) {
  const shown = Buffer.isBuffer(body) ? "UTF-16" : JSON.stringify(body).slice(0, 60);
  test(`refuses ${shown} with ${refusal.source}`, () => {
    assert.match(refusalOf("alertmanager", body), refusal);
  });
}

test("gives one occurrence for each alert or refuses, and never throws, whatever the alerts hold", () => {
  const texts = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null)));
  const alert = fc.record(
    {
      status: fc.oneof(fc.constantFrom("firing", "resolved", "FIRING"), fc.string()),
      labels: fc.oneof(texts, fc.jsonValue()),
      annotations: fc.oneof(texts, fc.jsonValue()),
      startsAt: fc.oneof(fc.string(), fc.constant(START), fc.jsonValue()),
      endsAt: fc.oneof(fc.string(), fc.constant("0001-01-01T00:00:00Z")),
      fingerprint: fc.string(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(alert, { minLength: 1 }), (alerts) => {
      const reading = deliver("alertmanager", { alerts });
      if (reading.outcome === "read") assert.equal(reading.occurrences.length, alerts.length);
    }),
    { numRuns: 500 },
  );
});

test("never throws on any JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      deliver("alertmanager", body);
    }),
  );
});

test("reads payload version 3: a numeric groupKey, which keeps its digits, and no fingerprints", () => {
  const labels = { alertname: "A", instance: "vm-1:9100" };
  const body = `{"version":"3","groupKey":18446744073709551615,"alerts":[{"labels":${JSON.stringify(labels)}}]}`;
  const [occurrence] = occurrencesOf("alertmanager", body);
  assert.deepEqual(occurrence?.detail, { groupKey: "18446744073709551615" });
  assert.match(occurrence?.fingerprint ?? "", /^[0-9a-f]{16}$/);
  const [short] = occurrencesOf("alertmanager", body.replace("18446744073709551615", "42"));
  assert.deepEqual(short?.detail, { groupKey: "42" });
});
