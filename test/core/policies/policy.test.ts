import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Policy, policyDigest, policyFault } from "../../../core/policies/index.ts";

const APPROVED_MS = Date.UTC(2026, 10, 1);
const EXPIRES_MS = Date.UTC(2027, 10, 1);

function aPolicy(overrides: Partial<Omit<Policy, "digest">> = {}): Policy {
  const policy = {
    id: "read-only",
    actions: ["disk.show", "dmesg.show"],
    mode: "auto" as const,
    approvedBy: "wangwu",
    approvedAt: "2026-11-01",
    expires: "2027-11-01",
    ...overrides,
  };
  return { ...policy, digest: policyDigest(policy) };
}

describe("a policy lets an action run", () => {
  test("from its approval until it expires, not at that instant", () => {
    const faults = [APPROVED_MS - 1, APPROVED_MS, EXPIRES_MS - 1, EXPIRES_MS].map((nowMs) =>
      policyFault(aPolicy(), "disk.show", nowMs),
    );
    assert.deepEqual(faults, ["policy_not_yet", null, null, "policy_expired"]);
  });

  test("only when it names the action exactly", () => {
    for (const action of ["disk.cleanup", "disk", "disk.show ", "DISK.SHOW", ""]) {
      assert.equal(policyFault(aPolicy(), action, APPROVED_MS), "policy_not_for_action", action);
    }
    assert.equal(policyFault(aPolicy({ actions: [] }), "disk.show", APPROVED_MS), "policy_not_for_action");
  });
});

describe("an edit after the approval voids it", () => {
  const edits: Partial<Policy>[] = [
    { id: "other" },
    { actions: ["disk.show", "dmesg.show", "disk.cleanup"] },
    { actions: ["disk.show"] },
    { approvedBy: "somebody" },
    { approvedAt: "2026-01-01" },
    { expires: "2099-01-01" },
    { digest: "" },
  ];
  for (const edit of edits) {
    test(`of ${JSON.stringify(edit)}`, () => {
      assert.equal(policyFault({ ...aPolicy(), ...edit }, "disk.show", APPROVED_MS), "policy_digest_differs");
    });
  }
});

test("the order in which actions are listed changes nothing", () => {
  const reordered = { ...aPolicy(), actions: ["dmesg.show", "disk.show"] };
  assert.equal(policyFault(reordered, "disk.show", APPROVED_MS), null);
});

test("a policy whose times are no times lets nothing run", () => {
  for (const times of [{ expires: "never" }, { approvedAt: "once" }]) {
    assert.notEqual(policyFault(aPolicy(times), "disk.show", APPROVED_MS), null, JSON.stringify(times));
  }
});
