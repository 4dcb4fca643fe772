import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { bindingHash, deciders, shortApproval } from "../../../core/approvals/index.ts";
import { ruleDigest } from "../../../core/rules/index.ts";
import { groupsOf, readTask, type TaskInput } from "../../../core/tasks/index.ts";
import {
  aClick,
  aMadeTask,
  aRule,
  aStanding,
  entitledFor,
  inputs,
  stepAt,
  walk,
} from "../../support/tasks.ts";

/** A task as a version before groups stored it: two must approve, one has, and the leads were asked. */
const text = readFileSync(`${import.meta.dirname}/stored/escalated-before-groups.json`, "utf8");

describe("a task that a version before groups stored", () => {
  const task = readTask(text);
  const approval = shortApproval({
    ...{ from: { tag: "sre-oncall" }, need: 2, timeoutMs: 1_800_000, onTimeout: "reject" },
    escalate: { to: { tag: "sre-leads" }, afterMs: 600_000 },
  });

  test("is read as what it meant", () => {
    assert.deepEqual(task.approval, approval);
    assert.deepEqual(task.offers[0]?.approval, approval);
    assert.deepEqual(task.decisions[0]?.groups, ["approvers"]);
    assert.deepEqual(
      task.cards.map(({ to }) => to),
      [[{ tag: "sre-oncall" }], [{ tag: "sre-leads" }]],
    );
    assert.deepEqual([task.escalated, task.askedAtMs], [1, task.cards[0]?.sentAtMs]);
    assert.deepEqual([task.deadlineAtMs, task.dueAtMs], [1_793_493_001_000, 1_793_493_001_000]);
    assert.deepEqual(
      deciders(task).map(({ name, people }) => [name, people]),
      [
        ["approvers", { tag: "sre-oncall" }],
        ["escalate[0]", { tag: "sre-leads" }],
      ],
    );
    assert.equal("escalatedAtMs" in task, false);
  });

  test("goes on by one more approval, bound to what it was bound to, and starts", () => {
    assert.equal(bindingHash(task), task.hash);
    const click = aClick({ by: "wangwu", entitlement: entitledFor("escalate[0]"), clickKey: "later" });
    const approved = stepAt(task, { kind: "approve", click }, task.updatedAtMs + 1).task;
    assert.equal(approved.state, "approved");
    const rule = aRule({ approval });
    const standing = { ...aStanding(approved), digest: ruleDigest(rule) };
    assert.equal(
      stepAt(approved, { kind: "intend", sender: "w", standing }, task.updatedAtMs + 2).reason,
      "start_intended",
    );
  });

  test("ends when its time is over", () => {
    assert.equal(stepAt(task, { kind: "tick" }, task.dueAtMs ?? 0).reason, "nobody_answered");
  });

  test("was never asked, or not escalated, as it was", () => {
    const fresh = { ...JSON.parse(text), deadlineAtMs: null, escalatedAtMs: null };
    const read = readTask(JSON.stringify(fresh));
    assert.deepEqual([read.askedAtMs, read.escalated], [null, 0]);
  });
});

test("a task of this version is read as it was stored, also a second time", () => {
  const made = aMadeTask();
  const withdrawn = walk(made, inputs.cardSent, (): TaskInput => ({ kind: "withdraw" }));
  for (const task of [made, withdrawn, walk(made, inputs.cardSent, inputs.approve), readTask(text)]) {
    assert.deepEqual(readTask(JSON.stringify(task)), task);
  }
});

test("people who stood alone in a message or card are a list of one", () => {
  assert.deepEqual(groupsOf({ tag: "a" }), [{ tag: "a" }]);
  assert.deepEqual(groupsOf([{ tag: "a" }, { tag: "b" }]), [{ tag: "a" }, { tag: "b" }]);
});
