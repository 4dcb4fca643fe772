import assert from "node:assert/strict";
import type { Journal, JournalEntry } from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import { aDelivery } from "../../support/builders.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aDraftNo, appendOne, aVerdict, doneBatch, nameOf, passAll, placeFor } from "./support.ts";

const TTL_MS = 10_000;

type Open = () => Promise<HarnessOf<"journal">>;

/** Promises about `lease`, `read`, `commit` and `lag`. */
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
    assert.equal(await journal.commit(place, doneBatch(fence, two)), true);
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
    assert.equal(await journal.commit(place, doneBatch(fence, entries.slice(0, 1))), true);
    assert.equal(await journal.lag("rules"), 2);
    assert.equal(await journal.commit(place, doneBatch(fence, entries.slice(1, 2))), true);
    assert.equal(await journal.lag("rules"), 1);
    assert.equal(await journal.commit(place, doneBatch(fence, entries.slice(0, 1))), true);
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
    const entries = await journal.read(place, 1);
    clock.advance(TTL_MS);
    const held = (await journal.lease(place, "w2", TTL_MS)) ?? -1;
    assert.equal(await journal.commit(place, doneBatch(old, entries)), false);
    assert.equal(await journal.lag("rules"), 1);
    assert.equal(await journal.commit(place, doneBatch(held, entries)), true);
    assert.equal(await journal.lag("rules"), 0);
  });

  test("takes the commit of a holder whose lease ran out when nobody took over", async ({
    journal,
    clock,
  }) => {
    await appendOne(journal);
    const place = placeFor(journal, "rules");
    const fence = (await journal.lease(place, "w1", TTL_MS)) ?? -1;
    const entries = await journal.read(place, 1);
    clock.advance(2 * TTL_MS);
    assert.equal(await journal.commit(place, doneBatch(fence, entries)), true);
  });

  test("refuses a commit in a place that nobody ever held", async ({ journal }) => {
    for (const fence of [0, 1]) {
      const batch = { fence, first: 1, last: 1, verdicts: [aVerdict()] };
      assert.equal(await journal.commit(placeFor(journal, "rules"), batch), false);
    }
    assert.equal(await journal.lag("archive"), 0);
  });
}

function judging(open: Open): void {
  const test = testsOn(open);

  test("puts the verdicts of a batch behind it with the move of its reader", async ({ journal }) => {
    const judged = await aJudgedPlace(journal);
    const fired = aVerdict({ eventId: "e_1", message: "磁盘" });
    const verdicts = [fired, aVerdict({ eventId: "e_1", ruleId: "other" }), aVerdict({ eventId: "e_2" })];
    assert.equal(await judged.commit({ verdicts }), true);
    const entries = await journal.read({ ...judged.place, reader: "archive" }, 10);
    assert.deepEqual(entries.slice(0, 2).map(nameOf), judged.entries.map(nameOf));
    const [told, ...others] = entries.slice(2);
    assert.ok(told?.kind === "verdicts" && others.length === 0);
    assert.deepEqual(told.verdicts, verdicts);
    assert.deepEqual(await journal.read(judged.place, 10), [{ ...told, verdicts: [] }]);
    assert.equal(await journal.lag("archive"), 3);
  });

  test("stores nothing beside the move when there is no verdict", async ({ journal }) => {
    const judged = await aJudgedPlace(journal);
    assert.equal(await judged.commit({}), true);
    assert.equal(await journal.lag("rules"), 0);
    assert.equal(await journal.lag("archive"), 2);
  });

  test("keeps the first set of verdicts of a batch that is judged twice", async ({ journal }) => {
    const judged = await aJudgedPlace(journal);
    const first = [aVerdict()];
    assert.equal(await judged.commit({ verdicts: first }), true);
    assert.equal(await judged.commit({ verdicts: [aVerdict({ reason: "throttled" })] }), true);
    assert.deepEqual(await verdictsIn(journal, judged.place.partition), first);
  });

  test("keeps no verdict of a batch of which some was done before", async ({ journal }) => {
    const judged = await aJudgedPlace(journal);
    const verdicts = [aVerdict()];
    assert.equal(await judged.commit({ verdicts, entries: judged.entries.slice(0, 1) }), true);
    assert.equal(await judged.commit({ verdicts: [...verdicts, aVerdict({ eventId: "e_2" })] }), false);
    assert.deepEqual(await verdictsIn(journal, judged.place.partition), verdicts);
    assert.deepEqual((await journal.read(judged.place, 1)).map(nameOf), judged.entries.slice(1).map(nameOf));
  });

  test("keeps no verdict of a holder that was replaced, whoever of the two is first", async (store) => {
    for (const order of ["old first", "new first"]) {
      const { journal, clock } = store;
      const judged = await aJudgedPlace(journal, order);
      clock.advance(TTL_MS);
      const fence = await journal.lease(judged.place, "w2", TTL_MS);
      const before = await verdictsIn(journal, judged.place.partition);
      const held = () => judged.commit({ fence, verdicts: [aVerdict({ ruleId: order })] });
      if (order === "new first") assert.equal(await held(), true);
      assert.equal(await judged.commit({ verdicts: [aVerdict({ ruleId: "lost" })] }), false);
      if (order === "old first") assert.equal(await held(), true);
      const told = (await verdictsIn(journal, judged.place.partition)).slice(before.length);
      assert.deepEqual(told, [aVerdict({ ruleId: order })]);
      clock.advance(TTL_MS);
    }
  });

  test("takes no verdict for an event", async ({ journal }) => {
    const judged = await aJudgedPlace(journal);
    await judged.commit({ verdicts: [aVerdict({ eventId: "e_9", ruleId: "r" })] });
    assert.equal(await journal.event("e_9:r"), null);
    assert.equal(await journal.event("e_9"), null);
  });
}

interface Judging {
  fence?: number | null;
  verdicts?: Verdict[];
  entries?: JournalEntry[];
}

/** Two events of one place, leased and read, and what commits them. */
async function aJudgedPlace(journal: Journal, mark = "") {
  const keys = [`a${mark}`, `b${mark}`];
  for (const dedupeKey of keys) await appendOne(journal, { dedupeKey });
  const place = placeFor(journal, "rules");
  const own = await journal.lease(place, `w1${mark}`, TTL_MS);
  const unread = await journal.read(place, 10);
  const events = unread.filter((entry) => entry.kind === "event");
  return {
    place,
    entries: events,
    commit: ({ fence = own, verdicts, entries = unread }: Judging) =>
      journal.commit(place, doneBatch(fence, entries, verdicts)),
  };
}

async function verdictsIn(journal: Journal, partition: number): Promise<Verdict[]> {
  const entries = await journal.read({ reader: "archive", partition }, 100);
  return entries.flatMap((entry) => (entry.kind === "verdicts" ? entry.verdicts : []));
}
