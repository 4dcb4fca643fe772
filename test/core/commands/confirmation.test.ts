import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Confirmation,
  confirmationCode,
  confirmCard,
  confirming,
  isConfirmationId,
} from "../../../core/commands/index.ts";
import { textsOf } from "../../../core/texts/index.ts";

const AT = Date.parse("2026-11-01T08:00:00.000Z");
const FACTS = { title: "取消 3f2a", rows: [{ label: "任务", value: "清理" }], text: "会停" };
const WAITING: Confirmation = {
  facts: FACTS,
  ...{ by: "zhangsan", command: "cancel", args: { task: "t_abc" }, about: [{ id: "t_abc", hash: "h" }] },
  ...{ at: "2026-11-01T08:00:00.000Z", until: "2026-11-01T08:05:00.000Z" },
};
const CLICK = { by: "zhangsan", button: "confirm", key: "k1", nowMs: AT };

describe("a confirmation", () => {
  test("counts once, and the same click again is told apart from another", () => {
    const first = confirming(WAITING, CLICK);
    assert.ok(first.outcome === "confirmed");
    assert.deepEqual(confirming(first.next, CLICK), { outcome: "repeated", as: "confirmed" });
    assert.deepEqual(confirming(first.next, { ...CLICK, key: "k2" }), { outcome: "refused", reason: "used" });
  });

  test("that was abandoned cannot be confirmed any more", () => {
    const given = confirming(WAITING, { ...CLICK, button: "abandon" });
    assert.ok(given.outcome === "abandoned");
    assert.deepEqual(confirming(given.next, { ...CLICK, key: "k2" }), { outcome: "refused", reason: "used" });
  });

  const REFUSED: [string, Confirmation | null, Partial<typeof CLICK>, string][] = [
    ["nobody knows", null, {}, "no_such"],
    ["is another person's", WAITING, { by: "lisi" }, "other_person"],
    ["has run out", WAITING, { nowMs: AT + 300_000 }, "expired"],
    ["whose time cannot be read", { ...WAITING, until: "soon" }, {}, "expired"],
    ["is clicked on a button of another card", WAITING, { button: "approve" }, "unknown_button"],
  ];
  for (const [name, stored, click, reason] of REFUSED) {
    test(`that ${name} does nothing`, () => {
      assert.deepEqual(confirming(stored, { ...CLICK, ...click }), { outcome: "refused", reason });
    });
  }

  test("has an id that no task's card has, and a code that can be typed", () => {
    const id = "c_01jbhv000000000000000abcde";
    assert.deepEqual([isConfirmationId(id), isConfirmationId(`t_${"a".repeat(52)}@1`)], [true, false]);
    assert.equal(confirmationCode(id), "0abcde");
  });

  test("shows what, and how, and once over no button", () => {
    const texts = textsOf("zh");
    const open = confirmCard(FACTS, { texts, code: "abcdef" });
    assert.deepEqual(
      open.buttons.map(({ key }) => key),
      ["confirm", "abandon"],
    );
    assert.match(JSON.stringify(open), /请确认：取消 3f2a.*确认 abcdef/);
    const over = confirmCard(FACTS, { texts, code: "abcdef", closed: "已确认" });
    assert.deepEqual([over.buttons, over.closed], [[], "已确认"]);
  });
});
