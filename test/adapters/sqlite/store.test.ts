import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import { openStore, type SqliteStore } from "../../../adapters/sqlite/index.ts";
import type { Queue } from "../../../core/ports/index.ts";
import { doneBatch } from "../../contract/journal/support.ts";
import { aDelivery, aDraft, anOutboxItem, aRawBody, aTask } from "../../support/builders.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

const LEASE_MS = 30_000;
const PLACE = { reader: "rules", partition: 0 } as const;
const TAKE = { grantId: "t_g", key: "k", limit: 1, perMs: 60_000, burst: 1, atMs: START_MS };

let folder = tempFolder();
let store: SqliteStore;

function open(options: { partitions?: number } = {}): SqliteStore {
  return openStore({
    dataDir: folder.path,
    clock: movableClock(),
    log: silentLog,
    partitions: 1,
    ...options,
  });
}

/** Closes the store and opens the same folder again. */
async function reopen(): Promise<void> {
  await store.close();
  store = open();
}

beforeEach(() => {
  folder = tempFolder();
  store = open();
});

afterEach(async () => {
  await store.close();
  folder.remove();
});

describe("a reopened SQLite store", () => {
  test("still holds events, raw bodies, incidents, delivery keys and refusals", async () => {
    const raw = aRawBody("body");
    const [first] = await store.journal.append(aDelivery([aDraft()], { raw }));
    await store.journal.refuse({ source: "s", reason: "r", message: "m", raw });
    await reopen();
    assert.notEqual(await store.journal.event(first?.eventId ?? ""), null);
    assert.deepEqual(await store.journal.raw(raw.ref), raw);
    assert.equal((await store.journal.refusals(1))[0]?.rawRef, raw.ref);
    const drafts = [aDraft(), aDraft({ dedupeKey: "next" })];
    const receipts = await store.journal.append(aDelivery(drafts));
    assert.deepEqual(
      receipts.map((receipt) => receipt.outcome),
      ["duplicate", "repeat"],
    );
  });

  test("still knows where readers stand", async () => {
    await store.journal.append(aDelivery([aDraft(), aDraft({ dedupeKey: "b" })]));
    const fence = await store.journal.lease(PLACE, "w", LEASE_MS);
    await store.journal.commit(PLACE, doneBatch(fence, await store.journal.read(PLACE, 1)));
    await reopen();
    assert.equal((await store.journal.read(PLACE, 10)).length, 1);
    assert.equal(await store.journal.lag("rules"), 1);
  });

  test("still holds tasks, messages with their tries, callbacks, grants and buckets", async () => {
    const task = aTask();
    await store.tasks.make({ task, outbox: [anOutboxItem()] });
    await store.outbox.claim(1, LEASE_MS);
    await store.inbox.insert({
      key: "c",
      receivedAtMs: START_MS,
      payload: { kind: "text", userId: "u", text: "", createdAtSeconds: 1 },
    });
    const grants = await store.throttle.take([TAKE]);
    await reopen();
    assert.deepEqual(await store.tasks.get(task.id), task);
    assert.deepEqual(await store.tasks.make({ task, outbox: [] }), { outcome: "exists" });
    assert.equal((await store.outbox.claim(1, LEASE_MS))[0]?.attempts, 1);
    assert.equal((await store.inbox.claim(1, LEASE_MS))[0]?.key, "c");
    assert.deepEqual(await store.throttle.take([TAKE]), grants);
    assert.deepEqual(await store.throttle.show("k"), grants[0]?.bucket);
  });

  test("takes a message that waits for tried, since the mark of a try may have gone with the power", async () => {
    await store.outbox.add([anOutboxItem()]);
    await reopen();
    assert.equal((await store.outbox.claim(1, LEASE_MS))[0]?.attempts, 1);
  });

  test("has ended the leases of the process before it, whose fences are void", async () => {
    const task = aTask();
    await store.tasks.make({ task, outbox: [] });
    const [old] = await store.tasks.claimDue("w1", 1, LEASE_MS);
    const oldPlace = (await store.journal.lease(PLACE, "w1", LEASE_MS)) ?? 0;
    const oldRole = await store.leases.acquire("scheduler", "w1", LEASE_MS);
    await reopen();
    assert.equal(await store.journal.commit(PLACE, { fence: oldPlace, first: 1, last: 1 }), false);
    assert.ok(((await store.journal.lease(PLACE, "w2", LEASE_MS)) ?? 0) > oldPlace);
    const role = await store.leases.acquire("scheduler", "w2", LEASE_MS);
    assert.ok(role.outcome === "held" && oldRole.outcome === "held" && role.fence > oldRole.fence);
    const stale = { task: { ...task, revision: 2 }, expected: 1, outbox: [], fence: old?.fence ?? 0 };
    assert.equal(await store.tasks.move(stale), "conflict");
    const [held] = await store.tasks.claimDue("w2", 1, LEASE_MS);
    assert.ok(held && old && held.fence > old.fence);
  });

  test("keeps its number of partitions and says when another was asked for", async () => {
    await store.close();
    const log = recordingLog();
    store = openStore({ dataDir: folder.path, clock: movableClock(), log, partitions: 8 });
    assert.equal(store.journal.partitions, 1);
    assert.deepEqual(
      log.lines.map((line) => line.fields),
      [{ stored: 1, asked: 8 }],
    );
  });
});

