import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCopy, checkHead, headText, parseHead } from "../../../core/audit/index.ts";

const link = (seq: number, sign = "a") => ({ seq, hash: sign.repeat(64) });
const whole = { outcome: "whole" as const, last: link(5) };

test("a head that was noted is held against the chain as it is now", () => {
  assert.deepEqual(checkHead(whole, link(5), link(5)), whole);
  assert.deepEqual(checkHead(whole, link(3), link(3)), whole);
  assert.partialDeepStrictEqual(checkHead(whole, link(7), undefined), { seq: 6, reason: "cut" });
  assert.partialDeepStrictEqual(checkHead(whole, link(3, "b"), link(3)), { seq: 3, reason: "other_head" });
  const broken = { outcome: "broken" as const, seq: 2, reason: "altered" as const };
  assert.deepEqual(checkHead(broken, link(7), undefined), broken);
});

test("a copy that lacks an entry, or has another in its place, is told at the first", () => {
  const chain = [link(1), link(2), link(3)];
  assert.equal(checkCopy(chain, chain), null);
  assert.partialDeepStrictEqual(checkCopy(chain, [link(1), link(3)]), { seq: 2, reason: "not_archived" });
  const other = [link(1), link(2, "b"), link(3)];
  assert.partialDeepStrictEqual(checkCopy(chain, other), { seq: 2, reason: "archived_otherwise" });
});

test("a head is read as it was printed, and nothing else is", () => {
  assert.deepEqual(parseHead(` ${headText(link(12)).toUpperCase()} `), link(12));
  for (const wrong of ["", "12", `${"a".repeat(63)}@1`, `${"a".repeat(64)}@0`, `${"a".repeat(64)}@1x`])
    assert.equal(parseHead(wrong), null);
});
