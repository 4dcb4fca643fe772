import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  bindingHash,
  type Choice,
  choiceOf,
  shortApproval,
  startParams,
} from "../../../core/approvals/index.ts";
import { ruleDigest } from "../../../core/rules/index.ts";
import { startFault, type Task } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, aRule, aStanding, inputs, stepAt, walk } from "../../support/tasks.ts";

const { cardSent, intend, started } = inputs;
const DEPTH: Choice = {
  name: "depth",
  title: "清理范围",
  options: [
    { id: "logs", text: "仅日志", value: ["/var/log"] },
    { id: "all", text: "日志与缓存", value: ["/var/log", "/var/cache"] },
  ],
};
const KEEP: Choice = { name: "keep", title: "保留天数", options: [{ id: "d7", text: "7 天", value: 7 }] };

const approvalOf = (need: number) =>
  shortApproval({ from: { tag: "sre" }, need, timeoutMs: 1_800_000, onTimeout: "reject" });

function asking(need = 1, choices: readonly Choice[] = [DEPTH]): Task {
  const rule = { choices, approval: approvalOf(need) };
  return walk(aMadeTask({ rule, rendered: { choices } }), cardSent);
}

function approves(task: Task, by: string, selected?: Record<string, string>) {
  return stepAt(task, { kind: "approve", click: aClick({ by, ...(selected ? { selected } : {}) }) });
}

describe("an approval with something to choose", () => {
  test("counts with an allowed option, and what starts is what was chosen", () => {
    const { task, reason } = approves(asking(), "zhangsan", { depth: "logs" });
    assert.deepEqual([task.state, reason, task.chosen], ["approved", "quorum_reached", { depth: "logs" }]);
    const running = walk(task, intend, started);
    assert.equal(running.state, "running");
    assert.deepEqual(startParams(running), { host: "vm-1", depth: ["/var/log"] });
  });

  const missing: [string, Record<string, string> | undefined][] = [
    ["nothing", undefined],
    ["the neutral option", { depth: "-" }],
    ["an option that was never offered", { depth: "wipe" }],
    ["an inherited name", { depth: "constructor" }],
    ["another parameter", { host: "logs" }],
  ];
  for (const [what, selected] of missing) {
    test(`decides nothing with ${what} chosen, and says so`, () => {
      const { task, outcome, reason, effects } = approves(asking(), "zhangsan", selected);
      assert.deepEqual(
        [outcome, reason, task.state, task.decisions],
        ["refused", "choice_missing", "pending_approval", []],
      );
      assert.deepEqual(effects[0], { kind: "reply", to: "zhangsan", about: "choice_missing" });
    });
  }

  test("needs every one of two choices", () => {
    const task = asking(1, [DEPTH, KEEP]);
    assert.equal(approves(task, "zhangsan", { depth: "all" }).reason, "choice_missing");
    const { task: both } = approves(task, "zhangsan", { depth: "all", keep: "d7" });
    assert.deepEqual(startParams(both), { host: "vm-1", depth: ["/var/log", "/var/cache"], keep: 7 });
  });

  test("is fixed by the first approver: the next approves the same, or is told", () => {
    const first = approves(asking(2), "zhangsan", { depth: "logs" }).task;
    const other = approves(first, "lisi", { depth: "all" });
    assert.deepEqual([other.reason, other.task.decisions.length], ["choice_differs", 1]);
    assert.equal(approves(first, "lisi", { depth: "logs" }).task.state, "approved");
    assert.equal(approves(first, "lisi").task.state, "approved");
    // Who had a card to choose on and chose nothing has not approved.
    assert.equal(approves(first, "lisi", { depth: "-" }).reason, "choice_missing");
    assert.equal(approves(first, "lisi", {}).reason, "choice_missing");
  });

  test("can be rejected without choosing anything", () => {
    const { task } = stepAt(asking(), { kind: "reject", click: aClick() });
    assert.equal(task.state, "rejected");
  });

  test("waits for its reason with what its click chose", () => {
    const made = aMadeTask({
      rule: { choices: [DEPTH] },
      rendered: { choices: [DEPTH], approval: { ...approvalOf(1), reason: "always" } },
    });
    const clicked = approves(walk(made, cardSent), "zhangsan", { depth: "all" }).task;
    const { by, entitlement } = aClick();
    const { task } = stepAt(clicked, { kind: "reason", text: "磁盘快满", key: "m1", by, entitlement });
    assert.deepEqual([task.state, task.chosen], ["approved", { depth: "all" }]);
  });

  test("holds for another start that a person orders", () => {
    const approved = approves(asking(), "zhangsan", { depth: "all" }).task;
    const unknown = stepAt(walk(approved, intend, inputs.lost), inputs.absent(), START_MS + 400_000).task;
    const again = stepAt(unknown, { kind: "again", click: aClick() }, START_MS + 400_001).task;
    assert.deepEqual([again.state, startParams(again)["depth"]], ["approved", ["/var/log", "/var/cache"]]);
    assert.equal(startFault(again, aStanding(again), START_MS + 400_002), null);
  });
});

describe("what was approved with a choice", () => {
  const approved = approves(asking(), "zhangsan", { depth: "logs" }).task;

  const differing: [string, Partial<Task>, string][] = [
    ["another option is chosen afterwards", { chosen: { depth: "all" } }, "no_quorum"],
    ["nothing is chosen any more", { chosen: {} }, "no_quorum"],
    [
      "the chosen option has another value",
      { choices: [{ ...DEPTH, options: [{ id: "logs", text: "仅日志", value: ["/"] }] }] },
      "binding_void",
    ],
    ["an option is added", { choices: [DEPTH, KEEP] }, "binding_void"],
    ["there is nothing to choose any more", { choices: [] }, "binding_void"],
  ];
  for (const [what, change, reason] of differing) {
    test(`does not start when ${what}`, () => {
      const { task } = stepAt({ ...approved, ...change }, intend(approved));
      assert.deepEqual([task.state, task.reason], ["refused", reason]);
    });
  }

  test("does not start when what its rule offers has changed", () => {
    const before = ruleDigest(aRule({ choices: [DEPTH] }));
    assert.notEqual(before, ruleDigest(aRule({ choices: [{ ...DEPTH, preselected: "logs" }] })));
    assert.notEqual(before, ruleDigest(aRule()));
  });

  test("is bound as before where nothing is offered", () => {
    const plain = aMadeTask();
    assert.equal(bindingHash({ ...plain, choices: [] }), plain.hash);
  });
});

test("an approval chooses one allowed option of each choice, or nothing, whatever comes with the click", () => {
  const id = fc.oneof(fc.constantFrom("logs", "all", "d7", "-"), fc.string());
  const selected = fc.dictionary(fc.oneof(fc.constantFrom("depth", "keep"), fc.string()), id);
  fc.assert(
    fc.property(selected, fc.constantFrom(undefined, { depth: "logs", keep: "d7" }), (given, chosen) => {
      const choices = [DEPTH, KEEP];
      const made = choiceOf({ choices, ...(chosen ? { chosen } : {}) }, given);
      if (made.outcome === "refused") return;
      assert.deepEqual(Object.keys(made.chosen ?? {}).sort(), ["depth", "keep"]);
      for (const { name, options } of choices) {
        assert.ok(options.some((option) => option.id === made.chosen?.[name]));
      }
      if (chosen) assert.deepEqual(made.chosen, chosen);
    }),
  );
});
