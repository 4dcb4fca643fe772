import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import { openStore, type SqliteStore } from "../../../adapters/sqlite/index.ts";
import { KEYED_TABLES } from "../../../adapters/sqlite/journal-keys.ts";
import { keyIndex } from "../../../adapters/sqlite/key-index.ts";
import { MIGRATIONS, migrate } from "../../../adapters/sqlite/migrations.ts";
import { spread } from "../../../adapters/sqlite/transfer/spread.ts";
import type { Receipt } from "../../../core/ports/index.ts";
import { aDraftNo, doneBatch, passAll, placeFor } from "../../contract/journal/support.ts";
import { aDelivery, aRawBody } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { dump, type EmbeddedFolder, embeddedFolder } from "../../support/transfer.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SOURCE = "prometheus";

let folder = tempFolder();
let clock = movableClock();
let store: SqliteStore;

beforeEach(() => {
  folder = tempFolder();
  clock = movableClock();
  store = open();
});

afterEach(async () => {
  await store.close();
  folder.remove();
});

function open(): SqliteStore {
  return openStore({ dataDir: folder.path, clock, log: silentLog, partitions: 2 });
}

/** Closes the store and opens the same folder again. */
async function reopen(): Promise<void> {
  await store.close();
  store = open();
}

/** Appends a signed delivery with these events, which is remembered for an hour. */
function append(numbers: readonly number[], status: "firing" | "resolved" = "firing"): Promise<Receipt[]> {
  const name = `${numbers.join()} ${status}`;
  const at = new Date(clock.nowMs()).toISOString();
  const drafts = numbers.map((n) => ({
    ...aDraftNo(n, { status, receivedAt: at }),
    dedupeKey: `${n} ${status}`,
    senderTimeMs: clock.nowMs(),
  }));
  const replay = { signature: name, forMs: HOUR_MS };
  return store.journal.append(aDelivery(drafts, { raw: aRawBody(name), replay }));
}

function rawOf(name: string) {
  return store.journal.raw(aRawBody(name).ref);
}

function incidentNo(n: number) {
  return store.journal.incident(SOURCE, `vm-${n}/data`);
}

async function passBoth(): Promise<void> {
  await passAll(store.journal, "rules");
  await passAll(store.journal, "archive");
}

/** How many rows each table has. */
function rows(path = folder.path): Record<string, number> {
  const db = openDatabase(join(path, "whale.db"));
  const tables = ["entries", "raw_bodies", "incidents", "signatures"];
  const counts = tables.map((table) => [
    table,
    db.get<{ n: number }>(`SELECT count(*) n FROM ${table}`)?.n ?? 0,
  ]);
  db.close();
  return Object.fromEntries(counts) as Record<string, number>;
}

const AGAIN = (receipts: readonly Receipt[]) =>
  receipts.map(({ eventId }) => ({ eventId, outcome: "duplicate" }));

