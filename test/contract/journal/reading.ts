import assert from "node:assert/strict";
import { aDelivery } from "../../support/builders.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aDraftNo, appendOne, aVerdict, nameOf, passAll, placeFor } from "./support.ts";

const TTL_MS = 10_000;

type Open = () => Promise<HarnessOf<"journal">>;

/** Promises about `lease`, `read`, `commit`, `lag` and `appendVerdicts`. */
export function readingEntries(open: Open): void {
  placing(open);
  leasing(open);
  fencing(open);
  judging(open);
}

function placing(open: Open): void {
  const test = testsOn(open);

  test("shows entries again until they are committed, oldest first, up to the limit", async ({ journal }) => {
    const ids: string[] = [];
    for (const key of ["a", "b", "c"]) ids.push((await appendOne(journal, { dedupeKey: key })).eventId);
    const place = placeFor(journal, "rules");
    const fence = await journal.lease(place, "w", TTL_MS);
    assert.ok(fence !== null);
    const two = await journal.read(place, 2);
    assert.deepEqual(two.map(nameOf), ids.slice(0, 2));
    assert.deepEqual((await journal.read(place, 2)).map(nameOf), ids.slice(0, 2));
    assert.equal(await journal.commit(place, fence, two[1]?.position ?? 0), true);
    assert.deepEqual((await journal.read(place, 2)).map(nameOf), ids.slice(2));
  });

  test("gives positions that grow and are whole", async ({ journal }) => {
    for (const key of ["a", "b", "c"]) await appendOne(journal, { dedupeKey: key });
    const positions = (await journal.read(placeFor(journal, "rules"), 10)).map((entry) => entry.position);
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => a - b),
    );
    assert.equal(new Set(positions).size, 3);
    assert.ok(positions.every((position) => Number.isSafeInteger(position) && position > 0));
  });

  test("keeps the places of two readers and of two partitions apart", async ({ journal }) => {
    await journal.append(aDelivery(upTo(30).map((n) => aDraftNo(n))));
    assert.equal(await journal.lag("rules"), 30);
    await passAll(journal, "archive");
    assert.equal(await journal.lag("archive"), 0);
    assert.equal(await journal.lag("rules"), 30);
    const perPartition = await Promise.all(
      upTo(journal.partitions).map((partition) => journal.read({ reader: "rules", partition }, 100)),
    );
    assert.equal(new Set(perPartition.flat().map(nameOf)).size, 30);
  });

  test("counts the lag down with each commit, and never goes back", async ({ journal }) => {
    for (const key of ["a", "b", "c"]) await appendOne(journal, { dedupeKey: key });
    const place = placeFor(journal, "rules");
    const fence = (await journal.lease(place, "w", TTL_MS)) ?? -1;
    const entries = await journal.read(place, 3);
    assert.equal(await journal.commit(place, fence, entries[0]?.position ?? 0), true);
    assert.equal(await journal.lag("rules"), 2);
    assert.equal(await journal.commit(place, fence, entries[1]?.position ?? 0), true);
    assert.equal(await journal.lag("rules"), 1);
    assert.equal(await journal.commit(place, fence, entries[0]?.position ?? 0), true);
    assert.equal(await journal.lag("rules"), 1);
    assert.deepEqual((await journal.read(place, 3)).map(nameOf), entries.slice(2).map(nameOf));
  });
}

