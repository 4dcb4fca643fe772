import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { openForReading } from "../../../adapters/sqlite/database.ts";
import { openStoreThread } from "../../../adapters/sqlite/index.ts";
import { aDelivery, aDraft } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

const folder = tempFolder();
after(() => folder.remove());

/** Long enough for any machine; nothing waits for it when the thread works. */
const PATIENCE_MS = 20_000;

test("the thread begins with many rows while the process is still busy with its turn", async (t) => {
  const store = await openStoreThread({ dataDir: folder.path, clock: movableClock(), log: silentLog });
  t.after(() => store.close());
  const db = openForReading(join(folder.path, "whale.db"));
  t.after(() => db.close());
  const stored = () => db.get<{ n: number }>("SELECT count(*) AS n FROM entries")?.n ?? 0;
  const drafts = Array.from({ length: 40 }, (_, no) => aDraft({ dedupeKey: `k${no}` }));
  const appended = store.journal.append(aDelivery(drafts));
  const endMs = performance.now() + PATIENCE_MS;
  // Not once does this turn end.
  while (stored() === 0 && performance.now() < endMs);
  assert.equal(stored(), 40);
  assert.equal((await appended).length, 40);
});

test("what is read arrives whole beside answers that go out at the same time", async (t) => {
  const apart = tempFolder();
  t.after(() => apart.remove());
  const store = await openStoreThread({ dataDir: apart.path, clock: movableClock(), log: silentLog });
  t.after(() => store.close());
  await store.journal.append(
    aDelivery(Array.from({ length: 8 }, (_, no) => aDraft({ dedupeKey: `k${no}` }))),
  );
  const places = Array.from({ length: store.journal.partitions }, (_, partition) => {
    return { reader: "archive" as const, partition };
  });
  const reads = async () => {
    const read = places.map((place) => store.journal.read(place, 100));
    const beside = Array.from({ length: 50 }, () => store.tasks.countByState());
    const [entries] = await Promise.all([Promise.all(read), Promise.all(beside)]);
    return entries.flat().length;
  };
  for (let round = 0; round < 20; round++) assert.equal(await reads(), 8);
});
