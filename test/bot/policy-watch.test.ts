import assert from "node:assert/strict";
import { test } from "node:test";
import { policyWatch } from "../../bot/policy-watch.ts";
import { policyDigest } from "../../core/policies/index.ts";
import { textsOf } from "../../core/texts/index.ts";
import { openMemoryStore } from "../../fixtures/memory/index.ts";
import { movableClock } from "../support/clock.ts";
import { recordingLog } from "../support/log.ts";

const DAY_MS = 86_400_000;

function setting(daysLeft: number) {
  const clock = movableClock();
  const { state, outbox } = openMemoryStore({ clock });
  const expires = new Date(clock.nowMs() + daysLeft * DAY_MS + 1_000).toISOString();
  const approvedAt = new Date(clock.nowMs() - DAY_MS).toISOString();
  const policy = {
    id: "p",
    actions: ["a.b"],
    mode: "auto" as const,
    approvedBy: "wangwu",
    approvedAt,
    expires,
  };
  const policies = [{ ...policy, digest: policyDigest(policy) }];
  const log = recordingLog();
  const texts = textsOf("en");
  const deps = {
    inForce: () => ({ policies }),
    state,
    outbox,
    textsFor: async () => texts,
    plain: (text: string) => text,
    clock,
    log,
  };
  return { ...deps, texts, watch: policyWatch(deps) };
}

async function oneRound({ watch }: ReturnType<typeof setting>): Promise<void> {
  await watch.start().stop();
}

test("tells the approver of a policy near its end in chat, once, and the log each time", async () => {
  const parts = setting(13);
  await oneRound(parts);
  const [claim] = await parts.outbox.claim(10, 1_000);
  assert.deepEqual([claim?.body.kind, claim?.body.kind === "answer" && claim.body.to], ["answer", "wangwu"]);
  await parts.outbox.settle(claim?.key ?? "", claim?.fence ?? 0);
  await oneRound(parts);
  assert.deepEqual(await parts.outbox.depth(), {});
  assert.equal(parts.log.lines.filter(({ message }) => message === "a policy will expire").length, 2);
  assert.match(parts.watch.warnings()[0]?.message ?? "", /in 13 days/);
});

test("warns of its last day as of one day", async () => {
  const parts = setting(1);
  assert.match(parts.watch.warnings()[0]?.message ?? "", /in 1 day;.*还有 1 天/);
});

test("warns of a policy that has expired, but tells nobody in chat any more", async () => {
  const parts = setting(-1);
  await oneRound(parts);
  assert.match(parts.watch.warnings()[0]?.message ?? "", /has expired at .* held/);
  assert.deepEqual(await parts.outbox.depth(), {});
});

test("says nothing while the end is far", async () => {
  const parts = setting(20);
  await oneRound(parts);
  assert.deepEqual([await parts.outbox.depth(), parts.watch.warnings()], [{}, []]);
});
