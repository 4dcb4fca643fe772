import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import {
  base32,
  beginningOfId,
  cardId,
  eventId,
  hashOf,
  isTaskId,
  offerTaskId,
  outboxKey,
  parseCardId,
  partitionOf,
  recurredTaskId,
  replayTaskId,
  requestId,
  shortId,
  taskId,
} from "../../../core/ids/index.ts";

test("base32 gives the vectors of RFC 4648 in lower case without padding", () => {
  const vectors: [string, string][] = [
    ["", ""],
    ["f", "my"],
    ["fo", "mzxq"],
    ["foo", "mzxw6"],
    ["foob", "mzxw6yq"],
    ["fooba", "mzxw6ytb"],
    ["foobar", "mzxw6ytboi"],
  ];
  for (const [text, expected] of vectors) assert.equal(base32(new TextEncoder().encode(text)), expected);
});

test("base32 of any bytes can be read back", () => {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = base32(bytes);
      const bits = [...text].map((char) => alphabet.indexOf(char).toString(2).padStart(5, "0")).join("");
      const read = Array.from({ length: bytes.length }, (_, i) =>
        Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2),
      );
      assert.deepEqual(read, [...bytes]);
      assert.equal(text.length, Math.ceil((bytes.length * 8) / 5));
    }),
  );
});

test("a replay's task is never the live one, and the same when read twice", () => {
  const task = { rule: "rule-1", index: 0 };
  const id = replayTaskId("r_1", "e_1", task);
  assert.equal(replayTaskId("r_1", "e_1", task), id);
  const others = [
    taskId("e_1", "rule-1", 0),
    replayTaskId("r_2", "e_1", task),
    replayTaskId("r_1", "e_2", task),
    replayTaskId("r_1", "e_1", { ...task, index: 1 }),
    offerTaskId("r_1", "e_1", "rule-1"),
  ];
  assert.equal(new Set([id, ...others]).size, 6);
  assert.match(id, /^t_[a-z2-7]{52}$/);
});

test("a task of an event that recurred under its id differs by its receipt, and is the same when read twice", () => {
  const task = { rule: "rule-1", index: 0 };
  const event = { id: "e_1", receivedAt: "2026-11-01T00:00:00.000Z" };
  const id = recurredTaskId(event, task);
  assert.equal(recurredTaskId({ ...event }, { ...task }), id);
  const others = [
    taskId("e_1", "rule-1", 0),
    recurredTaskId({ ...event, receivedAt: "2026-11-01T00:00:00.001Z" }, task),
    recurredTaskId({ ...event, id: "e_2" }, task),
    recurredTaskId(event, { ...task, index: 1 }),
    replayTaskId(event.receivedAt, "e_1", task),
  ];
  assert.equal(new Set([id, ...others]).size, 6);
  assert.ok(isTaskId(id));
});

function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

test("hashes are over RFC 8785: keys by UTF-16 units, numbers by ECMAScript, no white space", () => {
  const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  const ordered = '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}';
  assert.equal(hashOf(keys), sha256Hex(ordered));
  const numbers = [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 1e-27, -0, 1e21, 100];
  assert.equal(hashOf(numbers), sha256Hex("[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,100]"));
});

test("equal values hash equally whatever the order of their keys, others differ", () => {
  assert.equal(hashOf({ a: 1, b: { c: 2, d: [3] } }), hashOf({ b: { d: [3], c: 2 }, a: 1 }));
  assert.notEqual(hashOf({ a: 1 }), hashOf({ a: "1" }));
  assert.notEqual(hashOf([1, 2]), hashOf([2, 1]));
});

test("what JSON cannot hold has no hash", () => {
  assert.throws(() => hashOf(undefined), TypeError);
  assert.throws(() => hashOf({ a: Number.NaN }));
  assert.throws(() => hashOf([Number.POSITIVE_INFINITY]));
});

