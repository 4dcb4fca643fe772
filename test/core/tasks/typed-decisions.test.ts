import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StepResult } from "../../../core/tasks/index.ts";
import { aClick, aMadeTask, aRule, inputs, stepAt, walk } from "../../support/tasks.ts";

const { cardSent } = inputs;
const pending = (approval = {}) => {
  const base = aRule().approval;
  return walk(aMadeTask({ rule: { approval: { ...base, ...approval } as typeof base } }), cardSent);
};
const replies = ({ effects }: StepResult) => effects.filter(({ kind }) => kind === "reply").length;
const typed = (reason = "") => ({ written: { on: "chat" as const, reason } });

describe("a decision that was typed", () => {
  test("counts as a click does, and keeps the reason that came with it", () => {
    const result = stepAt(pending(), { kind: "approve", click: aClick(typed("已和 DBA 确认")) });
    assert.deepEqual([result.task.state, result.task.decisions[0]?.reason], ["approved", "已和 DBA 确认"]);
  });

  test("is answered by who took the message, and by nothing else", () => {
    const refused = { entitlement: { outcome: "not_entitled" as const }, ...typed() };
    const result = stepAt(pending(), { kind: "approve", click: aClick(refused) });
    assert.deepEqual([result.outcome, result.reason, replies(result)], ["refused", "not_entitled", 0]);
    assert.equal(
      replies(stepAt(pending(), { kind: "approve", click: aClick({ entitlement: refused.entitlement }) })),
      1,
    );
  });

  test("waits for its reason where one is needed and none came", () => {
    const asked = stepAt(pending({ reason: "always" }), { kind: "approve", click: aClick(typed(" ")) });
    assert.deepEqual(
      [asked.reason, asked.task.state, replies(asked)],
      ["reason_asked", "pending_approval", 0],
    );
    const given = stepAt(pending({ reason: "always" }), { kind: "approve", click: aClick(typed("x")) });
    assert.equal(given.task.state, "approved");
  });

  test("does not count when what was shown is no longer so", () => {
    const task = pending();
    const shown = (hash: string) => ({
      kind: "approve" as const,
      click: aClick({ written: { on: "chat", reason: "", hash } }),
    });
    assert.equal(stepAt(task, shown("0".repeat(64))).reason, "other_content");
    assert.equal(stepAt(task, shown(task.hash)).task.state, "approved");
  });
});
