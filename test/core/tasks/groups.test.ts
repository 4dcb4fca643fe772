import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shortApproval } from "../../../core/approvals/index.ts";
import { ruleDigest } from "../../../core/rules/index.ts";
import { currentDigest, isTerminal, type Task, withOutbox } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, aRule, aStop, inputs, stepAt, walk } from "../../support/tasks.ts";

const ASKED = shortApproval({
  from: { tag: "sre-oncall" },
  need: 1,
  timeoutMs: 1_800_000,
  onTimeout: "reject",
});
const IN_GROUP = aRule({ approval: { ...ASKED, group: "ops" } });

/** The messages of a task's end, as kind and group. */
function toldAtEnd(task: Task): string[] {
  const { outbox } = withOutbox(task, [{ kind: "report" }, { kind: "ended" }], START_MS);
  return outbox.map(({ body, taskId }) =>
    [body.kind, "group" in body ? body.group : "", taskId === null ? "free" : "in order"].join(" "),
  );
}

describe("a group that an approval names", () => {
  test("gets a card beside the one of those who are asked", () => {
    const task = aMadeTask({ rule: IN_GROUP });
    assert.deepEqual(
      task.cards.map(({ no, group }) => [no, group]),
      [
        [1, undefined],
        [2, "ops"],
      ],
    );
  });

  test("is no part of what the approval is bound to", () => {
    const elsewhere = aRule({ approval: { ...ASKED, group: "other" } });
    const nowhere = aRule({ approval: ASKED });
    assert.equal(ruleDigest(elsewhere), ruleDigest(IN_GROUP));
    assert.equal(ruleDigest(nowhere), ruleDigest(IN_GROUP));
    assert.equal(
      currentDigest({ rules: [nowhere], grants: [] }, aMadeTask({ rule: IN_GROUP })),
      ruleDigest(IN_GROUP),
    );
  });

  test("changes nothing about who may decide there", () => {
    const task = aMadeTask({ rule: IN_GROUP });
    const byStranger = aClick({ cardNo: 2, entitlement: { outcome: "not_entitled" } });
    const refused = stepAt(task, { kind: "approve", click: byStranger });
    assert.deepEqual([refused.outcome, refused.reason], ["refused", "not_entitled"]);
    const approved = stepAt(task, { kind: "approve", click: aClick({ cardNo: 2 }) });
    assert.deepEqual([approved.outcome, approved.reason], ["moved", "quorum_reached"]);
  });
});

describe("the end of a task is told", () => {
  test("to its rule's group and where its card was shown, each once, and holds nothing up there", () => {
    const task = aMadeTask({
      rule: aRule({ approval: { ...ASKED, group: "ops" }, report: { group: "shop", rows: [] } }),
    });
    const lines = ["report  in order", "ended  free", "group_report shop free", "group_report ops free"];
    assert.deepEqual(toldAtEnd(task), lines);
    assert.deepEqual(toldAtEnd({ ...task, report: { group: "ops", rows: [] } }).slice(2), [
      "group_report ops free",
    ]);
  });

  test("to no group that nobody named", () => {
    assert.deepEqual(toldAtEnd(aMadeTask()), ["report  in order", "ended  free"]);
  });

  test("to a group also when somebody rejected it, which its people see on their cards", () => {
    const task = aMadeTask({ rule: IN_GROUP });
    const rejected = stepAt(task, { kind: "reject", click: aClick({ cardNo: 1 }) });
    assert.equal(isTerminal(rejected.task.state), true);
    const { outbox } = withOutbox(rejected.task, rejected.effects, START_MS);
    assert.deepEqual(
      outbox.map(({ body }) => body.kind),
      ["ended", "group_report"],
    );
  });
});

describe("a group whose card asks for nothing any more", () => {
  const shown = (task: Task): Task => ({
    ...task,
    cards: task.cards.map((card) => ({ ...card, sentAtMs: START_MS })),
  });
  const told = (task: Task, cardNo: number, approval = "approve" as const) =>
    stepAt(task, { kind: approval, click: aClick({ cardNo }) }).effects.filter(
      ({ kind }) => kind === "group_state",
    );

  test("is told so, unless the click was made there and the card shows it", () => {
    const task = shown(aMadeTask({ rule: IN_GROUP }));
    assert.deepEqual(told(task, 1), [{ kind: "group_state", group: "ops", cardId: `${task.id}@2` }]);
    assert.deepEqual(told(task, 2), []);
  });

  test("is told nothing of a card that was never shown, which will show how things are", () => {
    assert.deepEqual(told(aMadeTask({ rule: IN_GROUP }), 1), []);
  });

  test("is told when a stop holds the task and when it lets go, once where it holds from the approval on", () => {
    const words = ({ effects }: ReturnType<typeof stepAt>) =>
      effects.filter(({ kind }) => kind === "group_state").length;
    const approved = walk(shown(aMadeTask({ rule: IN_GROUP })), inputs.approve);
    const atMs = approved.approvedAtMs ?? 0;
    const hold = { kind: "hold", stop: aStop() } as const;
    assert.equal(words(stepAt(approved, hold, atMs + 50)), 0);
    const held = stepAt(approved, hold, atMs + 60_000);
    assert.equal(words(held), 1);
    assert.equal(words(stepAt(held.task, hold, atMs + 90_000)), 0);
    assert.equal(words(stepAt(held.task, { kind: "release" }, atMs + 120_000)), 1);
  });

  test("is told in time with the report: what ends meanwhile is reported alone", () => {
    const task = shown(aMadeTask({ rule: IN_GROUP }));
    const { outbox } = withOutbox(task, told(task, 1), START_MS);
    assert.deepEqual(
      outbox.map(({ dueAtMs, taskId, lane }) => [dueAtMs - START_MS, taskId, lane]),
      [[2_000, null, 2]],
    );
  });
});

test("the group that a rule reports to is asked with each step of escalation", () => {
  const steps = { to: { users: ["lisi"] }, need: 1, afterMs: 60_000, timeoutMs: 60_000 };
  const rule = aRule({ approval: { ...ASKED, escalate: [steps] }, report: { group: "shop", rows: [] } });
  const asked = stepAt(aMadeTask({ rule }), {
    ...{ kind: "card_sent", cardNo: 1, recipients: ["zhangsan"], unreachable: [] },
  }).task;
  const { task, effects } = stepAt(asked, { kind: "tick" }, START_MS + 120_000);
  assert.deepEqual(
    task.cards.map(({ no, purpose, group }) => [no, purpose, group ?? ""]),
    [
      [1, "approval", ""],
      [2, "escalation", ""],
      [3, "escalation", "shop"],
    ],
  );
  assert.deepEqual(effects, [
    { kind: "card", cardNo: 2 },
    { kind: "group_card", group: "shop", cardId: `${task.id}@3` },
  ]);
});
