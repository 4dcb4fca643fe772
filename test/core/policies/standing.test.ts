import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  isNearExpiry,
  type Policy,
  policyDigest,
  policyFault,
  policyStanding,
} from "../../../core/policies/index.ts";

const DAY_MS = 86_400_000;
const EXPIRES_MS = Date.UTC(2027, 0, 31);

function aPolicy(overrides: Partial<Policy> = {}): Policy {
  const text = { id: "p", actions: ["disk.show"], mode: "auto" as const, approvedBy: "wangwu" };
  const times = { approvedAt: "2026-11-01T00:00:00.000Z", expires: "2027-01-31T00:00:00.000Z" };
  const policy = { ...text, ...times };
  return { ...policy, digest: policyDigest(policy), ...overrides };
}

const CASES: [policy: Policy, nowMs: number, state: string, daysLeft: number | null, near: boolean][] = [
  [aPolicy(), EXPIRES_MS - 30 * DAY_MS, "valid", 30, false],
  [aPolicy(), EXPIRES_MS - 14 * DAY_MS, "valid", 14, false],
  [aPolicy(), EXPIRES_MS - 14 * DAY_MS + 1, "valid", 13, true],
  [aPolicy(), EXPIRES_MS, "expired", 0, false],
  [aPolicy(), EXPIRES_MS + DAY_MS, "expired", -1, false],
  [aPolicy(), Date.UTC(2026, 9, 31), "not_yet", 92, false],
  [aPolicy({ digest: "", approvedBy: "" }), EXPIRES_MS - DAY_MS, "not_approved", 1, false],
  [aPolicy({ actions: ["disk.show", "disk.cleanup"] }), EXPIRES_MS - DAY_MS, "digest_differs", 1, false],
  [aPolicy({ expires: "never" }), EXPIRES_MS, "digest_differs", null, false],
];

for (const [policy, nowMs, state, daysLeft, near] of CASES) {
  test(`a policy at ${new Date(nowMs).toISOString()} is ${state} with ${daysLeft} days left`, () => {
    assert.deepEqual(policyStanding(policy, nowMs), { state, daysLeft });
    assert.equal(isNearExpiry(policy, nowMs), near);
  });
}

test("whatever an editor changes in an approved policy, it lets nothing run any more", () => {
  const approved = aPolicy();
  const changes = fc.oneof(
    fc.record({ actions: fc.array(fc.string(), { minLength: 1 }) }),
    fc.record({ expires: fc.string() }),
    fc.record({ approvedBy: fc.string() }),
    fc.record({ approvedAt: fc.string() }),
    fc.record({ id: fc.string() }),
  );
  fc.assert(
    fc.property(changes, (change) => {
      const edited = { ...approved, ...change };
      const same =
        [...edited.actions].sort().join() === "disk.show" && policyDigest(edited) === approved.digest;
      fc.pre(!same);
      assert.equal(policyFault(edited, "disk.show", EXPIRES_MS - DAY_MS), "policy_digest_differs");
    }),
  );
});
