import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, occurrencesOf, refusalOf } from "./deliver.ts";

const EVENT = { specversion: "1.0", id: "1", source: "/s", type: "com.example.x" };
const HEADERS = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "com.example.x" };

const DATA: readonly [event: object, detail: object][] = [
  [{ data: { a: 1 } }, { a: 1 }],
  [{ data: [1] }, { items: [1] }],
  [{ data: "text" }, { text: "text" }],
  [{ data: '{"a":1}', datacontenttype: "application/json" }, { a: 1 }],
  [{ data: "<a/>", datacontenttype: "application/xml" }, { text: "<a/>" }],
  [{ data_base64: "AAE=" }, { data_base64: "AAE=" }],
  [{ data: 0 }, { value: 0 }],
  [{}, {}],
];

for (const [event, detail] of DATA) {
  test(`makes the detail ${JSON.stringify(detail)} of ${JSON.stringify(event)}`, () => {
    assert.deepEqual(occurrenceOf("cloudevents", { ...EVENT, ...event }).detail, detail);
  });
}

test("reads structured, batched and binary events alike", () => {
  const data = { status: "firing", host: "vm-1" };
  const structured = occurrenceOf("cloudevents", { ...EVENT, data });
  assert.deepEqual(occurrencesOf("cloudevents", [{ ...EVENT, data }]), [structured]);
  assert.deepEqual(occurrenceOf("cloudevents", data, { headers: HEADERS }), structured);
});

test("decodes attributes in headers once", () => {
  const headers = { ...HEADERS, "ce-subject": "%E4%B8%BB%E6%9C%BA%2525", "ce-note": "50%" };
  const { labels } = occurrenceOf("cloudevents", "", { headers });
  assert.deepEqual([labels["subject"], labels["note"]], ["主机%25", "50%"]);
});

test("goes by the content type where headers and body both look like an event", () => {
  const headers = { ...HEADERS, "ce-id": "header" };
  const around = { headers, contentType: "application/cloudevents+json" };
  assert.equal(occurrenceOf("cloudevents", EVENT, around).dedupeKey, "/s|1");
});

test("keeps extension attributes, long numbers with all digits", () => {
  const body = JSON.stringify({ ...EVENT, trace: "t" }).replace("}", ',"n":9007199254740993}');
  const { labels } = occurrenceOf("cloudevents", body);
  assert.deepEqual([labels["trace"], labels["n"]], ["t", "9007199254740993"]);
});

const STATES = [
  [{ data: { status: "firing" } }, "firing"],
  [{ data: { state: "ok" } }, "resolved"],
  [{ type: "a.resolved" }, "resolved"],
  [{ type: "a.firing", data: { status: "resolved" } }, "resolved"],
  [{ type: "a.deployed" }, "point"],
] as const;

for (const [event, status] of STATES) {
  test(`takes ${JSON.stringify(event)} for ${status}`, () => {
    assert.equal(occurrenceOf("cloudevents", { ...EVENT, ...event }).status, status);
  });
}

test("joins the two ends of a type that says the state", () => {
  const [one, other] = ["a.b.firing", "a.b.resolved"].map((type) =>
    occurrenceOf("cloudevents", { ...EVENT, type, subject: "x" }),
  );
  assert.equal(one?.incident, other?.incident);
});

test("keeps binary data that is text, and bytes that are none", () => {
  const headers = HEADERS;
  const text = { headers, contentType: "text/plain" };
  assert.deepEqual(occurrenceOf("cloudevents", "连接失败", text).detail, { text: "连接失败" });
  assert.deepEqual(occurrenceOf("cloudevents", Buffer.from([0xff, 0x01]), text).detail, {
    data_base64: "/wE=",
  });
});

const REFUSALS: readonly [body: unknown, refusal: RegExp][] = [
  [{ ...EVENT, id: "" }, /^bad_shape id：/],
  [{ ...EVENT, specversion: undefined }, /^bad_shape specversion：/],
  [[EVENT, { ...EVENT, type: 5 }], /^bad_shape \[1\]\.type：/],
  [[], /^empty /],
  ["x", /^bad_json /],
];

for (const [body, refusal] of REFUSALS) {
  test(`refuses ${JSON.stringify(body)} with ${refusal.source}`, () => {
    assert.match(refusalOf("cloudevents", body), refusal);
  });
}

test("refuses a binary event that says it is JSON and is not", () => {
  assert.match(
    refusalOf("cloudevents", "{", { headers: HEADERS, contentType: "application/json" }),
    /^bad_json /,
  );
});
