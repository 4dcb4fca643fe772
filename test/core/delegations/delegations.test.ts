import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Delegation,
  delegationOfWords,
  delegatorsOf,
  isInForce,
  MAX_DELEGATION_MS,
  readDelegation,
  withDelegates,
} from "../../../core/delegations/index.ts";
import { START_MS } from "../../support/clock.ts";

const HOUR_MS = 3_600_000;
const asking = { asker: "zhang", nowMs: START_MS, zone: "Asia/Shanghai" };

function aDelegation(from: string, to: string, untilMs = START_MS + HOUR_MS): Delegation {
  const [since, until] = [START_MS, untilMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  return { from, to, since, until, by: `user:${from}`, why: "" };
}

const READ: [what: string, words: string, to: string, untilMs: number, why: string][] = [
  ["a duration", "li 2d 出差 一周", "li", START_MS + 48 * HOUR_MS, "出差 一周"],
  ["a mention, and no reason", "@Li 4h", "li", START_MS + 4 * HOUR_MS, ""],
  [
    "a day, to its end by the clock of the zone",
    "li 2026-11-03",
    "li",
    Date.parse("2026-11-04T00:00:00+08:00"),
    "",
  ],
  ["a time by that clock", "li 2026-11-03T18:00", "li", Date.parse("2026-11-03T18:00:00+08:00"), ""],
  ["an instant", "li 2026-11-03T18:00:00Z", "li", Date.parse("2026-11-03T18:00:00Z"), ""],
];

for (const [what, words, to, untilMs, why] of READ) {
  test(`reads ${what}`, () => {
    const read = delegationOfWords(words.split(" "), asking);
    assert.deepEqual(read, { outcome: "read", order: { from: "zhang", to, untilMs, why } });
  });
}

const REFUSED: [what: string, words: string, fault: string][] = [
  ["nobody", "", "no_delegate"],
  ["no userid", "<li> 2d", "no_delegate"],
  ["oneself", "ZHANG 2d", "oneself"],
  ["no end", "li", "no_end"],
  ["an end that is none", "li tomorrow", "no_end"],
  ["a day that does not exist", "li 2026-11-31", "no_end"],
  ["an end that is over", "li 2026-10-30", "past"],
  ["more than thirty days", "li 31d", "too_long"],
];

for (const [what, words, fault] of REFUSED) {
  test(`refuses ${what}`, () => {
    const read = delegationOfWords(words.split(" ").filter(Boolean), asking);
    assert.equal(read.outcome === "refused" && read.fault, fault);
  });
}

test("over REST from names who is absent, and needs to where nobody asks as a person", () => {
  const read = readDelegation({ from: "Wang", to: "li", until: "1h", why: 5 }, { ...asking, asker: null });
  assert.deepEqual(read.outcome === "read" && [read.order.from, read.order.why], ["wang", ""]);
  assert.equal(readDelegation({ to: "li", until: "1h" }, { ...asking, asker: null }).outcome, "refused");
});

test("whatever is asked for, an order that is taken ends later than now and within thirty days, for another", () => {
  const word = fc.oneof(
    fc.constantFrom("li", "zhang", "@li", "2d", "30d", "2026-11-05", "999h"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (words) => {
      const read = delegationOfWords(words, asking);
      if (read.outcome === "refused") return;
      const { from, to, untilMs } = read.order;
      assert.notEqual(from, to);
      assert.ok(untilMs > START_MS && untilMs <= START_MS + MAX_DELEGATION_MS);
    }),
  );
});

describe("who stands in for whom", () => {
  const given = [aDelegation("zhang", "li"), aDelegation("li", "wang"), aDelegation("chen", "li", START_MS)];

  test("is told while it lasts, and not of what is over", () => {
    assert.deepEqual(delegatorsOf("li", given, START_MS), ["zhang"]);
    assert.deepEqual(delegatorsOf("li", given, START_MS + HOUR_MS), []);
    assert.equal(isInForce(aDelegation("zhang", "li"), START_MS - 1), false);
  });

  test("is not followed: who stands in for a delegate does not stand in for who delegated to them", () => {
    assert.deepEqual(delegatorsOf("wang", given, START_MS), ["li"]);
    assert.deepEqual(withDelegates(["zhang"], given, START_MS), ["zhang", "li"]);
  });

  test("a delegation that cannot be read, or is to oneself, lets nobody stand in", () => {
    assert.deepEqual(delegatorsOf("li", [{ ...aDelegation("zhang", "li"), until: "never" }], START_MS), []);
    assert.deepEqual(delegatorsOf("li", [aDelegation("li", "li")], START_MS), []);
  });
});
