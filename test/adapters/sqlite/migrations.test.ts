import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import { openEmbeddedTransfer, openStore } from "../../../adapters/sqlite/index.ts";
import { MIGRATIONS, migrate, schemaVersion } from "../../../adapters/sqlite/migrations.ts";
import { eventId } from "../../../core/ids/index.ts";
import { aDelivery, aDraft } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

const STEPS = ["CREATE TABLE one (a INTEGER)", "CREATE TABLE two (b INTEGER)"];

describe("migrations", () => {
  test("bring an empty file to the newest version", () => {
    const db = openDatabase(":memory:");
    migrate(db);
    assert.equal(schemaVersion(db), MIGRATIONS.length);
    db.close();
  });

  test("run only the steps that are missing, and none the second time", () => {
    const db = openDatabase(":memory:");
    migrate(db, STEPS.slice(0, 1));
    db.run("INSERT INTO one VALUES (7)");
    migrate(db, STEPS);
    migrate(db, STEPS);
    assert.equal(schemaVersion(db), 2);
    assert.equal(db.get<{ a: number }>("SELECT a FROM one")?.a, 7);
    db.close();
  });

  test("undo the whole step that fails and keep the version before it", () => {
    const db = openDatabase(":memory:");
    const broken = [...STEPS, "CREATE TABLE three (c INTEGER); CREATE TABLE one (a INTEGER)"];
    assert.throws(() => migrate(db, broken), /one already exists/);
    assert.equal(schemaVersion(db), 2);
    assert.throws(() => db.get("SELECT * FROM three"), /no such table/);
    db.close();
  });

  test("find the tasks of an incident by an index", () => {
    const db = openDatabase(":memory:");
    migrate(db);
    const sql = `EXPLAIN QUERY PLAN SELECT seq FROM tasks WHERE source = ? AND incident = ? AND state = ?
      AND created_at_ms < ? ORDER BY created_at_ms DESC, seq DESC LIMIT ?`;
    const plan = db.get<{ detail: string }>(sql, "s", "i", "approved", 1, 1)?.detail ?? "";
    assert.match(
      plan,
      /INDEX tasks_by_incident \(source=\? AND incident=\? AND state=\? AND created_at_ms<\?\)/,
    );
    db.close();
  });

  test("refuse data of a newer release, change nothing and give the folder back", () => {
    const folder = tempFolder();
    after(folder.remove);
    const file = join(folder.path, "whale.db");
    setVersion(file, MIGRATIONS.length + 1);
    const options = { dataDir: folder.path, clock: movableClock(), log: silentLog };
    const refused = { name: "ChatOpsError", code: "store.newer_version", retryable: false };
    assert.throws(() => openStore(options), refused);
    assert.throws(() => openStore(options), refused);
    const db = openDatabase(file);
    assert.equal(schemaVersion(db), MIGRATIONS.length + 1);
    db.close();
  });
});

/** The last version with rows in the order of their keys: some in their tables, others in the log of changes. */
const IN_KEY_ORDER = 8;

