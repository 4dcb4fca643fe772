import assert from "node:assert/strict";
import { test } from "node:test";
import { inputOf } from "../../../bot/chat/index.ts";
import { aClick } from "../../support/tasks.ts";

const click = aClick();

for (const kind of ["approve", "reject", "refresh", "again", "give_up"]) {
  test(`the button ${kind} is the input ${kind}`, () => {
    assert.deepEqual(inputOf(kind, click), { kind, click });
  });
}

test("the button of an offer names the offer", () => {
  assert.deepEqual(inputOf("offer:view-top-10", click), { kind: "offer", click, offer: "view-top-10" });
});

const NONE = [
  ...["", "Approve", "approve ", "offer:", "offer:View", `offer:${"x".repeat(21)}`, "offer:a;b", "offer:a\n"],
  ...["tick", "intend", "withdraw", "card_sent", "constructor", "__proto__", "closed"],
];
for (const button of NONE) {
  test(`the button ${JSON.stringify(button)} is none of ours`, () => {
    assert.equal(inputOf(button, click), null);
  });
}
