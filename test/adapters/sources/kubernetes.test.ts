import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, refusalOf } from "./deliver.ts";

const EVENT = {
  metadata: { uid: "u-1", namespace: "shop" },
  reason: "BackOff",
  message: "one\ntwo",
  type: "Warning",
  count: 1,
  clusterName: "hz",
  involvedObject: { kind: "Pod", namespace: "shop", name: "cart-0" },
};

function read(more: object) {
  return occurrenceOf("kubernetes", { ...EVENT, ...more });
}

test("joins the repeats of one event, and tells them apart by the count", () => {
  const [one, more] = [1, 2].map((count) => read({ count }));
  assert.equal(one?.incident, more?.incident);
  assert.notEqual(one?.dedupeKey, more?.dedupeKey);
  assert.equal(read({ count: 2 }).dedupeKey, more?.dedupeKey);
});

test("joins by cluster, object and reason where there is no uid, and for nodes always", () => {
  assert.equal(read({ metadata: {} }).incident, "hz/shop/Pod/cart-0/BackOff");
  assert.equal(read({ involvedObject: { kind: "Node", name: "n-1" } }).incident, "hz/Node/n-1/BackOff");
});

const STATES = [
  [{}, "firing", "warning"],
  [{ type: "Normal" }, "point", "info"],
  [{ involvedObject: { kind: "Node", name: "n" } }, "point", "warning"],
] as const;

for (const [event, status, severity] of STATES) {
  test(`takes ${JSON.stringify(event)} for ${status} and ${severity}`, () => {
    assert.deepEqual([read(event).status, read(event).severity], [status, severity]);
  });
}

test("takes the first of the times that there is", () => {
  assert.equal(
    read({ firstTimestamp: null, eventTime: "2026-03-01T16:00:00.123456Z" }).time,
    "2026-03-01T16:00:00.123456Z",
  );
  assert.equal(
    read({ metadata: { creationTimestamp: "2026-03-01T16:00:00Z" } }).time,
    "2026-03-01T16:00:00Z",
  );
  assert.equal(read({}).time, undefined);
});

test("says the first line of the message behind the reason", () => {
  assert.equal(read({}).title, "BackOff: one");
  assert.equal(read({ message: "" }).title, "BackOff");
});

test("refuses an event that is about nothing", () => {
  assert.match(
    refusalOf("kubernetes", { ...EVENT, involvedObject: { kind: "Pod" } }),
    /^bad_shape involvedObject：/,
  );
  assert.match(refusalOf("kubernetes", { ...EVENT, reason: "" }), /^bad_shape reason：/);
});
