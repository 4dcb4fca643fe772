import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type AuditEntry, type AuditLink, chained, checkChain, GENESIS } from "../../../core/audit/index.ts";
import { hashOf } from "../../../core/ids/index.ts";
import { aDeed } from "../../contract/audit.ts";

/** A chain of so many deeds. */
function chainOf(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  let before: AuditLink = GENESIS;
  for (let n = 0; n < length; n += 1) {
    const entry = chained(before, aDeed({ who: `u${n}` }));
    entries.push(entry);
    before = entry;
  }
  return entries;
}

test("hashes everything of an entry but the hash itself", () => {
  const { hash, ...content } = chained(GENESIS, aDeed());
  assert.equal(hash, hashOf(content));
});

test("gives the same hash whatever the order of the detail's keys", () => {
  const one = chained(GENESIS, aDeed({ detail: { a: 1, b: 2 } }));
  const two = chained(GENESIS, aDeed({ detail: { b: 2, a: 1 } }));
  assert.equal(one.hash, two.hash);
});

test("a chain is whole, and its parts are whole behind the entry before", () => {
  const entries = chainOf(5);
  const last = { seq: 5, hash: entries[4]?.hash };
  assert.deepEqual(checkChain(GENESIS, entries), { outcome: "whole", last });
  assert.deepEqual(checkChain(entries[1] ?? GENESIS, entries.slice(2)), { outcome: "whole", last });
});

test("finds any change of any entry at that entry", () => {
  const at = fc.integer({ min: 0, max: 7 });
  const field = fc.constantFrom("at", "who", "what", "object", "prev", "hash");
  fc.assert(
    fc.property(at, field, fc.string(), (index, key, value) => {
      const entries = chainOf(8);
      const old = entries[index];
      fc.pre(old !== undefined && old[key as keyof AuditEntry] !== value);
      entries[index] = { ...old, [key]: value } as AuditEntry;
      const checked = checkChain(GENESIS, entries);
      assert.deepEqual([checked.outcome, "seq" in checked && checked.seq], ["broken", index + 1]);
    }),
  );
});

test("finds two entries that were exchanged, and one that stands twice", () => {
  const [first, second, third] = chainOf(3) as [AuditEntry, AuditEntry, AuditEntry];
  assert.deepEqual(checkChain(GENESIS, [first, third, second]), {
    outcome: "broken",
    seq: 2,
    reason: "missing",
  });
  const renumbered = [first, { ...third, seq: 2 }, { ...second, seq: 3 }];
  assert.deepEqual(checkChain(GENESIS, renumbered), { outcome: "broken", seq: 2, reason: "unlinked" });
  assert.equal(checkChain(GENESIS, [first, first]).outcome, "broken");
});