describe("data that lay in the order of its keys", () => {
  const dedupeWindowMs = 60_000;
  const clock = movableClock();
  const now = () => new Date(clock.nowMs()).toISOString();
  const draft = (key: string) =>
    aDraft({ dedupeKey: key, event: { incident: key, status: "firing", receivedAt: now() } });
  const idOf = (key: string) => eventId(draft(key).event.source, key);

  function anOldStore(): string {
    const folder = tempFolder();
    after(folder.remove);
    const db = openDatabase(join(folder.path, "whale.db"));
    migrate(db, MIGRATIONS.slice(0, IN_KEY_ORDER));
    const receivedAt = now();
    for (const [i, key] of ["merged", "waits"].entries()) {
      const body = JSON.stringify({ ...draft(key).event, id: idOf(key) });
      const sql = "INSERT INTO entries (partition, at_ms, kind, key, body) VALUES (0, ?, 'event', ?, ?)";
      assert.equal(db.insert(sql, clock.nowMs(), idOf(key), body), i + 1);
    }
    const known =
      "INSERT INTO known (key, position, received_at, last_at_ms, duplicates) VALUES (?, ?, ?, ?, ?)";
    db.run(known, idOf("merged"), 1, receivedAt, clock.nowMs(), 0);
    db.run(known, idOf("trimmed"), 77, receivedAt, clock.nowMs(), 3);
    db.run(known, idOf("copied"), 0, receivedAt, clock.nowMs(), 1);
    const incident = (key: string, events: number) => ({
      ...{
        source: draft(key).event.source,
        key,
        state: "open",
        firstEventId: idOf(key),
        lastEventId: idOf(key),
      },
      ...{ openedAt: receivedAt, lastAt: receivedAt, events },
    });
    const keyOf = (key: string) => JSON.stringify([draft(key).event.source, key]);
    const sql = "INSERT INTO incidents (key, state, changed_at_ms, body) VALUES (?, 'open', ?, ?)";
    for (const key of ["merged", "twice"]) {
      db.run(sql, keyOf(key), clock.nowMs(), JSON.stringify(incident(key, 1)));
    }
    const row = { position: 2, receivedAt, lastAtMs: clock.nowMs(), duplicates: 0 };
    const changes = [
      [
        ["known", idOf("waits"), row],
        ["incidents", keyOf("waits"), { incident: incident("waits", 1), changedAtMs: clock.nowMs() }],
        ["incidents", keyOf("twice"), { incident: incident("twice", 2), changedAtMs: clock.nowMs() }],
      ],
      [["incidents", keyOf("twice"), { incident: incident("twice", 3), changedAtMs: clock.nowMs() }]],
    ];
    const signed = "INSERT INTO signatures (source, signature, expires_ms, receipts) VALUES (?, ?, ?, ?)";
    const receipts = [{ eventId: idOf("merged"), outcome: "new" }];
    db.run(signed, "prometheus", "its name", clock.nowMs() + 9_000_000, JSON.stringify(receipts));
    for (const rows of changes) db.run("INSERT INTO changes (rows) VALUES (?)", JSON.stringify(rows));
    db.close();
    return folder.path;
  }

  test("still knows its events, its deliveries and its incidents", async () => {
    const store = openStore({ dataDir: anOldStore(), clock, log: silentLog, dedupeWindowMs });
    const append = async (key: string) => (await store.journal.append(aDelivery([draft(key)])))[0];
    for (const key of ["merged", "waits"]) {
      assert.equal((await store.journal.event(idOf(key)))?.id, idOf(key));
    }
    for (const key of ["merged", "waits", "trimmed", "copied"]) {
      assert.deepEqual(await append(key), { eventId: idOf(key), outcome: "duplicate" });
    }
    const replay = { signature: "its name", forMs: 9_000_000 };
    const replayed = await store.journal.append(aDelivery([draft("other")], { replay }));
    assert.deepEqual(replayed, [{ eventId: idOf("merged"), outcome: "duplicate" }]);
    clock.advance(dedupeWindowMs);
    for (const key of ["merged", "waits", "twice"]) assert.equal((await append(key))?.outcome, "repeat");
    assert.equal((await append("trimmed"))?.outcome, "new");
    await store.close();
  });

  test("is told to be brought to a newer version, once", async () => {
    const dataDir = anOldStore();
    const log = recordingLog();
    for (const _ of ["first", "second"]) await openStore({ dataDir, clock, log }).close();
    assert.deepEqual(
      log.lines.map(({ fields }) => fields),
      [{ from: IN_KEY_ORDER, to: MIGRATIONS.length }],
    );
  });

  test("is told so by a migration to another store, too", async () => {
    const log = recordingLog();
    const side = await openEmbeddedTransfer({ dataDir: anOldStore(), log });
    assert.deepEqual(
      log.lines.map(({ fields }) => fields),
      [{ from: IN_KEY_ORDER, to: MIGRATIONS.length }],
    );
    await side.close();
  });

  test("has its incidents as they were last", () => {
    const db = openDatabase(join(anOldStore(), "whale.db"));
    migrate(db);
    const rows = db.all<{ body: string }>("SELECT body FROM incidents ORDER BY key");
    assert.deepEqual(
      rows.map(({ body }) => (JSON.parse(body) as { events: number }).events),
      [1, 3, 1],
    );
    db.close();
  });
});

function setVersion(file: string, version: number): void {
  const db = openDatabase(file);
  db.script(`PRAGMA user_version = ${version}`);
  db.close();
}
