import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { openForReading } from "../../../adapters/sqlite/database.ts";
import { openStore, openStoreThread } from "../../../adapters/sqlite/index.ts";
import { readPacked, unpackedEntries } from "../../../adapters/sqlite/journal-packed.ts";
import type { Journal, JournalEntry, Queue } from "../../../core/ports/index.ts";
import { aDelivery, aDraft } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

const PLACE = { reader: "rules", partition: 0 } as const;
const MB = 1_048_576;
const stores = { "in this thread": openStore, "in a thread of its own": openStoreThread };

for (const [where, open] of Object.entries(stores)) {
  const folder = tempFolder();
  after(() => folder.remove());

  test(`reads large entries in parts and wakes for each next one, ${where}`, async (t) => {
    const store = await open({ ...optionsIn(folder), partitions: 1 });
    t.after(() => store.close());
    const heard: Queue[] = [];
    store.onWrite((queue) => void heard.push(queue));
    for (const size of [9 * MB, 1 * MB, 1 * MB, 1 * MB, 100]) await appendOf(store.journal, size);
    heard.length = 0;
    const parts = await readToTheEnd(store.journal, () => heard.splice(0).length);
    assert.deepEqual(parts, [
      { sizes: [9 * MB], woken: 1 },
      { sizes: [1 * MB, 1 * MB, 1 * MB, 100], woken: 0 },
      { sizes: [], woken: 0 },
    ]);
  });
}

test("hands entries on in a memory of their own, whatever letters they have", async (t) => {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const store = openStore({ ...optionsIn(folder), partitions: 1 });
  t.after(() => store.close());
  const titles = ["磁盘将满", '\u0000\n"\\', "\u{1F433}", "\uD800"];
  for (const title of titles)
    await store.journal.append(aDelivery([aDraft({ dedupeKey: title, event: { title } })]));
  const db = openForReading(join(folder.path, "whale.db"));
  t.after(() => db.close());
  const packed = readPacked(db, PLACE, 10);
  assert.equal(packed.bodies.byteLength, packed.bodies.buffer.byteLength);
  assert.deepEqual(unpackedEntries(packed).map(titleOf), titles);
});

function optionsIn(folder: ReturnType<typeof tempFolder>) {
  return { dataDir: folder.path, clock: movableClock(), log: silentLog };
}

async function appendOf(journal: Journal, size: number): Promise<void> {
  const draft = aDraft({ dedupeKey: `k${Math.random()}`, event: { title: "x".repeat(size) } });
  await journal.append(aDelivery([draft]));
}

async function readToTheEnd(journal: Journal, woken: () => number) {
  const fence = (await journal.lease(PLACE, "w1", 60_000)) ?? -1;
  const parts: { sizes: number[]; woken: number }[] = [];
  for (;;) {
    const entries = await journal.read(PLACE, 10);
    parts.push({ sizes: entries.map((entry) => titleOf(entry).length), woken: woken() });
    const [first, last] = [entries[0], entries.at(-1)];
    if (!first || !last) return parts;
    await journal.commit(PLACE, { fence, first: first.position, last: last.position });
  }
}

function titleOf(entry: JournalEntry): string {
  return entry.kind === "event" ? entry.event.title : "";
}
