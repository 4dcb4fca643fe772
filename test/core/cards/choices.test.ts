import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkCard, renderCard } from "../../../adapters/wecom/index.ts";
import type { Choice } from "../../../core/approvals/index.ts";
import { MAX_CHOICES, MAX_OPTIONS } from "../../../core/approvals/index.ts";
import { DECISION_KEY, taskCard } from "../../../core/cards/index.ts";
import { cardId } from "../../../core/ids/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { LANGUAGES } from "../../../core/texts/index.ts";
import { aMadeTask, inputs, walk } from "../../support/tasks.ts";
import { aViewing } from "./viewing.ts";

function aChoice(name: string, overrides: Partial<Choice> = {}): Choice {
  const options = ["a", "b"].map((id) => ({ id, text: `${id} 区`, value: id }));
  return { name, title: "机房", options, ...overrides };
}

function asking(choices: readonly Choice[], overrides: Partial<Task> = {}): Task {
  return { ...walk(aMadeTask({ rendered: { choices } }), inputs.cardSent), ...overrides };
}

function viewOf(task: Task) {
  const [record] = task.cards;
  assert.ok(record);
  return taskCard(task, record, aViewing());
}

describe("the card of a task with something to choose", () => {
  test("has a dropdown above its buttons, which shows that nothing is chosen", () => {
    const view = viewOf(asking([aChoice("zone")]));
    assert.ok("buttons" in view);
    assert.deepEqual(view.select, {
      ...{ key: "zone", title: "机房" },
      options: [
        { id: "-", text: "请选择" },
        { id: "a", text: "a 区" },
        { id: "b", text: "b 区" },
      ],
    });
    assert.deepEqual(
      view.buttons.map(({ key }) => key),
      ["approve", "reject"],
    );
  });

  test("shows what the rule preselects, and only that", () => {
    const view = viewOf(asking([aChoice("zone", { preselected: "b" })]));
    assert.ok("buttons" in view);
    assert.equal(view.select?.selected, "b");
    assert.deepEqual(
      view.select?.options.map(({ id }) => id),
      ["a", "b"],
    );
  });

  test("with two choices decides by a third dropdown, on which nothing is decided", () => {
    const task = asking([aChoice("zone"), aChoice("count", { title: "数量" })]);
    const view = viewOf(task);
    assert.ok("selects" in view);
    assert.deepEqual(
      view.selects.map(({ key, selected, options }) => [key, selected, options[0]?.id]),
      [
        ["zone", undefined, "-"],
        ["count", undefined, "-"],
        [DECISION_KEY, undefined, "-"],
      ],
    );
    assert.deepEqual(
      view.selects[2]?.options.map(({ id, text }) => `${id} ${text}`),
      ["- 请选择", "approve 批准", "reject 拒绝"],
    );
    assert.deepEqual(view.submit, { key: "decide", text: "提交" });
    assert.match(
      view.text,
      /^操作 disk\.cleanup · 目标 vm-1 · 参数 · 集群 hz-core · host: vm-1 · 11\/01 08:30 前有效/,
    );
    assert.match(view.text, / · 编号 [a-z2-7]{6}$/);
  });

  test("offers nothing else once the first approval has fixed it, and shows what it fixed", () => {
    const view = viewOf(asking([aChoice("zone")], { chosen: { zone: "b" } }));
    assert.ok("buttons" in view);
    assert.deepEqual(view.select?.options, [{ id: "b", text: "b 区" }]);
    assert.equal(view.quote?.text, "host: vm-1; zone: b");
  });

  test("is within WeCom's limits with as many choices and options as a rule may have", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 16 });
    const choice = fc
      .uniqueArray(text, { minLength: 1, maxLength: MAX_OPTIONS - 1 })
      .map((texts) => texts.map((one, i) => ({ id: `o${i}`, text: one, value: one })))
      .chain((options) => fc.record({ title: text, options: fc.constant(options) }));
    const many = fc.array(choice, { minLength: 1, maxLength: MAX_CHOICES });
    fc.assert(
      fc.property(many, fc.constantFrom(...LANGUAGES), (given, language) => {
        const task = asking(given.map((one, i) => ({ name: `p${i}`, ...one })));
        const [record] = task.cards;
        assert.ok(record);
        const view = taskCard(task, record, aViewing(language));
        assert.deepEqual(checkCard(renderCard(view, cardId(task.id, 1)), "app"), []);
        assert.deepEqual(checkCard(renderCard(view), "app", { update: true }), []);
      }),
    );
  });
});
