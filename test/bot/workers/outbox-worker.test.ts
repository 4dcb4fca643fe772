import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  budgetShort,
  type Deliver,
  type DeliverDigest,
  startOutboxWorker,
} from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Outbox, OutboxClaim } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { anOutboxItem } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { countedMetrics, eventually, gate } from "./parts.ts";

interface Setting {
  /** The loop ends with it. */
  t: TestContext;
  deliver: (claim: OutboxClaim, outbox: Outbox) => Promise<void>;
  /** Spreads the pauses; 1 leaves them whole. */
  random?: number;
}

function setting({ t, deliver, random = 1 }: Setting) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const postponed: { afterMs: number; counted: boolean }[] = [];
  const outbox: Outbox = {
    ...store.outbox,
    postpone: (key, fence, to) => {
      postponed.push({ afterMs: to.dueAtMs - clock.nowMs(), counted: to.counted });
      return store.outbox.postpone(key, fence, to);
    },
  };
  const log = recordingLog();
  const metrics = countedMetrics();
  const sending: Deliver = (claim) => deliver(claim, store.outbox);
  const digests: string[][] = [];
  const digest: DeliverDigest = async (claims) => {
    digests.push(claims.map(({ key }) => key));
    for (const { key, fence } of claims) await store.outbox.settle(key, fence);
  };
  const common = { outbox, clock, log, metrics };
  const loop = startOutboxWorker({ ...common, deliver: sending, digest, random: () => random });
  t.after(() => loop.stop());
  store.onWrite((what) => {
    if (what === "outbox") loop.wake();
  });
  /** Moves on to the next try of what was put back. */
  const toNextTry = () => {
    clock.advance(postponed.at(-1)?.afterMs ?? 0);
    loop.wake();
  };
  return { clock, store, log, metrics, loop, postponed, digests, toNextTry };
}

const settle: Setting["deliver"] = async ({ key, fence }, outbox) => void (await outbox.settle(key, fence));

test("sends what is due, by lane, and counts it", async (t) => {
  const sent: string[] = [];
  const first = gate();
  const { store, metrics, loop } = setting({
    t,
    deliver: async (claim, outbox) => {
      sent.push(claim.key);
      await first.promise;
      await settle(claim, outbox);
    },
  });
  const laned = [4, 1, 3, 2].map((lane) => anOutboxItem({ key: `lane-${lane}`, lane: lane as 1 }));
  await store.outbox.add([...laned, anOutboxItem({ key: "later", dueAtMs: START_MS + 60_000 })]);
  await eventually("four sendings", () => sent.length === 4);
  first.open();
  await eventually("one left", async () => (await store.outbox.depth())["answer"] === 1);
  await loop.stop();
  assert.deepEqual(sent, ["lane-1", "lane-2", "lane-3", "lane-4"]);
  assert.equal(metrics.counts.get("outbox_items{kind=answer,outcome=done}"), 4);
});

test("what may have been sent is tried again after pauses that double up to a minute, and counted", async (t) => {
  const attempts: number[] = [];
  const { store, loop, postponed, toNextTry, metrics, log } = setting({
    t,
    deliver: async (claim) => {
      attempts.push(claim.attempts);
      throw new ChatOpsError("cut", { code: "wecom.reset", retryable: true });
    },
  });
  await store.outbox.add([anOutboxItem()]);
  for (let i = 0; i < 9; i++) {
    await eventually(`try ${i + 1}`, () => postponed.length === i + 1);
    toNextTry();
  }
  await eventually("the tenth try", () => postponed.length === 10);
  await loop.stop();
  const pauses = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000];
  assert.deepEqual(
    postponed,
    pauses.map((afterMs) => ({ afterMs, counted: true })),
  );
  assert.deepEqual(attempts, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(metrics.counts.get("outbox_items{kind=answer,outcome=retried}"), 10);
  assert.equal(log.lines[0]?.fields["code"], "wecom.reset");
});

