import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { newestFirst, pageOf } from "../../../core/commands/index.ts";

const keyOf = (one: { at: number; id: string }) => newestFirst(one.at, one.id);

test("page after page shows each line that was there all the time exactly once, whatever comes and goes", () => {
  const line = fc.record({ at: fc.nat(50), id: fc.stringMatching(/^[a-z]{3}$/) });
  const lines = fc.uniqueArray(line, { selector: ({ id }) => id, maxLength: 40 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 7 }), fc.nat(9), (all, size, gone) => {
      const staying = all.filter((_, i) => i % 10 !== gone);
      const seen: string[] = [];
      let after: string | null = null;
      let now = all;
      do {
        const page: ReturnType<typeof pageOf<(typeof all)[number]>> = pageOf(now, after, keyOf, size);
        seen.push(...page.shown.map(({ id }) => id));
        after = page.next;
        now = staying;
      } while (after !== null);
      assert.equal(new Set(seen).size, seen.length);
      for (const { id } of staying) assert.ok(seen.includes(id));
    }),
  );
});

test("the newest comes first, and what is left is counted", () => {
  const all = [1, 3, 2].map((at) => ({ at, id: `t${at}` }));
  const page = pageOf(all, null, keyOf, 2);
  assert.deepEqual([page.shown.map(({ at }) => at), page.left], [[3, 2], 1]);
  assert.deepEqual(pageOf(all, page.next, keyOf, 2), { shown: [{ at: 1, id: "t1" }], next: null, left: 0 });
});
