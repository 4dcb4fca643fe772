import assert from "node:assert/strict";
import { describe } from "node:test";
import type { LeaseOutcome, Leases } from "../../core/ports/index.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const TTL_MS = 30_000;

/** What every store of leases promises. */
export function leasesContract(name: string, open: () => Promise<HarnessOf<"leases">>): void {
  describe(`leases: ${name}`, () => {
    holding(open);
    releasing(open);
    listing(open);
  });
}

/** The fence that a holder has got. */
async function fenceOf(asked: Promise<LeaseOutcome>): Promise<number> {
  const answer = await asked;
  assert.equal(answer.outcome, "held");
  return answer.outcome === "held" ? answer.fence : 0;
}

function acquire(leases: Leases, holder: string): Promise<LeaseOutcome> {
  return leases.acquire("scheduler", holder, TTL_MS);
}

function holding(open: () => Promise<HarnessOf<"leases">>): void {
  const test = testsOn(open);

  test("gives a free name, and tells until when", async ({ leases, clock }) => {
    const answer = await acquire(leases, "one");
    const untilMs = clock.nowMs() + TTL_MS;
    assert.deepEqual(answer, { outcome: "held", fence: await fenceOf(acquire(leases, "one")), untilMs });
  });

  test("tells others whose it is and until when", async ({ leases, clock }) => {
    await acquire(leases, "one");
    const untilMs = clock.nowMs() + TTL_MS;
    clock.advance(TTL_MS - 1);
    assert.deepEqual(await acquire(leases, "two"), { outcome: "taken", by: "one", untilMs });
  });

  test("gives one name to one of those who ask at the same time", async ({ leases }) => {
    const answers = await Promise.all(upTo(10).map((n) => acquire(leases, `holder ${n}`)));
    assert.equal(answers.filter(({ outcome }) => outcome === "held").length, 1);
  });

  test("lets a holder hold on with the same fence, as long as it asks in time", async ({ leases, clock }) => {
    const fence = await fenceOf(acquire(leases, "one"));
    for (const _ of upTo(3)) {
      clock.advance(TTL_MS - 1);
      assert.equal(await fenceOf(acquire(leases, "one")), fence);
    }
    clock.advance(TTL_MS - 1);
    assert.equal((await acquire(leases, "two")).outcome, "taken");
  });

  test("gives it to another, with a higher fence, once the lease is over", async ({ leases, clock }) => {
    const fence = await fenceOf(acquire(leases, "one"));
    clock.advance(TTL_MS);
    assert.ok((await fenceOf(acquire(leases, "two"))) > fence);
    assert.equal((await acquire(leases, "one")).outcome, "taken");
  });

  test("shows the holder of before that there was a gap", async ({ leases, clock }) => {
    const fence = await fenceOf(acquire(leases, "one"));
    clock.advance(TTL_MS);
    assert.ok((await fenceOf(acquire(leases, "one"))) > fence);
  });

  test("keeps names apart, odd ones too", async ({ leases }) => {
    const names = ["scheduler", "a'; --", "中:*", ""];
    for (const name of names) await fenceOf(leases.acquire(name, `holder of ${name}`, TTL_MS));
    for (const name of names) {
      const other = await leases.acquire(name, "another", TTL_MS);
      assert.equal(other.outcome === "taken" && other.by, `holder of ${name}`);
    }
  });
}

function releasing(open: () => Promise<HarnessOf<"leases">>): void {
  const test = testsOn(open);

  test("frees a name at once, for a higher fence", async ({ leases }) => {
    const fence = await fenceOf(acquire(leases, "one"));
    assert.equal(await leases.release("scheduler", fence), true);
    assert.ok((await fenceOf(acquire(leases, "two"))) > fence);
  });

  test("frees nothing of another holder's", async ({ leases, clock }) => {
    const fence = await fenceOf(acquire(leases, "one"));
    clock.advance(TTL_MS);
    await fenceOf(acquire(leases, "two"));
    assert.equal(await leases.release("scheduler", fence), false);
    assert.equal((await acquire(leases, "one")).outcome, "taken");
  });

  test("frees nothing twice, nor what is over or never was", async ({ leases, clock }) => {
    const fence = await fenceOf(acquire(leases, "one"));
    await leases.release("scheduler", fence);
    assert.equal(await leases.release("scheduler", fence), false);
    const later = await fenceOf(acquire(leases, "one"));
    clock.advance(TTL_MS);
    assert.equal(await leases.release("scheduler", later), false);
    assert.equal(await leases.release("none", 1), false);
  });
}

function listing(open: () => Promise<HarnessOf<"leases">>): void {
  const test = testsOn(open);

  test("names what is held and begins with the words, in order", async ({ leases }) => {
    for (const name of ["worker:b", "worker:a", "work", "workers:c", "worker:中", "worker:"]) {
      await fenceOf(leases.acquire(name, "one", TTL_MS));
    }
    assert.deepEqual(await leases.held("worker:"), ["worker:", "worker:a", "worker:b", "worker:中"]);
    assert.deepEqual(await leases.held("nobody"), []);
  });

  test("does not name what is over or was released, and names once what another has now", async ({
    leases,
    clock,
  }) => {
    const fence = await fenceOf(leases.acquire("worker:a", "one", TTL_MS));
    await fenceOf(leases.acquire("worker:b", "one", TTL_MS / 2));
    assert.deepEqual(await leases.held("worker:"), ["worker:a", "worker:b"]);
    clock.advance(TTL_MS / 2);
    assert.deepEqual(await leases.held("worker:"), ["worker:a"]);
    assert.equal(await leases.release("worker:a", fence), true);
    assert.deepEqual(await leases.held(""), []);
    await fenceOf(leases.acquire("worker:b", "two", TTL_MS));
    assert.deepEqual(await leases.held("worker:"), ["worker:b"]);
  });
}
