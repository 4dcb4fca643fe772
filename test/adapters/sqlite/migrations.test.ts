import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import { openStore } from "../../../adapters/sqlite/index.ts";
import { MIGRATIONS, migrate, schemaVersion } from "../../../adapters/sqlite/migrations.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
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

function setVersion(file: string, version: number): void {
  const db = openDatabase(file);
  db.script(`PRAGMA user_version = ${version}`);
  db.close();
}
