import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { openArchive, openArchiveReader } from "../../../../adapters/sqlite/archive/index.ts";
import type { WhaleEvent } from "../../../../core/events/index.ts";
import { anEvent } from "../../../support/builders.ts";
import { START_MS } from "../../../support/clock.ts";
import { silentLog } from "../../../support/log.ts";
import { tempFolder } from "../../../support/sqlite.ts";

function folder(t: TestContext): string {
  const { path, remove } = tempFolder();
  t.after(remove);
  return path;
}

function event(no: number, atMs: number): WhaleEvent {
  return anEvent({ id: `e_${String(no).padStart(6, "0")}`, receivedAt: new Date(atMs).toISOString() });
}

function all(dataDir: string, range = { fromMs: 0, toMs: START_MS * 2 }): WhaleEvent[][] {
  const reader = openArchiveReader(dataDir);
  try {
    return [...reader.pages(range)].map((page) => page.map((body) => JSON.parse(body) as WhaleEvent));
  } finally {
    reader.close();
  }
}

test("reads every event of the time once, in the order of receipt, those of one millisecond on one page", async (t) => {
  const dataDir = folder(t);
  const archive = await openArchive({ dataDir, log: silentLog });
  t.after(() => archive.close());
  const events = Array.from({ length: 2_600 }, (_, no) => event(no, START_MS + Math.floor(no / 700)));
  await archive.write({ events: [...events].reverse(), verdicts: [] });
  const pages = all(dataDir);
  const times = pages.map((page) => new Set(page.map(({ receivedAt }) => receivedAt)));
  for (const [index, here] of times.entries())
    assert.ok(![...here].some((time) => times[index + 1]?.has(time)));
  const read = pages.flat();
  assert.deepEqual(
    read.map(({ receivedAt }) => receivedAt),
    events.map(({ receivedAt }) => receivedAt),
  );
  assert.deepEqual(new Set(read.map(({ id }) => id)), new Set(events.map(({ id }) => id)));
  const between = all(dataDir, { fromMs: START_MS + 1, toMs: START_MS + 2 }).flat();
  assert.equal(between.length, 700);
});

test("sees what another writes meanwhile, and changes nothing of the file", async (t) => {
  const dataDir = folder(t);
  const archive = await openArchive({ dataDir, log: silentLog });
  t.after(() => archive.close());
  await archive.write({ events: [event(1, START_MS)], verdicts: [] });
  const digest = () =>
    createHash("sha256")
      .update(readFileSync(join(dataDir, "archive.db")))
      .digest("hex");
  const before = digest();
  const reader = openArchiveReader(dataDir);
  const pages = reader.pages({ fromMs: START_MS, toMs: START_MS + 10 });
  await archive.write({ events: [event(2, START_MS + 1)], verdicts: [] });
  assert.equal([...pages].flat().length, 2);
  reader.close();
  assert.equal(digest(), before);
});

test("reads a folder on which nothing runs", async (t) => {
  const dataDir = folder(t);
  const archive = await openArchive({ dataDir, log: silentLog });
  await archive.write({ events: [event(1, START_MS)], verdicts: [] });
  await archive.close();
  assert.equal(all(dataDir).flat().length, 1);
});

test("refuses a folder without an archive, making none", (t) => {
  const dataDir = folder(t);
  assert.throws(() => openArchiveReader(dataDir), { code: "archive.absent" });
  assert.throws(() => openArchiveReader(dataDir), { code: "archive.absent" });
});

test("refuses an archive of a later release, and what is no archive", async (t) => {
  const dataDir = folder(t);
  const archive = await openArchive({ dataDir, log: silentLog });
  await archive.close();
  const db = new DatabaseSync(join(dataDir, "archive.db"));
  db.exec("PRAGMA user_version = 99");
  db.close();
  assert.throws(() => openArchiveReader(dataDir), { code: "archive.newer_version" });
});

test("gives each event once whatever the times are", async (t) => {
  const dataDir = folder(t);
  const archive = await openArchive({ dataDir, log: silentLog });
  t.after(() => archive.close());
  const times = fc.array(fc.nat(20), { minLength: 1, maxLength: 60 });
  let no = 0;
  await fc.assert(
    fc.asyncProperty(times, fc.nat(25), fc.nat(25), async (given, from, to) => {
      // A stretch of time of its own for each run.
      no += 1;
      const base = START_MS + no * 1_000;
      const events = given.map((ms, place) => event(no * 1_000 + place, base + ms));
      await archive.write({ events, verdicts: [] });
      const read = all(dataDir, { fromMs: base + from, toMs: base + to }).flat();
      const wanted = events.filter(({ receivedAt }) => {
        const ms = Date.parse(receivedAt) - base;
        return ms >= from && ms < to;
      });
      assert.deepEqual(read.map(({ id }) => id).sort(), wanted.map(({ id }) => id).sort());
    }),
    { numRuns: 60 },
  );
});
