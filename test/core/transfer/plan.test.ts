import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  planCancel,
  planTransfer,
  type StoreStanding,
  standingFault,
  TRANSFER_VERSION,
  type TransferFacts,
  UNTOUCHED,
} from "../../../core/transfer/index.ts";

const at = "2026-11-01T00:00:00.000Z";
const leaving = (transferId = "a"): StoreStanding => ({ state: "leaving", transferId, to: "redis", at });
const left = (transferId = "a"): StoreStanding => ({ state: "left", transferId, to: "redis", at });
const inForce = (transferId = "a"): StoreStanding => ({ state: "in_force", transferId });
const arriving = (transferId = "a", version = TRANSFER_VERSION): StoreStanding => ({
  ...{ state: "arriving", transferId, from: "embedded", at, version },
  progress: { kind: "task", after: "7" },
});

function factsOf(facts: Partial<TransferFacts>): TransferFacts {
  const nobody = { holders: [], evenIfRunning: false, replace: false };
  return { source: UNTOUCHED, target: UNTOUCHED, targetEmpty: true, ...nobody, ...facts };
}

describe("what a transfer begins with", () => {
  const cases: [name: string, facts: Partial<TransferFacts>, outcome: string, reason: string][] = [
    ["an empty target", {}, "begin", "target_empty"],
    ["a source whose transfer had only been announced", { source: leaving() }, "begin", "target_empty"],
    ["a target in use", { targetEmpty: false }, "refused", "target_in_use"],
    [
      "a target in use, with leave to replace",
      { targetEmpty: false, replace: true },
      "refused",
      "target_in_use",
    ],
    [
      "its own unfinished target",
      { source: leaving(), target: arriving(), targetEmpty: false },
      "resume",
      "interrupted",
    ],
    [
      "its own unfinished target, with leave to replace",
      { source: leaving(), target: arriving(), replace: true },
      "resume",
      "interrupted",
    ],
    [
      "another's unfinished target",
      { source: leaving(), target: arriving("b") },
      "refused",
      "target_left_over",
    ],
    [
      "another's unfinished target, with leave to replace",
      { source: leaving(), target: arriving("b"), replace: true },
      "begin",
      "target_replaced",
    ],
    [
      "its own target of another version",
      { source: leaving(), target: arriving("a", 0) },
      "refused",
      "target_left_over",
    ],
    ["a target that was moved away", { target: left(), targetEmpty: false }, "refused", "target_left_over"],
    [
      "a target that was moved away, with leave to replace",
      { target: left(), replace: true },
      "begin",
      "target_replaced",
    ],
    [
      "its own target in force",
      { source: leaving(), target: inForce(), targetEmpty: false },
      "finish",
      "interrupted_at_the_end",
    ],
    [
      "both ends of a finished transfer",
      { source: left(), target: inForce(), targetEmpty: false },
      "done",
      "moved_before",
    ],
    ["a source that moved elsewhere", { source: left() }, "refused", "source_moved_before"],
    ["a source that is not whole itself", { source: arriving() }, "refused", "source_unfinished"],
    ["processes at work", { holders: ["w1"] }, "refused", "processes_at_work"],
    [
      "processes at work, with leave to go on",
      { holders: ["w1"], evenIfRunning: true },
      "begin",
      "target_empty",
    ],
    [
      "processes at work on its finished target",
      { source: leaving(), target: inForce(), holders: ["w1"] },
      "finish",
      "interrupted_at_the_end",
    ],
  ];
  for (const [name, facts, outcome, reason] of cases) {
    test(`${name}: ${outcome}, ${reason}`, () => {
      const plan = planTransfer(factsOf(facts));
      assert.deepEqual([plan.outcome, plan.reason], [outcome, reason]);
    });
  }
});

describe("giving a transfer up", () => {
  const cases: [name: string, facts: Partial<TransferFacts>, outcome: string, reason: string][] = [
    ["an unfinished one", { source: leaving(), target: arriving() }, "cancel", "not_finished"],
    ["a finished one", { source: left(), target: inForce() }, "cancel", "moved_and_taken_back"],
    [
      "one that ended before the source was marked",
      { source: leaving(), target: inForce() },
      "cancel",
      "moved_and_taken_back",
    ],
    ["none", {}, "refused", "no_transfer"],
    ["one to another target", { source: left(), target: inForce("b") }, "refused", "other_target"],
    [
      "one whose target is at work",
      { source: left(), target: inForce(), holders: ["w1"] },
      "refused",
      "processes_at_work",
    ],
  ];
  for (const [name, facts, outcome, reason] of cases) {
    test(`${name}: ${outcome}, ${reason}`, () => {
      const plan = planCancel(factsOf(facts));
      assert.deepEqual([plan.outcome, plan.reason], [outcome, reason]);
    });
  }
});

describe("what a store that is not in force says", () => {
  test("nothing while it is", () => {
    assert.equal(standingFault(UNTOUCHED, "x"), null);
    assert.equal(standingFault(inForce(), "x"), null);
  });

  test("which store, where the data are, and what to do", () => {
    for (const [standing, does] of [
      [leaving(), /^x: .*--cancel.*same whale migrate command again/],
      [arriving(), /^x: .*from embedded.*same whale migrate command again/],
      [left(), /^x: .*redis.*start Whale there.*--cancel/],
    ] as const) {
      assert.match(standingFault(standing, "x") ?? "", does);
    }
  });
});
