import assert from "node:assert/strict";
import { describe } from "node:test";
import type { InboxClaim, InboxItem } from "../../core/ports/index.ts";
import { START_MS } from "../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const LEASE_MS = 30_000;

function aCallback(overrides: Partial<InboxItem> = {}): InboxItem {
  const payload = {
    kind: "text" as const,
    userId: "zhangsan",
    text: "任务",
    createdAtSeconds: 1_793_491_200,
  };
  return { key: "msg:1", payload, receivedAtMs: START_MS, ...overrides };
}

function keysOf(claims: readonly InboxClaim[]): string[] {
  return claims.map((claim) => claim.key);
}

function only(claims: readonly InboxClaim[]): InboxClaim {
  assert.equal(claims.length, 1);
  return claims[0] as InboxClaim;
}

/** What every inbox promises. */
export function inboxContract(name: string, open: () => Promise<HarnessOf<"inbox">>): void {
  describe(`inbox: ${name}`, () => {
    inserting(open);
    claiming(open);
    finishing(open);
  });
}

function inserting(open: () => Promise<HarnessOf<"inbox">>): void {
  const test = testsOn(open);

  test("stores a callback once under its key and keeps the first payload", async ({ inbox }) => {
    assert.equal(await inbox.insert(aCallback()), "new");
    const other = { kind: "other" as const, userId: "lisi", event: "enter", createdAtSeconds: 1 };
    assert.equal(await inbox.insert(aCallback({ payload: other })), "seen");
    const claim = only(await inbox.claim(10, LEASE_MS));
    assert.deepEqual(claim.payload, aCallback().payload);
    assert.equal(claim.receivedAtMs, START_MS);
  });

  test("takes one of many equal callbacks that come at once", async ({ inbox }) => {
    const outcomes = await Promise.all(upTo(20).map(() => inbox.insert(aCallback())));
    assert.equal(outcomes.filter((outcome) => outcome === "new").length, 1);
  });

  test("still knows the key while the item is held and when it is done", async ({ inbox }) => {
    await inbox.insert(aCallback());
    const { key, fence } = only(await inbox.claim(1, LEASE_MS));
    assert.equal(await inbox.insert(aCallback()), "seen");
    await inbox.done(key, fence);
    assert.equal(await inbox.insert(aCallback()), "seen");
    assert.deepEqual(await inbox.claim(1, LEASE_MS), []);
  });
}

function claiming(open: () => Promise<HarnessOf<"inbox">>): void {
  const test = testsOn(open);

  test("gives out the oldest first and no more than asked for", async ({ inbox }) => {
    await inbox.insert(aCallback({ key: "b", receivedAtMs: START_MS + 2 }));
    await inbox.insert(aCallback({ key: "c", receivedAtMs: START_MS + 2 }));
    await inbox.insert(aCallback({ key: "a", receivedAtMs: START_MS + 1 }));
    assert.deepEqual(keysOf(await inbox.claim(2, LEASE_MS)), ["a", "b"]);
    assert.deepEqual(keysOf(await inbox.claim(2, LEASE_MS)), ["c"]);
  });

  test("gives an item to one of many who ask at once", async ({ inbox }) => {
    await Promise.all(upTo(10).map((n) => inbox.insert(aCallback({ key: `k${n}` }))));
    const claims = await Promise.all(upTo(10).map(() => inbox.claim(3, LEASE_MS)));
    const keys = claims.flatMap(keysOf);
    assert.equal(keys.length, 10);
    assert.equal(new Set(keys).size, 10);
  });

  test("gives nothing when asked for none", async ({ inbox }) => {
    await inbox.insert(aCallback());
    assert.deepEqual(await inbox.claim(0, LEASE_MS), []);
  });

  test("gives an item again when its lease has run out, counting the tries", async ({ inbox, clock }) => {
    await inbox.insert(aCallback());
    const first = only(await inbox.claim(1, LEASE_MS));
    clock.advance(LEASE_MS - 1);
    assert.deepEqual(await inbox.claim(1, LEASE_MS), []);
    clock.advance(1);
    const second = only(await inbox.claim(1, LEASE_MS));
    assert.deepEqual([first.attempts, second.attempts], [0, 1]);
    assert.ok(second.fence > first.fence);
  });

  test("gives nothing twice when the clock is moved back", async ({ inbox, clock }) => {
    await inbox.insert(aCallback());
    await inbox.claim(1, LEASE_MS);
    clock.advance(-3_600_000);
    assert.deepEqual(await inbox.claim(1, LEASE_MS), []);
  });

  test("gives out at once what came before the clock was moved back", async ({ inbox, clock }) => {
    await inbox.insert(aCallback());
    clock.advance(-3_600_000);
    assert.deepEqual(keysOf(await inbox.claim(1, LEASE_MS)), ["msg:1"]);
  });
}