describe("an event that came alone", () => {
  test("is one row, in which its body, its signature and its incident are found", async () => {
    const receipts = await append([1]);
    assert.deepEqual(rows(), { entries: 1, raw_bodies: 0, incidents: 0, signatures: 0 });
    for (const _ of ["before", "after"]) {
      assert.deepEqual(await rawOf("1 firing"), aRawBody("1 firing"));
      assert.deepEqual(await append([1]), AGAIN(receipts));
      const { eventId } = receipts[0] as Receipt;
      assert.deepEqual(await incidentNo(1), {
        source: SOURCE,
        key: "vm-1/data",
        state: "open",
        firstEventId: eventId,
        lastEventId: eventId,
        openedAt: new Date(START_MS).toISOString(),
        lastAt: new Date(START_MS).toISOString(),
        events: 1,
        firedAtMs: START_MS,
      });
      await reopen();
    }
  });

  test("shares one row of its body and of its signature with those that came with it", async () => {
    const receipts = await append([1, 2, 3]);
    assert.deepEqual(rows(), { entries: 3, raw_bodies: 1, incidents: 0, signatures: 1 });
    assert.deepEqual(await append([1, 2, 3]), AGAIN(receipts));
    assert.deepEqual(await rawOf("1,2,3 firing"), aRawBody("1,2,3 firing"));
  });

  test("counts anew once its signature has expired", async () => {
    await append([1]);
    clock.advance(HOUR_MS);
    const anew = await append([1]);
    assert.equal(anew[0]?.outcome, "repeat");
    assert.deepEqual(rows(), { entries: 2, raw_bodies: 0, incidents: 1, signatures: 0 });
    assert.deepEqual(await append([1]), AGAIN(anew));
  });

  test("leaves its incident when it is trimmed, and its signature while that is remembered", async () => {
    const first = await append([1]);
    clock.advance(HOUR_MS - 1_000);
    const second = await append([2]);
    await passBoth();
    clock.advance(1_000);
    assert.equal(await store.journal.trim(clock.nowMs() + 1), 2);
    assert.deepEqual(rows(), { entries: 0, raw_bodies: 0, incidents: 2, signatures: 1 });
    assert.equal((await incidentNo(1))?.firstEventId, first[0]?.eventId);
    assert.equal(await rawOf("1 firing"), null);
    assert.deepEqual(await append([2]), AGAIN(second));
    const [repeat] = await append([1]);
    assert.equal(repeat?.outcome, "repeat");
  });

  test("does not bring back what its incident was when it is trimmed after that has changed", async () => {
    await append([1]);
    clock.advance(1_000);
    await append([1], "resolved");
    await passBoth();
    assert.equal(await store.journal.trim(START_MS + 500), 1);
    assert.equal((await incidentNo(1))?.state, "closed");
    await reopen();
    assert.equal((await incidentNo(1))?.state, "closed");
  });

  test("that nobody has read yet does not bring back an incident that is long closed and forgotten", async () => {
    await append([1]);
    clock.advance(1_000);
    await append([1], "resolved");
    assert.equal(await store.journal.trim(START_MS + DAY_MS), 0);
    assert.equal(await incidentNo(1), null);
    await reopen();
    assert.equal(await incidentNo(1), null);
  });
});

describe("the index of a store", () => {
  test("is not searched anew for openings behind what is merged, however long nothing opened", async () => {
    await append([1]);
    for (let i = 0; i < 5; i++) {
      clock.advance(1_000);
      await store.journal.append(aDelivery([{ ...aDraftNo(1), dedupeKey: `again ${i}` }]));
    }
    await passBoth();
    // Trimming brings to its tables what the index has in memory.
    await store.journal.trim(START_MS + 500);
    const db = openDatabase(join(folder.path, "whale.db"));
    const last = db.get<{ last: number }>("SELECT max(position) AS last FROM entries")?.last;
    const merged = db.get<{ value: number }>("SELECT value FROM meta WHERE name = 'opened_by_key'");
    db.close();
    assert.equal(merged?.value, last);
  });
});

