import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, refusalOf } from "./deliver.ts";

function read(body: object, options?: Record<string, never>) {
  return occurrenceOf("zabbix", { event_name: "n", ...body }, options ? { options } : {});
}

const LEVELS = [
  [{ event_nseverity: 5 }, "critical"],
  [{ event_nseverity: "4", event_severity: "灾难" }, "major"],
  [{ severity: "Disaster" }, "critical"],
  [{ severity: "High" }, "major"],
  [{ severity: "Average" }, "warning"],
  [{ severity: "Warning" }, "warning"],
  [{ severity: "Information" }, "info"],
  [{ severity: "Not classified" }, "unknown"],
  [{ severity: "严重" }, "major"],
  [{}, "unknown"],
] as const;

for (const [body, severity] of LEVELS) {
  test(`takes ${JSON.stringify(body)} for ${severity}`, () => {
    assert.equal(read(body).severity, severity);
  });
}

const STATES = [
  [{ event_value: 1, status: "RESOLVED" }, "firing"],
  [{ event_value: "0", status: "PROBLEM" }, "resolved"],
  [{ status: "OK" }, "resolved"],
  [{ status: "RESOLVED" }, "resolved"],
  [{ status: "PROBLEM" }, "firing"],
  [{}, "firing"],
] as const;

for (const [body, status] of STATES) {
  test(`takes ${JSON.stringify(body)} for ${status}, the number before the word`, () => {
    assert.equal(read(body).status, status);
  });
}

const MESSAGE = "Problem has been resolved at 00:05:00 on 2026.03.02\r\nProblem duration: 15m\r\n";
const TIMES: readonly [body: object, time: string | undefined, endsAt: string | undefined][] = [
  [
    { event_datetime_timestamp: 1772380800, event_date: "2020.01.01", event_time: "00:00:00" },
    "2026-03-01T16:00:00.000Z",
    undefined,
  ],
  [{ event_date: "2026.03.02", event_time: "00:00:01" }, "2026-03-01T16:00:01Z", undefined],
  [{ message: "Problem started at 10:20:00 on 2026.03.02" }, "2026-03-02T02:20:00Z", undefined],
  [{ value: "0", message: MESSAGE }, "2026-03-01T15:50:00.000Z", "2026-03-01T16:05:00Z"],
  [
    { value: "0", time: "23:50:00", lastReceived: "2026.03.02 00:05:03" },
    "2026-03-01T15:50:00Z",
    "2026-03-01T16:05:03Z",
  ],
  [{ value: "0", message: "Problem duration: 2M 1d" }, undefined, undefined],
  [{ event_date: "{EVENT.DATE}", event_time: "*UNKNOWN*" }, undefined, undefined],
];

for (const [body, time, endsAt] of TIMES) {
  test(`finds ${time} to ${endsAt} in ${JSON.stringify(body)}`, () => {
    assert.deepEqual([read(body).time, read(body).endsAt], [time, endsAt]);
  });
}

const TAGS: readonly [tags: unknown, labels: object][] = [
  ['[{"tag":"a","value":"1"},{"tag":"a","value":"2"}]', { a: "1,2" }],
  [[{ tag: "b", value: 3 }], { b: "3" }],
  [
    { c: ["x", "y"], d: "z" },
    { c: "x,y", d: "z" },
  ],
  ["scope:capacity, url:http://a:80", { scope: "capacity", url: "http://a:80" }],
  ["[broken", {}],
  ["", {}],
];

for (const [tags, labels] of TAGS) {
  test(`reads the tags ${JSON.stringify(tags)}`, () => {
    assert.deepEqual(read({ event_tags: tags }).labels, labels);
  });
}

test("joins by event, else by trigger and host, else by name and host", () => {
  assert.equal(read({ event_id: "7", trigger_id: "8" }).incident, "zabbix-event-7");
  assert.equal(read({ event_id: "{EVENT.ID}", trigger_id: "8", host: "h" }).incident, "zabbix-trigger-8-h");
  assert.equal(read({ host: "h" }).incident, read({ host: "h", value: 0 }).incident);
});

test("keeps the digits of an id that no double holds", () => {
  assert.equal(
    occurrenceOf("zabbix", '{"name":"n","event_id":9007199254740993}').incident,
    "zabbix-event-9007199254740993",
  );
});

test("reads a script's own fields, and only there where it names them", () => {
  const options = { fields: { name: 'a["b.c"]', host: ["x", "machine"] } } as unknown as Record<
    string,
    never
  >;
  const occurrence = read({ a: { "b.c": "own" }, machine: "vm-1", host: "other" }, options);
  assert.deepEqual([occurrence.name, occurrence.subject], ["own", "vm-1"]);
});

test("keeps no secret that a script posts", () => {
  const { detail } = read({ api_token: "s3cret", inner: { Password: "s3cret" }, HTTPProxy: "u:s3cret@p" });
  assert.doesNotMatch(JSON.stringify(detail), /s3cret/);
});

test("refuses a body without a name", () => {
  assert.match(refusalOf("zabbix", { event_id: "1" }), /^bad_shape name：缺少此字段/);
  assert.match(refusalOf("zabbix", [{ name: "a" }, { name: {} }]), /^bad_shape \[1\]\.name：/);
});