describe("an open SQLite store", () => {
  test("refuses a second store on its folder until it is closed", async () => {
    assert.throws(() => open(), { code: "store.locked" });
    await reopen();
  });

  test("makes its folder, which nobody else may look into", async () => {
    await store.close();
    const dataDir = join(folder.path, "a", "b");
    store = openStore({ dataDir, clock: movableClock(), log: silentLog });
    assert.equal(statSync(dataDir).mode & 0o077, 0);
  });

  test("writes with a log that is synced at each commit", () => {
    const db = openDatabase(join(folder.path, "whale.db"));
    assert.equal(db.get<{ journal_mode: string }>("PRAGMA journal_mode")?.journal_mode, "wal");
    assert.equal(db.get<{ synchronous: number }>("PRAGMA synchronous")?.synchronous, 2);
    db.close();
  });

  test("says what it takes on the disk", async () => {
    const before = store.sizeBytes();
    await store.journal.append(aDelivery([], { raw: aRawBody("x".repeat(500_000)) }));
    assert.ok(before > 0);
    assert.ok(store.sizeBytes() >= before + 500_000);
  });

  test("refuses every call once it is closed, and may be closed twice", async () => {
    await store.close();
    await store.close();
    await assert.rejects(store.tasks.get("t_a"), { code: "store.closed" });
    await assert.rejects(store.outbox.add([]), { code: "store.closed" });
    await assert.rejects(store.journal.trim(0), { code: "store.closed" });
  });

  test("finishes at closing what was asked before", async () => {
    const made = store.tasks.make({ task: aTask(), outbox: [] });
    await reopen();
    assert.deepEqual(await made, { outcome: "made" });
    assert.notEqual(await store.tasks.get(aTask().id), null);
  });

  test("stores nothing of a delivery of which one draft cannot be stored", async () => {
    const broken = aDraft({ dedupeKey: "b", event: { detail: { n: 1n as unknown as number } } });
    const raw = aRawBody("half");
    const append = store.journal.append(aDelivery([aDraft(), broken], { raw }));
    await assert.rejects(append, { code: "store.write_refused" });
    assert.equal(await store.journal.raw(raw.ref), null);
    assert.equal(await store.journal.lag("rules"), 0);
  });
});

describe("opening a SQLite store", () => {
  test("fails with the folder's name when a file is in the way", () => {
    const dataDir = join(folder.path, "file");
    writeFileSync(dataDir, "");
    const options = { dataDir, clock: movableClock(), log: silentLog };
    assert.throws(() => openStore(options), { code: "store.open_failed", message: new RegExp(dataDir) });
  });

  test("fails when whale.db is no database, and gives the folder back", () => {
    const dataDir = join(folder.path, "other");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "whale.db"), "something else entirely, ".repeat(100));
    const options = { dataDir, clock: movableClock(), log: silentLog };
    assert.throws(() => openStore(options), { code: "store.open_failed" });
    assert.throws(() => openStore(options), { code: "store.open_failed" });
  });
});

describe("listeners of a SQLite store", () => {
  test("hear once per commit which queues have new work", async () => {
    const heard: Queue[] = [];
    store.onWrite((what) => heard.push(what));
    await Promise.all([
      store.tasks.make({ task: aTask(), outbox: [anOutboxItem()] }),
      store.tasks.make({ task: aTask({ forEachIndex: 1 }), outbox: [] }),
      store.journal.append(aDelivery([aDraft()])),
    ]);
    assert.deepEqual(heard.sort(), ["journal", "outbox", "tasks"]);
  });

  test("hear nothing of writes that bring no work", async () => {
    const task = aTask();
    await store.tasks.make({ task, outbox: [] });
    await store.journal.append(aDelivery([aDraft()]));
    const heard: Queue[] = [];
    store.onWrite((what) => heard.push(what));
    await store.tasks.make({ task, outbox: [anOutboxItem()] });
    await store.journal.append(aDelivery([aDraft()]));
    const ended = { ...task, revision: 2, state: "expired" as const, dueAtMs: null };
    await store.tasks.move({ task: ended, expected: 1, outbox: [] });
    await store.throttle.take([TAKE]);
    assert.deepEqual(heard, []);
  });

  test("hear of a message that may go now because the one before it is settled", async () => {
    const items = ["a", "b"].map((key) => anOutboxItem({ key, taskId: "t_a" }));
    await store.outbox.add(items);
    const [claim] = await store.outbox.claim(1, LEASE_MS);
    const heard: Queue[] = [];
    store.onWrite((what) => heard.push(what));
    await store.outbox.settle("a", claim?.fence ?? 0);
    assert.deepEqual(heard, ["outbox"]);
  });

  test("cannot undo a commit or silence each other by throwing", async () => {
    const heard: Queue[] = [];
    store.onWrite(() => {
      throw new Error("listener");
    });
    store.onWrite((what) => heard.push(what));
    await store.outbox.add([anOutboxItem()]);
    assert.deepEqual(heard, ["outbox"]);
    assert.deepEqual(await store.outbox.depth(), { answer: 1 });
  });
});
