import assert from "node:assert/strict";
import { describe } from "node:test";
import type { ReplayStore } from "../../core/ports/index.ts";
import { changed, type Replay } from "../../core/replays/index.ts";
import { START_MS } from "../support/clock.ts";
import { aReplay, idsOf } from "../support/replays.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const TTL_MS = 30_000;

/** What every store of replays promises. */
export function replayStoreContract(name: string, open: () => Promise<HarnessOf<"replays">>): void {
  describe(`replay store: ${name}`, () => {
    keeping(open);
    claiming(open);
    saving(open);
    forgetting(open);
  });
}

function keeping(open: () => Promise<HarnessOf<"replays">>): void {
  const test = testsOn(open);

  test("keeps what it was given, odd texts too", async ({ replays }) => {
    const filter = { text: "磁盘'; --\u0000", labels: { "a.b": "中" } };
    const replay = aReplay("r_1", { order: { filter, rules: ["a"] } });
    await replays.create(replay);
    assert.deepEqual(await replays.get("r_1"), replay);
    assert.equal(await replays.get("r_2"), null);
  });

  test("changes nothing when the same id is made again", async ({ replays }) => {
    await replays.create(aReplay("r_1"));
    await replays.create(aReplay("r_1", { by: "local" }));
    assert.deepEqual(await replays.list(10), [aReplay("r_1")]);
  });

  test("lists the newest, newest first", async ({ replays }) => {
    for (const n of upTo(4)) await replays.create(aReplay(`r_${n}`, { createdAtMs: START_MS + (n % 2) }));
    assert.deepEqual(await idsOf(replays), ["r_3", "r_1", "r_2", "r_0"]);
    assert.deepEqual(
      (await replays.list(2)).map(({ id }) => id),
      ["r_3", "r_1"],
    );
  });
}

function claiming(open: () => Promise<HarnessOf<"replays">>): void {
  const test = testsOn(open);

  test("gives the oldest of the mode that nobody holds", async ({ replays }) => {
    await replays.create(aReplay("r_2", { createdAtMs: START_MS + 2 }));
    await replays.create(aReplay("r_1", { createdAtMs: START_MS + 1 }));
    assert.equal(await replays.claim("real", TTL_MS), null);
    await replays.create(aReplay("r_0", { order: { mode: "real" } }));
    const claims = [await claimed(replays), await claimed(replays), await claimed(replays)];
    assert.deepEqual(claims, ["r_1", "r_2", null]);
    assert.equal((await replays.claim("real", TTL_MS))?.replay.id, "r_0");
  });

  test("gives one to one of those who ask at the same time", async ({ replays }) => {
    await replays.create(aReplay("r_1"));
    const claims = await Promise.all(upTo(10).map(() => replays.claim("rehearse", TTL_MS)));
    assert.equal(claims.filter((claim) => claim !== null).length, 1);
  });

  test("gives it to another, with a higher fence, once the lease is over", async ({ replays, clock }) => {
    await replays.create(aReplay("r_1"));
    const first = await replays.claim("rehearse", TTL_MS);
    clock.advance(TTL_MS - 1);
    assert.equal(await replays.claim("rehearse", TTL_MS), null);
    clock.advance(1);
    const second = await replays.claim("rehearse", TTL_MS);
    assert.ok((second?.fence ?? 0) > (first?.fence ?? 0));
  });

  test("gives none that has ended", async ({ replays }) => {
    await replays.create(aReplay("r_1", { state: "canceled" }));
    assert.equal(await claimed(replays), null);
  });
}

async function claimed(replays: ReplayStore): Promise<string | null> {
  return (await replays.claim("rehearse", TTL_MS))?.replay.id ?? null;
}

/** A replay that is held. */
async function held({ replays }: HarnessOf<"replays">): Promise<{ replay: Replay; fence: number }> {
  await replays.create(aReplay("r_1"));
  const claim = await replays.claim("rehearse", TTL_MS);
  assert.ok(claim);
  return claim;
}

function saving(open: () => Promise<HarnessOf<"replays">>): void {
  const test = testsOn(open);

  test("stores a change of the stored revision, and no other", async (harness) => {
    const { replays } = harness;
    const { replay, fence } = await held(harness);
    const lease = { fence, ttlMs: TTL_MS };
    const next = changed(replay, { state: "running", reason: "begun" }, START_MS + 5);
    assert.equal(await replays.save({ replay: next, expected: 1, lease }), "saved");
    assert.deepEqual(await replays.get("r_1"), next);
    assert.equal(await replays.save({ replay: next, expected: 1, lease }), "conflict");
    assert.equal(await replays.save({ replay: { ...next, revision: 9 }, expected: 2, lease }), "conflict");
    assert.equal(await replays.save({ replay: aReplay("r_9", { revision: 2 }), expected: 1 }), "conflict");
    assert.deepEqual(await replays.get("r_1"), next);
    assert.equal(await replays.get("r_9"), null);
  });

  test("stores nothing of a holder whose lease went to another", async (harness) => {
    const { replays, clock } = harness;
    const { replay, fence } = await held(harness);
    clock.advance(TTL_MS);
    const newer = await replays.claim("rehearse", TTL_MS);
    const next = changed(replay, { state: "running" }, START_MS);
    const by = (given: number) =>
      replays.save({ replay: next, expected: 1, lease: { fence: given, ttlMs: TTL_MS } });
    assert.deepEqual(
      [await by(fence), await by(0), await by(newer?.fence ?? 0)],
      ["conflict", "conflict", "saved"],
    );
  });

  test("renews the lease with each change of its holder", async (harness) => {
    const { replays, clock } = harness;
    const { replay, fence } = await held(harness);
    clock.advance(TTL_MS - 1);
    const next = changed(replay, { state: "running" }, START_MS);
    await replays.save({ replay: next, expected: 1, lease: { fence, ttlMs: TTL_MS } });
    clock.advance(TTL_MS - 1);
    assert.equal(await claimed(replays), null);
    clock.advance(1);
    assert.equal(await claimed(replays), "r_1");
  });

  test("lets a person cancel what is held, and then nothing of the holder's", async (harness) => {
    const { replays, clock } = harness;
    const { replay, fence } = await held(harness);
    const over = changed(replay, { state: "canceled", reason: "canceled_by_person" }, START_MS);
    assert.equal(await replays.save({ replay: over, expected: 1 }), "saved");
    const late = { ...over, revision: 3, state: "running" as const };
    const lease = { fence, ttlMs: TTL_MS };
    assert.equal(await replays.save({ replay: late, expected: 2, lease }), "conflict");
    clock.advance(TTL_MS);
    assert.equal(await claimed(replays), null);
  });

  test("lets one of two changes of the same revision win", async (harness) => {
    const { replays } = harness;
    const { replay } = await held(harness);
    const next = changed(replay, { state: "canceled" }, START_MS);
    const both = await Promise.all(upTo(2).map(() => replays.save({ replay: next, expected: 1 })));
    assert.deepEqual(both.sort(), ["conflict", "saved"]);
  });
}

function forgetting(open: () => Promise<HarnessOf<"replays">>): void {
  const test = testsOn(open);

  test("forgets what ended long ago, and nothing that is open", async ({ replays }) => {
    await replays.create(aReplay("r_open", { updatedAtMs: 0 }));
    await replays.create(aReplay("r_old", { state: "done", updatedAtMs: START_MS - 1 }));
    await replays.create(aReplay("r_new", { state: "failed", updatedAtMs: START_MS }));
    assert.equal(await replays.trim(START_MS), 1);
    assert.deepEqual((await idsOf(replays)).sort(), ["r_new", "r_open"]);
  });
}