test("half a surrogate pair from a sender counts as U+FFFD, in texts and keys, and stops nothing", () => {
  assert.equal(hashOf({ "k\ud800": ["\udc00x", null, 1] }), hashOf({ "k\ufffd": ["\ufffdx", null, 1] }));
  assert.equal(eventId("s", "\ud800"), eventId("s", "\ufffd"));
});

test("an event id depends on source, delivery key and window alone, and on where one ends", () => {
  assert.match(eventId("s", "k"), /^e_[a-z2-7]{52}$/);
  assert.equal(eventId("s", "k"), eventId("s", "k", 0));
  const ids = [
    eventId("s", "k"),
    eventId("sk", ""),
    eventId("s", "k", 1),
    eventId("s", "k", 2),
    eventId("s", "k,1"),
  ];
  assert.equal(new Set(ids).size, ids.length);
});

test("task ids are told apart by event, rule, index, offer and click", () => {
  const ids = [
    taskId("e", "r", 0),
    taskId("e", "r", 1),
    taskId("e", "r2", 0),
    taskId("e2", "r", 0),
    offerTaskId("e", "r", "c"),
    offerTaskId("e", "r", "d"),
    offerTaskId("e", "s", "c"),
  ];
  for (const id of ids) assert.match(id, /^t_[a-z2-7]{52}$/);
  assert.equal(new Set(ids).size, ids.length);
});

test("a rule named like an offer makes no task id of that offer", () => {
  assert.notEqual(taskId("t", "offer:view", 0), offerTaskId("t", "view", "0"));
});

test("a card id is read back into task and number, anything else is not one", () => {
  const task = taskId("e", "r", 0);
  assert.deepEqual(parseCardId(cardId(task, 12)), { taskId: task, cardNo: 12 });
  for (const text of [
    "",
    task,
    `${task}@`,
    `${task}@x`,
    `${task}@1 `,
    `x${task}@1`,
    `${task}@1234567`,
    `${task}@1\n`,
  ]) {
    assert.equal(parseCardId(text), null, JSON.stringify(text));
  }
});

test("keys and short ids are as people and StackStorm see them", () => {
  assert.equal(requestId("t_abc", 2), "t_abc-2");
  assert.equal(outboxKey("t_abc", "card", 3), "t_abc:card:3");
  assert.deepEqual(["t_abcdefgh", "e_abcdefgh", "abcdefgh"].map(shortId), ["abcdef", "abcdef", "abcdef"]);
});

test("a partition is within the count, the same each time, and the things of a source spread", () => {
  const partitions = Array.from({ length: 400 }, (_, i) => partitionOf("s", `vm-${i}`, 8));
  assert.ok(partitions.every((p) => Number.isInteger(p) && p >= 0 && p < 8));
  assert.equal(new Set(partitions).size, 8);
  assert.deepEqual(
    partitions,
    Array.from({ length: 400 }, (_, i) => partitionOf("s", `vm-${i}`, 8)),
  );
});

const WHOLE = `t_${"a2".repeat(26)}`;

test("only the whole id of a task is one", () => {
  assert.equal(isTaskId(WHOLE), true);
  for (const text of [
    "",
    "t_",
    WHOLE.slice(0, -1),
    `${WHOLE}a`,
    WHOLE.toUpperCase(),
    `${WHOLE}\n`,
    ` ${WHOLE}`,
    `${WHOLE}@1`,
  ]) {
    assert.equal(isTaskId(text), false, JSON.stringify(text));
  }
});

test("what people type of an id is its beginning, in whichever form they saw it", () => {
  for (const typed of ["abcd", "t_abcd", "T_ABCD", "e_abcd", "t_abcd@12"]) {
    assert.equal(beginningOfId(typed), "abcd", typed);
  }
  assert.equal(beginningOfId("e_01ARZ3NDEK"), "01arz3ndek");
  for (const typed of ["", "t_", "ab cd", "ab%", "ab*", "任务", "a".repeat(53)]) {
    assert.equal(beginningOfId(typed), null, typed);
  }
});