describe("whole entries that are moved", () => {
  let moving: EmbeddedFolder;

  beforeEach(async () => {
    moving = embeddedFolder();
    await moving.work(async ({ journal }) => {
      for (let n = 0; n < 1_200; n++) {
        const replay = { signature: `${n}`, forMs: HOUR_MS };
        await journal.append(aDelivery([aDraftNo(n)], { raw: aRawBody(`${n % 7}`), replay }));
      }
    });
  });

  afterEach(() => moving.remove());

  test("are read as rows of their own, the same however often they are read", async () => {
    const side = await moving.side();
    const first = await dump(side, 500);
    assert.deepEqual(await dump(side, 333), first);
    await side.close();
    const countOf = (kind: string) => Object.keys(first).filter((name) => name.startsWith(`${kind} `)).length;
    const counts = ["entry", "raw", "incident", "signature"].map(countOf);
    assert.deepEqual(counts, [1_200, 7, 1_200, 1_200]);
    const again = await moving.side();
    assert.deepEqual(await dump(again, 500), first);
    await again.close();
  });

  test("do not bring back a signature that was taken anew since, with nothing that was new", async () => {
    const replay = { signature: "anew", forMs: HOUR_MS };
    const again = () =>
      moving.work(({ journal }) => journal.append(aDelivery([aDraftNo(9_000)], { replay })));
    const receipts = await again();
    moving.clock.advance(HOUR_MS);
    assert.deepEqual(await again(), AGAIN(receipts));
    await (await moving.side()).close();
    moving.clock.advance(1);
    await moving.work(async ({ journal }) => {
      const delivery = aDelivery([aDraftNo(9_001)], { replay });
      assert.deepEqual(await journal.append(delivery), AGAIN(receipts));
    });
  });

  test("never wait in memory all at once", async () => {
    const db = openDatabase(join(moving.path, "whale.db"));
    const index = keyIndex(db, KEYED_TABLES);
    let most = 0;
    const put: typeof index.put = (...row) => {
      index.put(...row);
      most = Math.max(most, index.waiting());
    };
    await spread(db, { ...index, put }, 100);
    db.close();
    // What one transaction moves: 500 entries, of each an incident and a signature.
    assert.equal(most, 1_000);
  });

  test("go on being what they were for a store that is opened on them again", async () => {
    await (await moving.side()).close();
    await moving.work(async ({ journal }) => {
      const replay = { signature: "7", forMs: HOUR_MS };
      const [again] = await journal.append(aDelivery([aDraftNo(5_000)], { replay }));
      assert.equal(again?.outcome, "duplicate");
      const [repeat] = await journal.append(aDelivery([{ ...aDraftNo(7), dedupeKey: "another" }]));
      assert.equal(repeat?.outcome, "repeat");
      await passAll(journal, "rules");
      await passAll(journal, "archive");
      assert.equal(await journal.trim(START_MS + DAY_MS), 1_201);
      assert.equal(await journal.raw(aRawBody("3").ref), null);
    });
  });
});

test("data of the version before is read, counted and trimmed as it was", async () => {
  const old = tempFolder();
  const db = openDatabase(join(old.path, "whale.db"));
  migrate(db, MIGRATIONS.slice(0, 10));
  const raw = aRawBody("old");
  db.run(
    "INSERT INTO raw_bodies (ref, uses, at_ms, content_type, bytes) VALUES (?, 2, ?, ?, ?)",
    ...[raw.ref, START_MS, raw.contentType, raw.bytes],
  );
  for (const n of [1, 2]) {
    const { event } = aDraftNo(n);
    const body = JSON.stringify({ ...event, id: `e_${n}` });
    const sql =
      "INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body) VALUES (?, ?, 'event', ?, ?, ?)";
    db.run(
      sql,
      placeFor({ partitions: 2 } as never, "rules", event.fingerprint).partition,
      START_MS,
      `e_${n}`,
      raw.ref,
      body,
    );
  }
  db.close();
  const opened = openStore({ dataDir: old.path, clock, log: silentLog, partitions: 2 });
  const { journal } = opened;
  assert.equal((await journal.event("e_1"))?.id, "e_1");
  assert.deepEqual(await journal.raw(raw.ref), raw);
  await journal.append(aDelivery([aDraftNo(3)], { raw: aRawBody("new") }));
  await passAll(journal, "rules");
  const place = placeFor(journal, "archive");
  const fence = await journal.lease(place, "reader", HOUR_MS);
  await journal.commit(place, doneBatch(fence, await journal.read(place, 100)));
  const gone = await journal.trim(START_MS + DAY_MS);
  assert.ok(gone === 1 || gone === 2, `${gone}`);
  assert.deepEqual(await journal.raw(raw.ref), raw);
  await passAll(journal, "archive");
  assert.equal(await journal.trim(START_MS + DAY_MS), 3 - gone);
  assert.equal(await journal.raw(raw.ref), null);
  assert.equal(await journal.raw(aRawBody("new").ref), null);
  await opened.close();
  old.remove();
});
