import assert from "node:assert/strict";
import { test } from "node:test";
import {
  drainOfWords,
  readDrainOrder,
  undrainOfWords,
  upgradeOfWords,
} from "../../../core/clusters/index.ts";

const ORDER = { forMs: null, atDeadline: "wait", force: false, why: "" };

const drains: [string, object][] = [
  ["hz", { name: "hz", order: ORDER }],
  ["hz 30m", { name: "hz", order: { ...ORDER, forMs: 1_800_000 } }],
  [
    "hz 30m 取消 强制 换 内核",
    { name: "hz", order: { forMs: 1_800_000, atDeadline: "cancel", force: true, why: "换 内核" } },
  ],
  ["hz 升级 3.9", { name: "hz", order: { ...ORDER, why: "升级 3.9" } }],
  ["hz 1h LEAVE why", { name: "hz", order: { ...ORDER, forMs: 3_600_000, atDeadline: "leave", why: "why" } }],
];

for (const [words, order] of drains) {
  test(`reads drain "${words}"`, () => {
    assert.deepEqual(drainOfWords(words), { outcome: "read", order });
  });
}

const refused: [string, string][] = [
  ["", "no_cluster"],
  ["hz 31d", "bad_duration"],
  ["hz cancel", "bad_deadline"],
  ["hz force", "no_reason"],
];

for (const [words, fault] of refused) {
  test(`refuses drain "${words}" with ${fault}`, () => {
    assert.deepEqual(drainOfWords(words), { outcome: "refused", fault });
  });
}

test("a body of REST says the same, and what it says wrong is refused", () => {
  const body = { for: "30m", atDeadline: "cancel", why: " x ", force: true };
  assert.deepEqual(readDrainOrder(body), {
    outcome: "read",
    order: { forMs: 1_800_000, atDeadline: "cancel", why: "x", force: true },
  });
  assert.deepEqual(readDrainOrder({}), { outcome: "read", order: ORDER });
  const faultOf = (given: object) => {
    const read = readDrainOrder(given as Record<string, string>);
    return read.outcome === "refused" ? read.fault : null;
  };
  assert.equal(faultOf({ for: "soon" }), "bad_duration");
  assert.equal(faultOf({ for: 30 }), "bad_duration");
  assert.equal(faultOf({ for: "1h", atDeadline: "kill" }), "bad_deadline");
  assert.equal(faultOf({ why: 3 }), "no_reason");
});

test("an undrain may skip the canary with a reason alone", () => {
  assert.deepEqual(undrainOfWords("hz"), { outcome: "read", order: { name: "hz", skip: null } });
  assert.deepEqual(undrainOfWords("hz 跳过 没有 noop"), {
    outcome: "read",
    order: { name: "hz", skip: "没有 noop" },
  });
  assert.deepEqual(undrainOfWords("hz skip"), { outcome: "refused", fault: "no_reason" });
  assert.deepEqual(undrainOfWords(""), { outcome: "refused", fault: "no_cluster" });
});

test("an upgrade is shown, asked for, or moved on by its id", () => {
  assert.deepEqual(upgradeOfWords(""), { outcome: "read", order: { what: "show" } });
  const order = { forMs: 1_800_000, atDeadline: "wait", force: false, why: "3.9.0" };
  assert.deepEqual(upgradeOfWords("a,b、a 30m 3.9.0"), {
    outcome: "read",
    order: { what: "start", clusters: ["a", "b"], order },
  });
  assert.deepEqual(upgradeOfWords("中止 AB12 不 升了"), {
    outcome: "read",
    order: { what: "abort", id: "ab12", why: "不 升了" },
  });
  assert.deepEqual(upgradeOfWords("完成"), { outcome: "refused", fault: "no_id" });
  assert.deepEqual(upgradeOfWords(","), { outcome: "refused", fault: "no_cluster" });
});
