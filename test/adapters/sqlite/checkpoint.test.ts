import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { type Checkpoints, checkpoints } from "../../../adapters/sqlite/checkpoint.ts";
import { type Database, openDatabase } from "../../../adapters/sqlite/database.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

const FEW = 700;
const MANY = 1_500;
const PAGE = 4_096;

describe("checkpoints beside the writer", () => {
  const folder = tempFolder();
  let file = "";
  let db: Database;
  let copies: Checkpoints;

  after(() => folder.remove());
  beforeEach(() => {
    file = join(folder.path, `${performance.now()}.db`);
    db = openDatabase(file);
    db.script("CREATE TABLE n (value INTEGER PRIMARY KEY, fill TEXT)");
    copies = checkpoints(db, file, silentLog);
  });
  afterEach(async () => {
    await copies.close();
    db.close();
  });

  function commit(rows: number, fill = ""): void {
    db.script("BEGIN");
    for (let i = 0; i < rows; i++) db.run("INSERT INTO n (fill) VALUES (?)", fill);
    db.script("COMMIT");
    copies.committed();
  }

  /** Rows only reach the database's own file by a checkpoint. */
  const inFile = () => statSync(file).size > 2 * PAGE;

  async function copied(): Promise<void> {
    while (!inFile()) await pause(1);
  }

  test("bring what was committed to the database once there is enough of it", async () => {
    commit(MANY);
    assert.equal(inFile(), false);
    await copied();
  });

  test("begin again when there is enough anew", async () => {
    commit(MANY);
    await copied();
    const before = statSync(file).size;
    while (statSync(file).size === before) {
      commit(100);
      await pause(1);
    }
  });

  test("leave little where it is", async () => {
    commit(FEW);
    await pause(20);
    assert.equal(inFile(), false);
  });

  test("keep the log short although writes never pause", async () => {
    let longest = 0;
    let duringCopy = 0;
    for (let i = 0; i < 60; i++) {
      // A page each, 24,000 in all.
      commit(400, "x".repeat(3_000));
      await turn();
      duringCopy = copies.busy() ? duringCopy + 1 : 0;
      // However slow the thread is: a few large commits fall into each of its copies, then small ones.
      while (duringCopy >= 4 && copies.busy()) {
        commit(1, "x");
        await pause(1);
      }
      if (!copies.busy()) duringCopy = 0;
      longest = Math.max(longest, statSync(`${file}-wal`).size);
    }
    assert.ok(longest < 16_000 * PAGE, `${longest} bytes`);
    assert.ok(inFile());
  });

  test("begin no more after the end", async () => {
    commit(FEW);
    await copies.close();
    commit(MANY);
    await pause(20);
    assert.equal(inFile(), false);
  });

  test("are left to SQLite, and that is said, when the thread cannot work", async () => {
    const log = recordingLog();
    const broken = checkpoints(db, join(folder.path, "no", "such", "folder.db"), log);
    commit(MANY);
    broken.committed();
    while (log.lines.length === 0) await pause(1);
    assert.equal(log.lines[0]?.message, "commits copy the log themselves from now on");
    await broken.close();
  });
});
