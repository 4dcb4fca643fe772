import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { openArchive } from "../../../../adapters/sqlite/archive/index.ts";
import { openStore } from "../../../../adapters/sqlite/index.ts";
import { ALONE, startArchiver } from "../../../../bot/workers/index.ts";
import { eventually } from "../../../bot/workers/parts.ts";
import { upTo } from "../../../contract/harness.ts";
import { aDraftNo, appendOne, aVerdict, doneBatch, placeFor } from "../../../contract/journal/support.ts";
import { aDelivery } from "../../../support/builders.ts";
import { movableClock } from "../../../support/clock.ts";
import { silentLog } from "../../../support/log.ts";
import { tempFolder } from "../../../support/sqlite.ts";

/** A store and the archive of its folder. */
async function both(t: TestContext) {
  const { path, remove } = tempFolder();
  const store = openStore({ dataDir: path, clock: movableClock(), log: silentLog });
  const archive = await openArchive({ dataDir: path, log: silentLog });
  t.after(async () => {
    await archive.close();
    await store.close();
    remove();
  });
  const { journal } = store;
  return { dataDir: path, journal, archive, partitions: upTo(journal.partitions) };
}

test("copies the events and verdicts of every partition, and again what its reader has not passed", async (t) => {
  const { journal, archive, partitions } = await both(t);
  const receipts = await journal.append(aDelivery(upTo(40).map((n) => aDraftNo(n))));
  const place = placeFor(journal, "rules");
  const fence = await journal.lease(place, "w", 1_000);
  const judged = await journal.read(place, 100);
  const [first] = judged;
  assert.ok(first?.kind === "event");
  const verdicts = [
    aVerdict({ eventId: first.event.id }),
    aVerdict({ eventId: first.event.id, ruleId: "z" }),
  ];
  await journal.commit(place, doneBatch(fence, judged, verdicts));
  for (const _ of ["first", "again"]) {
    const copied = await archive.copy(partitions, 1_000);
    assert.deepEqual(new Set(copied.map(({ partition }) => partition)).size, copied.length);
    assert.equal(await archive.count(), 40);
    assert.deepEqual(await archive.verdicts(first.event.id), verdicts);
    const own = copied.find(({ partition }) => partition === place.partition);
    const unread = await journal.read({ ...place, reader: "archive" }, 100);
    const ends = { first: unread[0]?.position ?? 0, last: unread.at(-1)?.position ?? 0 };
    assert.deepEqual(own, { partition: place.partition, ...ends, more: false });
  }
  for (const { eventId } of receipts)
    assert.deepEqual(await archive.get(eventId), await journal.event(eventId));
});

test("copies up to the limit from behind the place, and tells whether there may be more", async (t) => {
  const { journal, archive } = await both(t);
  for (const key of ["a", "b", "c"]) await appendOne(journal, { dedupeKey: key });
  const place = placeFor(journal, "archive");
  const fence = (await journal.lease(place, "w", 1_000)) ?? 0;
  const counts: number[] = [];
  for (const expected of [true, false]) {
    const [copied] = await archive.copy([place.partition], 2);
    assert.ok(copied);
    assert.equal(copied.more, expected);
    counts.push(await archive.count());
    await journal.commit(place, { fence, first: copied.first, last: copied.last });
  }
  assert.deepEqual(counts, [2, 3]);
  assert.deepEqual(await archive.copy([place.partition], 2), []);
});

test("takes no more text at once than a write should have, and a longer entry by itself", async (t) => {
  const { journal, archive } = await both(t);
  for (const length of [10, 1_500_000, 2_500_000]) {
    await appendOne(journal, { dedupeKey: `${length}`, event: { detail: { text: "x".repeat(length) } } });
    await appendOne(journal, { dedupeKey: `${length} again` });
  }
  const place = placeFor(journal, "archive");
  const fence = (await journal.lease(place, "w", 1_000)) ?? 0;
  const counts: number[] = [];
  for (let more = true; more; ) {
    const [copied] = await archive.copy([place.partition], 100);
    assert.ok(copied);
    more = copied.more;
    counts.push(await archive.count());
    await journal.commit(place, { fence, first: copied.first, last: copied.last });
  }
  assert.deepEqual(counts, [4, 5, 6]);
});

test("copies entries of an earlier version, which have one verdict each", async (t) => {
  const { dataDir, journal, archive, partitions } = await both(t);
  const { eventId } = await appendOne(journal);
  const { partition } = placeFor(journal, "archive");
  const db = new DatabaseSync(join(dataDir, "whale.db"));
  const sql = "INSERT INTO entries (partition, at_ms, kind, key, body) VALUES (?, 0, 'verdict', ?, ?)";
  for (const ruleId of ["a", "b"]) {
    db.prepare(sql).run(partition, `${eventId}:${ruleId}`, JSON.stringify(aVerdict({ eventId, ruleId })));
  }
  db.close();
  const told = await journal.read({ reader: "archive", partition }, 10);
  assert.deepEqual(
    told.map((entry) => (entry.kind === "verdicts" ? entry.verdicts.length : "event")),
    ["event", 1, 1],
  );
  await archive.copy(partitions, 100);
  assert.deepEqual(
    (await archive.verdicts(eventId)).map(({ ruleId }) => ruleId),
    ["a", "b"],
  );
});

test("the archiver lets the archive copy, and marks what is copied", async (t) => {
  const { journal, archive } = await both(t);
  await journal.append(aDelivery(upTo(30).map((n) => aDraftNo(n))));
  const unused = { ...archive, write: () => Promise.reject(new Error("not through the process")) };
  const clock = movableClock();
  const common = { log: silentLog, holder: "w", crew: ALONE, crowded: () => false };
  const archiver = startArchiver({ journal, archive: unused, copier: archive, clock, ...common });
  await eventually("all to be archived", async () => (await journal.lag("archive")) === 0);
  await archiver.stop();
  assert.equal(await archive.count(), 30);
});