test("what was surely not sent is not counted as a try, and its pauses grow with its age", async (t) => {
  const attempts: number[] = [];
  const { store, loop, postponed, toNextTry } = setting({
    t,
    deliver: async (claim) => {
      attempts.push(claim.attempts);
      throw new ChatOpsError("refused", { code: "wecom.unreachable", retryable: true, reached: "no" });
    },
  });
  await store.outbox.add([anOutboxItem()]);
  for (let i = 0; i < 9; i++) {
    await eventually(`try ${i + 1}`, () => postponed.length === i + 1);
    toNextTry();
  }
  await eventually("the tenth try", () => postponed.length === 10);
  await loop.stop();
  const pauses = [500, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
  assert.deepEqual(
    postponed,
    pauses.map((afterMs) => ({ afterMs, counted: false })),
  );
  assert.deepEqual(new Set(attempts), new Set([0]));
});

test("own pauses are spread between a half and the whole; an asked one is only made longer", async (t) => {
  const failing = (error: Error) => async () => {
    throw error;
  };
  const cut = new ChatOpsError("cut", { code: "wecom.reset", retryable: true });
  const limited = new ChatOpsError("45009", {
    code: "wecom.rate_limited",
    retryAfterMs: 60_000,
    reached: "no",
  });
  const seen: number[] = [];
  for (const [error, random] of [
    [cut, 0],
    [cut, 1],
    [limited, 0],
    [limited, 1],
  ] as const) {
    const { store, loop, postponed } = setting({ t, deliver: failing(error), random });
    await store.outbox.add([anOutboxItem()]);
    await eventually("the pause", () => postponed.length === 1);
    await loop.stop();
    seen.push(postponed[0]?.afterMs ?? 0);
  }
  assert.deepEqual(seen, [250, 500, 60_000, 75_000]);
});

test("an error that nobody foresaw counts as one that may have sent", async (t) => {
  const { store, loop, postponed, log } = setting({
    t,
    deliver: async () => {
      throw new TypeError("undefined is not a function");
    },
  });
  await store.outbox.add([anOutboxItem()]);
  await eventually("the pause", () => postponed.length === 1);
  await loop.stop();
  assert.equal(postponed[0]?.counted, true);
  assert.equal(log.lines[0]?.fields["code"], "unexpected");
});

test("what there is no budget for comes back exactly when there may be, uncounted and unlogged", async (t) => {
  const { store, loop, postponed, log, metrics } = setting({
    t,
    deliver: async () => {
      throw budgetShort(7_000);
    },
  });
  await store.outbox.add([anOutboxItem()]);
  await eventually("the pause", () => postponed.length === 1);
  await loop.stop();
  assert.deepEqual(postponed, [{ afterMs: 7_000, counted: false }]);
  assert.deepEqual(log.lines, []);
  assert.equal(metrics.counts.get("outbox_items{kind=answer,outcome=put_off}"), 1);
  assert.match((await store.outbox.list(1))[0]?.why ?? "", /^outbox\.budget_short: /);
});

test("the lines of one person's digest go out together", async (t) => {
  const { store, loop, digests } = setting({ t, deliver: settle });
  const line = (to: string, n: number) =>
    anOutboxItem({
      ...{ key: `t_${n}:report:1~${to}`, taskId: `@${to}${n}`, lane: 5 as const },
      body: { kind: "line", to, line: { about: "text", text: "x" } },
    });
  await store.outbox.add([line("lisi", 1), line("wangwu", 1), line("lisi", 2)]);
  await eventually("two digests", () => digests.length === 2);
  await loop.stop();
  assert.deepEqual(digests, [["t_1:report:1~lisi", "t_2:report:1~lisi"], ["t_1:report:1~wangwu"]]);
});

test("a failing message of one task holds back its later ones, not those of others", async (t) => {
  const sent: string[] = [];
  const { store, loop } = setting({
    t,
    deliver: async (claim, outbox) => {
      if (claim.key === "a1") throw new ChatOpsError("cut", { code: "wecom.reset", retryable: true });
      sent.push(claim.key);
      await settle(claim, outbox);
    },
  });
  await store.outbox.add([
    anOutboxItem({ key: "a1", taskId: "t_a" }),
    anOutboxItem({ key: "a2", taskId: "t_a" }),
    anOutboxItem({ key: "b1", taskId: "t_b" }),
    anOutboxItem({ key: "b2", taskId: "t_b" }),
  ]);
  await eventually("both of the other", () => sent.length === 2);
  await loop.stop();
  assert.deepEqual(sent, ["b1", "b2"]);
});
