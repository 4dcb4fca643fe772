import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_STALE_MS, readAnswer, standingOf } from "../../../core/rosters/index.ts";

const READ: [what: string, users: string, data: unknown, people: string[]][] = [
  ["a list", "{{ data.users }}", { users: ["Zhang", "li", "ZHANG"] }, ["zhang", "li"]],
  ["a text of several", "{{ data }}", "zhang, li；wang", ["zhang", "li", "wang"]],
  ["nobody on duty", "{{ data.users }}", { users: [] }, []],
  [
    "one field of many",
    "{{ data.rows | map: 'id' }}",
    { rows: [{ id: "li" }, { id: "wang" }] },
    ["li", "wang"],
  ],
];

for (const [what, users, data, people] of READ) {
  test(`reads ${what}`, () => assert.deepEqual(readAnswer(users, { data }), { outcome: "read", people }));
}

const UNREADABLE: [what: string, data: unknown, says: RegExp][] = [
  ["an answer without the field", {}, /users/],
  ["a number", { users: 5 }, /neither a list nor a text/],
  ["a person who is none", { users: ["li", { id: "x" }] }, /item 2/],
  ["everybody", { users: ["@all"] }, /item 1/],
  ["more people than a shift has", { users: Array.from({ length: 51 }, (_, i) => `u${i}`) }, /more than 50/],
];

for (const [what, data, says] of UNREADABLE) {
  test(`does not read ${what}, and says why`, () => {
    const reading = readAnswer("{{ data.users }}", { data });
    assert.match(reading.outcome === "unreadable" ? reading.message : "read", says);
  });
}

test("an answer is fresh for its time, then counts for an hour when asking fails, then not at all", () => {
  const answer = { people: ["li"], atMs: 1_000_000 };
  const at = (afterMs: number) => standingOf(answer, answer.atMs + afterMs, 60_000);
  assert.deepEqual(
    [at(0), at(59_999), at(60_000), at(MAX_STALE_MS - 1)],
    ["fresh", "fresh", "stale", "stale"],
  );
  assert.equal(at(MAX_STALE_MS), "none");
  assert.equal(standingOf(null, 0, 60_000), "none");
});

test("an answer from before the clock was put back is asked for anew", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 * MAX_STALE_MS }), (backMs) => {
      assert.equal(standingOf({ people: [], atMs: 1e12 }, 1e12 - backMs, 60_000), "stale");
    }),
  );
});
