import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { givenReason, MAX_REASON_CHARACTERS, needsReason } from "../../../core/approvals/index.ts";
import { anApproval } from "./an-approval.ts";

test("a reason is one line without controls or marks that turn the text around it", () => {
  assert.equal(givenReason("  磁盘\r\n正在\t迁移 \u202e\u0000"), "磁盘 正在 迁移");
  assert.equal(givenReason("\u200b\n\u2028"), "");
});

test("any text becomes a short line, and stays as it is the second time", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 700 }), (written) => {
      const reason = givenReason(written);
      assert.doesNotMatch(reason, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      assert.ok([...reason].length <= MAX_REASON_CHARACTERS);
      assert.equal(givenReason(reason), reason);
    }),
  );
  assert.equal([...givenReason("因".repeat(600))].length, MAX_REASON_CHARACTERS);
});

test("a reason must come with what the approval says", () => {
  const needed = (reason: "never" | "reject" | "always") =>
    (["approve", "reject"] as const).filter((verdict) => needsReason(anApproval({ reason }), verdict));
  assert.deepEqual(needed("never"), []);
  assert.deepEqual(needed("reject"), ["reject"]);
  assert.deepEqual(needed("always"), ["approve", "reject"]);
  assert.equal(needsReason({ mode: "policy" }, "reject"), false);
});
