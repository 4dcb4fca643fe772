import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shortApproval } from "../../../core/approvals/index.ts";
import type { Click, Task } from "../../../core/tasks/index.ts";
import { aClick, aMadeTask, stepAt } from "../../support/tasks.ts";

function asking(reason: "never" | "reject" | "always"): Task {
  const short = shortApproval({
    ...{ from: { tag: "sre-oncall" }, need: 1, timeoutMs: 1_800_000, onTimeout: "reject" },
  });
  return aMadeTask({ rule: { approval: { ...short, reason } } });
}

function onPage(task: Task, written: string, overrides: Partial<Click> = {}): Click {
  return aClick({ written: { on: "page", hash: task.hash, reason: written }, ...overrides });
}

describe("a decision made on a task's page", () => {
  test("counts at once with the reason that was written beside it", () => {
    const task = asking("always");
    const result = stepAt(task, { kind: "approve", click: onPage(task, " 已核实\n磁盘 ") });
    assert.equal(result.task.state, "approved");
    assert.equal(result.task.decisions[0]?.reason, "已核实 磁盘");
    assert.deepEqual(result.task.awaitedReasons, []);
  });

  test("may have a reason where none is asked for, and needs none there", () => {
    const task = asking("never");
    const withOne = stepAt(task, { kind: "reject", click: onPage(task, "先不动") });
    assert.deepEqual([withOne.task.state, withOne.task.decisions[0]?.reason], ["rejected", "先不动"]);
    const without = stepAt(task, { kind: "approve", click: onPage(task, " ") });
    assert.deepEqual([without.task.state, without.task.decisions[0]?.reason], ["approved", undefined]);
  });

  test("does nothing without the reason that must come, and waits for none in chat", () => {
    const task = asking("reject");
    const result = stepAt(task, { kind: "reject", click: onPage(task, "\u200b ") });
    assert.deepEqual([result.outcome, result.reason, result.effects], ["refused", "empty_reason", []]);
    assert.equal(result.task, task);
  });

  test("does nothing when the page showed other content than the task has now", () => {
    const task = asking("never");
    const stale = aClick({ written: { on: "page", hash: "0".repeat(64), reason: "" } });
    const result = stepAt(task, { kind: "approve", click: stale });
    assert.deepEqual([result.outcome, result.reason], ["refused", "other_content"]);
    assert.deepEqual(result.task.decisions, []);
  });

  test("is answered on the page, so that nobody is told again in chat", () => {
    const task = asking("never");
    const stranger = onPage(task, "", { entitlement: { outcome: "not_entitled" } });
    const refused = stepAt(task, { kind: "approve", click: stranger });
    assert.equal(refused.reason, "not_entitled");
    const first = onPage(task, "");
    const approved = stepAt(task, { kind: "approve", click: first });
    const late = stepAt(approved.task, { kind: "reject", click: onPage(task, "") });
    assert.equal(late.reason, "already_decided");
    for (const { effects } of [refused, approved, late]) {
      assert.ok(effects.every(({ kind }) => kind !== "reply"));
    }
  });

  test("counts once, however often the same form is sent", () => {
    const task = asking("never");
    const click = onPage(task, "好");
    const { task: once } = stepAt(task, { kind: "approve", click });
    const twice = stepAt(once, { kind: "approve", click });
    assert.deepEqual([twice.outcome, twice.reason, twice.task], ["refused", "already_counted", once]);
  });
});
