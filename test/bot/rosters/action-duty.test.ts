import assert from "node:assert/strict";
import { test } from "node:test";
import { createActionDuty } from "../../../bot/rosters/index.ts";
import { type Policy, policyDigest } from "../../../core/policies/index.ts";
import type { Execution, StartOutcome, StartRequest } from "../../../core/ports/index.ts";
import { movableClock } from "../../support/clock.ts";

const APPROVED = {
  ...{ id: "read-only", actions: ["ops.who"], mode: "auto" as const, approvedBy: "wangwu" },
  ...{ approvedAt: "2026-01-01", expires: "2026-11-02" },
};
const POLICY: Policy = { ...APPROVED, digest: policyDigest(APPROVED) };
const LOOKUP = {
  ...{ kind: "action" as const, action: "ops.who", cluster: "hz", params: { team: "dba" } },
  users: "{{ result.result }}",
};
const RUNNING: Execution = { id: "x1", cluster: "hz", action: "ops.who", status: "running" };

function bench(given: { policies?: Policy[]; answer?: StartOutcome; seen?: (Execution | null)[] } = {}) {
  const clock = movableClock();
  const started: StartRequest[] = [];
  const seen = [...(given.seen ?? [])];
  const executor = {
    start: async (request: StartRequest) => {
      started.push(request);
      return given.answer ?? { outcome: "started" as const, execution: RUNNING };
    },
    get: async () => (seen.length > 0 ? (seen.shift() ?? null) : RUNNING),
  };
  const duty = createActionDuty({
    ...{ executor, clock, policies: () => given.policies ?? [POLICY], ids: { ulid: () => "01ABC" } },
    pause: async (ms) => clock.advance(ms),
  });
  return { clock, started, ask: () => duty.ask(LOOKUP) };
}

const ENDED = { ...RUNNING, status: "succeeded", result: { result: ["Zhang"] } };

test("runs the action once, under the policy that covers it, and reads its result", async () => {
  const { ask, started } = bench({ seen: [RUNNING, ENDED] });
  assert.deepEqual(await ask(), ["zhang"]);
  assert.deepEqual(started, [
    {
      ...{ cluster: "hz", action: "ops.who", parameters: { team: "dba" } },
      ...{ requestId: "duty-01abc", taskId: "duty-01abc", approvedBy: ["policy:read-only"] },
    },
  ]);
});

test("starts nothing once the policy has expired", async () => {
  const { ask, started, clock } = bench();
  clock.set(Date.parse(POLICY.expires));
  await assert.rejects(ask(), /no approved, unexpired policy covers ops\.who/);
  assert.deepEqual(started, []);
});

test("starts nothing under a policy that was changed after its approval", async () => {
  const { ask, started } = bench({ policies: [{ ...POLICY, actions: ["ops.who", "ops.rm"] }] });
  await assert.rejects(ask(), { code: "duty.action", retryable: true });
  assert.deepEqual(started, []);
});

const FAILING: [what: string, given: Parameters<typeof bench>[0], says: RegExp][] = [
  ["the start is refused", { answer: { outcome: "refused", message: "no such action" } }, /no such action/],
  [
    "the answer to the start is lost",
    { answer: { outcome: "unknown", message: "reset" } },
    /not started: reset/,
  ],
  ["the action fails", { seen: [{ ...RUNNING, status: "failed" }] }, /ended as failed/],
  ["it never ends", {}, /did not end within 20 s/],
  ["the execution is gone", { seen: [null] }, /does not know/],
  ["the result names nobody's id", { seen: [{ ...ENDED, result: { result: 5 } }] }, /cannot be read/],
];

for (const [what, given, says] of FAILING) {
  test(`fails, and starts nothing again, when ${what}`, async () => {
    const { ask, started } = bench(given);
    await assert.rejects(ask(), says);
    assert.equal(started.length, 1);
  });
}