function leasing(open: Open): void {
  const test = testsOn(open);

  test("gives a place to one holder, who may renew", async ({ journal, clock }) => {
    const place = placeFor(journal, "rules");
    const fence = await journal.lease(place, "w1", TTL_MS);
    assert.equal(await journal.lease(place, "w2", TTL_MS), null);
    clock.advance(TTL_MS - 1);
    assert.equal(await journal.lease(place, "w1", TTL_MS), fence);
    clock.advance(TTL_MS - 1);
    assert.equal(await journal.lease(place, "w2", TTL_MS), null);
  });

  test("gives the place to another when the lease has run out, with a greater fence", async ({
    journal,
    clock,
  }) => {
    const place = placeFor(journal, "rules");
    const first = await journal.lease(place, "w1", TTL_MS);
    clock.advance(TTL_MS);
    const second = await journal.lease(place, "w2", TTL_MS);
    assert.ok(first !== null && second !== null && second > first);
    assert.equal(await journal.lease(place, "w1", TTL_MS), null);
  });

  test("gives a place to one of many who ask at once", async ({ journal }) => {
    const place = placeFor(journal, "rules");
    const fences = await Promise.all(upTo(10).map((n) => journal.lease(place, `w${n}`, TTL_MS)));
    assert.equal(fences.filter((fence) => fence !== null).length, 1);
  });

  test("leases each reader's and each partition's place by itself", async ({ journal }) => {
    const partitions = upTo(journal.partitions);
    const places = partitions.flatMap((partition) => [
      { reader: "rules" as const, partition },
      { reader: "archive" as const, partition },
    ]);
    const fences = await Promise.all(places.map((place, n) => journal.lease(place, `w${n}`, TTL_MS)));
    assert.ok(fences.every((fence) => fence !== null));
  });

  test("ends no lease when the clock is moved back", async ({ journal, clock }) => {
    const place = placeFor(journal, "rules");
    await journal.lease(place, "w1", TTL_MS);
    clock.advance(-3_600_000);
    assert.equal(await journal.lease(place, "w2", TTL_MS), null);
  });
}

function fencing(open: Open): void {
  const test = testsOn(open);

  test("refuses the commit of a holder that was replaced", async ({ journal, clock }) => {
    await appendOne(journal);
    const place = placeFor(journal, "rules");
    const old = (await journal.lease(place, "w1", TTL_MS)) ?? -1;
    const [entry] = await journal.read(place, 1);
    clock.advance(TTL_MS);
    const held = (await journal.lease(place, "w2", TTL_MS)) ?? -1;
    assert.equal(await journal.commit(place, old, entry?.position ?? 0), false);
    assert.equal(await journal.lag("rules"), 1);
    assert.equal(await journal.commit(place, held, entry?.position ?? 0), true);
    assert.equal(await journal.lag("rules"), 0);
  });

  test("takes the commit of a holder whose lease ran out when nobody took over", async ({
    journal,
    clock,
  }) => {
    await appendOne(journal);
    const place = placeFor(journal, "rules");
    const fence = (await journal.lease(place, "w1", TTL_MS)) ?? -1;
    const [entry] = await journal.read(place, 1);
    clock.advance(2 * TTL_MS);
    assert.equal(await journal.commit(place, fence, entry?.position ?? 0), true);
  });

  test("refuses a commit in a place that nobody ever held", async ({ journal }) => {
    assert.equal(await journal.commit(placeFor(journal, "rules"), 0, 1), false);
    assert.equal(await journal.commit(placeFor(journal, "rules"), 1, 1), false);
  });
}

function judging(open: Open): void {
  const test = testsOn(open);

  test("puts verdicts behind their event, each once by event and rule", async ({ journal }) => {
    const { eventId } = await appendOne(journal);
    const place = placeFor(journal, "archive");
    const fired = aVerdict({ eventId, message: "磁盘" });
    await journal.appendVerdicts(place.partition, [fired, aVerdict({ eventId, ruleId: "other" })]);
    await journal.appendVerdicts(place.partition, [aVerdict({ eventId, reason: "throttled" })]);
    const entries = await journal.read(place, 10);
    assert.deepEqual(entries.map(nameOf), [eventId, `${eventId}:vm-disk-cleanup`, `${eventId}:other`]);
    assert.ok(entries[1]?.kind === "verdict");
    assert.deepEqual(entries[1].verdict, fired);
    assert.equal(await journal.lag("archive"), 3);
  });

  test("takes no verdict for an event", async ({ journal }) => {
    await journal.appendVerdicts(0, [aVerdict({ eventId: "e_1", ruleId: "r" })]);
    assert.equal(await journal.event("e_1:r"), null);
  });
}