function finishing(open: () => Promise<HarnessOf<"inbox">>): void {
  const test = testsOn(open);

  test("never gives out again what is done", async ({ inbox, clock }) => {
    await inbox.insert(aCallback());
    const { key, fence } = only(await inbox.claim(1, LEASE_MS));
    assert.equal(await inbox.done(key, fence), true);
    clock.advance(10 * LEASE_MS);
    assert.deepEqual(await inbox.claim(1, LEASE_MS), []);
  });

  test("tells what was worked on from what was not", async ({ inbox }) => {
    await inbox.insert(aCallback());
    const { key, fence } = only(await inbox.claim(1, LEASE_MS));
    assert.deepEqual([await inbox.isDone(key), await inbox.isDone("unknown")], [false, false]);
    await inbox.postpone(key, fence, 0);
    assert.equal(await inbox.isDone(key), false);
    const again = only(await inbox.claim(1, LEASE_MS));
    await inbox.done(again.key, again.fence);
    assert.equal(await inbox.isDone(key), true);
  });

  test("lets a holder finish after its lease, as long as nobody took over", async ({ inbox, clock }) => {
    await inbox.insert(aCallback());
    const { key, fence } = only(await inbox.claim(1, LEASE_MS));
    clock.advance(2 * LEASE_MS);
    assert.equal(await inbox.done(key, fence), true);
  });

  test("refuses an old fence once another holder has the item", async ({ inbox, clock }) => {
    await inbox.insert(aCallback());
    const old = only(await inbox.claim(1, LEASE_MS));
    clock.advance(LEASE_MS);
    const held = only(await inbox.claim(1, LEASE_MS));
    assert.equal(await inbox.done(old.key, old.fence), false);
    assert.equal(await inbox.postpone(old.key, old.fence, 0), false);
    assert.deepEqual(await inbox.claim(1, LEASE_MS), []);
    assert.equal(await inbox.done(held.key, held.fence), true);
  });

  test("refuses a fence for an item that nobody holds or knows", async ({ inbox }) => {
    await inbox.insert(aCallback());
    assert.equal(await inbox.done("msg:1", 0), false);
    assert.equal(await inbox.postpone("msg:1", 0, START_MS), false);
    assert.equal(await inbox.done("msg:2", 1), false);
  });

  test("gives a postponed item back at its time, and takes the old fence no more", async ({
    inbox,
    clock,
  }) => {
    await inbox.insert(aCallback());
    const { key, fence } = only(await inbox.claim(1, LEASE_MS));
    assert.equal(await inbox.postpone(key, fence, START_MS + 5_000.5), true);
    assert.equal(await inbox.done(key, fence), false);
    clock.advance(5_000);
    assert.deepEqual(await inbox.claim(1, LEASE_MS), []);
    clock.advance(1);
    assert.equal(only(await inbox.claim(1, LEASE_MS)).attempts, 1);
  });

  test("trims done items that are old, and no others", async ({ inbox }) => {
    for (const key of ["old", "open", "young"]) {
      await inbox.insert(aCallback({ key, receivedAtMs: key === "young" ? START_MS : START_MS - 10 }));
    }
    for (const { key, fence } of await inbox.claim(3, LEASE_MS)) {
      if (key !== "open") await inbox.done(key, fence);
    }
    assert.equal(await inbox.trim(START_MS), 1);
    const outcomes = await Promise.all(
      ["old", "open", "young"].map((key) => inbox.insert(aCallback({ key }))),
    );
    assert.deepEqual(outcomes, ["new", "seen", "seen"]);
  });
}
