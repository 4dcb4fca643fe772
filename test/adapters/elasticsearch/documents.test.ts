import assert from "node:assert/strict";
import { test } from "node:test";
import {
  documentId,
  eventSource,
  parseSaid,
  receivedAtOf,
  saidTerm,
  verdictSource,
} from "../../../adapters/elasticsearch/documents.ts";
import { createIndices } from "../../../adapters/elasticsearch/indices.ts";
import { aVerdict } from "../../contract/archive.ts";
import { anEvent } from "../../support/builders.ts";

test("an event's document holds what is filtered by, its tokens and the event to the letter", () => {
  const event = anEvent({ title: "磁盘 满", violations: [{ path: "detail.usage", message: "高" }] });
  const source = eventSource(event, new Map([["r1", "throttled"]]), []);
  const document = JSON.parse(source) as Record<string, unknown>;
  assert.deepEqual(JSON.parse(String(document["body"])), event);
  assert.match(String(document["tokens"]), /磁盘 盘 满$/);
  assert.deepEqual(document["said"], ['["r1","throttled"]']);
  assert.deepEqual([document["invalid"], document["type"], document["rules"]], [true, event.type, ["r1"]]);
  assert.deepEqual([document["labels"], document["detail"]], [event.labels, event.detail]);
});

test("an event's document holds the numbers of declared fields, and no other", () => {
  const event = anEvent({ detail: { usage: 91.5, count: 0, other: 7, text: "7", none: null } });
  const fields = ["usage", "count", "text", "none", "toString"];
  const document = JSON.parse(eventSource(event, new Map(), fields)) as Record<string, unknown>;
  assert.deepEqual(document["numbers"], { usage: 91.5, count: 0 });
});

test("a verdict's document holds the verdict to the letter", () => {
  const verdict = aVerdict("e_1", "r1");
  const document = JSON.parse(verdictSource(verdict)) as Record<string, unknown>;
  assert.deepEqual(JSON.parse(String(document["body"])), verdict);
  assert.deepEqual([document["eventId"], document["ruleId"]], ["e_1", "r1"]);
});

const INSTANTS: [receivedAt: string, counted: string][] = [
  ["2026-11-01T08:00:00+08:00", "2026-11-01T00:00:00.000Z"],
  ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00.000Z"],
  ["yesterday", "1970-01-01T00:00:00.000Z"],
  ["+100000-01-01T00:00:00Z", "2109-05-15T07:35:11.103Z"],
];

test("an event stands at its time of receipt in UTC, or at the nearest that counts", () => {
  for (const [receivedAt, counted] of INSTANTS) {
    assert.equal(receivedAtOf({ kind: "events", value: anEvent({ receivedAt }) }), counted);
  }
});

test("a name of up to 512 bytes is the id of its document, and any other one's hash is", () => {
  assert.equal(documentId("e_1"), "e_1");
  assert.equal(documentId("x".repeat(512)), "x".repeat(512));
  for (const name of ["", "x".repeat(513), "长".repeat(171)])
    assert.match(documentId(name), /^[0-9a-f]{64}$/);
});

test("rule and reason are read from a term as they were written, whatever is in them", () => {
  for (const rule of ["r", 'a","b', "规则 1"])
    assert.deepEqual(parseSaid(saidTerm(rule, "fired")), [rule, "fired"]);
});

test("the index of a day is told from all others", () => {
  const indices = createIndices("whale");
  const index = indices.ofDay("events", "2026-11-01T23:59:59.999Z");
  assert.equal(index, "whale-events-2026.11.01");
  assert.equal(indices.dayOf(index), "2026-11-01");
  assert.equal(indices.dayOf(indices.ofDay("verdicts", "2026-11-02T00:00:00Z")), "2026-11-02");
  for (const name of [
    "whale-events-old",
    "whale-waiting",
    "other-events-2026.11.01",
    "whale-events-2026.11.01-x",
  ]) {
    assert.equal(indices.dayOf(name), null, name);
  }
});
