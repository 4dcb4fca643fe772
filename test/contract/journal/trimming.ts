import assert from "node:assert/strict";
import { aDelivery, aRawBody } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aDraftNo, appendOne, aVerdict, doneBatch, nameOf, passAll, placeFor } from "./support.ts";

const DAY_MS = 86_400_000;

type Open = () => Promise<HarnessOf<"journal">>;

/** Promises about `trim`. */
export function trimmingEntries(open: Open): void {
  holdingBack(open);
  forgetting(open);
}

function holdingBack(open: Open): void {
  const test = testsOn(open);

  test("forgets nothing that a reader has not passed, however old", async ({ journal }) => {
    const { eventId } = await appendOne(journal);
    assert.equal(await journal.trim(START_MS + DAY_MS), 0);
    await passAll(journal, "rules");
    assert.equal(await journal.trim(START_MS + DAY_MS), 0);
    assert.notEqual(await journal.event(eventId), null);
    assert.notEqual(await journal.raw(aRawBody().ref), null);
    await passAll(journal, "archive");
    assert.equal(await journal.trim(START_MS + DAY_MS), 1);
    assert.equal(await journal.event(eventId), null);
    assert.equal(await journal.raw(aRawBody().ref), null);
  });

  test("forgets only up to where the slower reader stands", async ({ journal }) => {
    for (const key of ["a", "b", "c"]) await appendOne(journal, { dedupeKey: key });
    await passAll(journal, "archive");
    const place = placeFor(journal, "rules");
    const fence = (await journal.lease(place, "w", 1_000)) ?? -1;
    const entries = await journal.read(place, 3);
    await journal.commit(place, doneBatch(fence, entries.slice(0, 1)));
    assert.equal(await journal.trim(START_MS + DAY_MS), 1);
    assert.deepEqual((await journal.read(place, 3)).map(nameOf), entries.slice(1).map(nameOf));
    assert.equal(await journal.lag("rules"), 2);
  });

  test("keeps what is not older than the instant", async ({ journal, clock }) => {
    const old = await appendOne(journal, { dedupeKey: "old" });
    clock.advance(DAY_MS);
    const young = await appendOne(journal, { dedupeKey: "young" });
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    assert.equal(await journal.trim(START_MS + DAY_MS), 1);
    assert.equal(await journal.event(old.eventId), null);
    assert.notEqual(await journal.event(young.eventId), null);
  });

  test("keeps a raw body that a remaining event or a refusal names", async ({ journal, clock }) => {
    const shared = aRawBody("shared");
    const refused = aRawBody("refused");
    await journal.append(aDelivery([aDraftNo(1)], { raw: shared }));
    await journal.refuse({ source: "s", reason: "not_json", message: "", raw: refused });
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    clock.advance(DAY_MS);
    await journal.append(aDelivery([aDraftNo(2)], { raw: shared }));
    assert.equal(await journal.trim(START_MS + 2 * DAY_MS), 1);
    assert.notEqual(await journal.raw(shared.ref), null);
    assert.notEqual(await journal.raw(refused.ref), null);
  });
}

function forgetting(open: Open): void {
  const test = testsOn(open);

  test("keeps an incident that is open, so that a repeat stays one", async ({ journal }) => {
    const first = await appendOne(journal, { dedupeKey: "a" });
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    await journal.trim(START_MS + DAY_MS);
    const repeat = await appendOne(journal, { dedupeKey: "b" });
    assert.equal(repeat.outcome, "repeat");
    assert.equal((await journal.event(repeat.eventId))?.repeatOf, first.eventId);
  });

  test("remembers a delivery key that was seen since the instant", async ({ journal, clock }) => {
    const { eventId } = await appendOne(journal, { dedupeKey: "a" });
    clock.advance(DAY_MS);
    await appendOne(journal, { dedupeKey: "a" });
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    assert.equal(await journal.trim(START_MS + DAY_MS), 1);
    assert.deepEqual(await appendOne(journal, { dedupeKey: "a" }), { eventId, outcome: "duplicate" });
  });

  test("gives no position twice after everything is forgotten", async ({ journal }) => {
    await appendOne(journal, { dedupeKey: "a" });
    const place = placeFor(journal, "rules");
    const [before] = await journal.read(place, 1);
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    await journal.trim(START_MS + DAY_MS);
    await appendOne(journal, { dedupeKey: "b" });
    const [after] = await journal.read(place, 1);
    assert.ok(before && after && after.position > before.position);
    assert.equal(await journal.lag("rules"), 1);
  });

  test("forgets verdicts like events, many of them too", async ({ journal }) => {
    await journal.append(aDelivery(upTo(1_200).map((n) => aDraftNo(n))));
    const place = placeFor(journal, "rules");
    const fence = await journal.lease(place, "passer", 60_000);
    await journal.commit(place, doneBatch(fence, await journal.read(place, 10_000), [aVerdict()]));
    await passAll(journal, "rules");
    await passAll(journal, "archive");
    assert.equal(await journal.trim(START_MS + DAY_MS), 1_201);
    assert.equal(await journal.lag("archive"), 0);
  });
}
