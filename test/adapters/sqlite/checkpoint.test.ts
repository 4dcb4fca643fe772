import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type QuietCheckpoints, quietCheckpoints } from "../../../adapters/sqlite/checkpoint.ts";
import { type Database, openDatabase } from "../../../adapters/sqlite/database.ts";
import { tempFolder } from "../../support/sqlite.ts";

const FEW = 1_500;
const MANY = 2_500;

describe("checkpoints of quiet moments", () => {
  const folder = tempFolder();
  let file = "";
  let db: Database;
  let busy = false;
  let checkpoints: QuietCheckpoints;

  after(() => folder.remove());
  beforeEach(() => {
    file = join(folder.path, `${performance.now()}.db`);
    db = openDatabase(file);
    db.script("CREATE TABLE n (value INTEGER PRIMARY KEY)");
    busy = false;
    checkpoints = quietCheckpoints(db, () => busy);
  });
  afterEach(() => {
    checkpoints.close();
    db.close();
  });

  function commit(rows: number): void {
    db.script("BEGIN");
    for (let i = 0; i < rows; i++) db.run("INSERT INTO n DEFAULT VALUES");
    db.script("COMMIT");
    checkpoints.committed();
  }

  /** Rows only reach the database's own file by a checkpoint. */
  const inFile = () => statSync(file).size > 8_192;

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
    commit(MANY);
    while (statSync(file).size === before) await pause(1);
  });

  test("leave little where it is", async () => {
    commit(FEW);
    await pause(20);
    assert.equal(inFile(), false);
  });

  test("wait while a write waits", async () => {
    busy = true;
    commit(MANY);
    await pause(20);
    assert.equal(inFile(), false);
    busy = false;
    await copied();
  });

  test("begin no more after the end", async () => {
    commit(MANY);
    checkpoints.close();
    await pause(20);
    assert.equal(inFile(), false);
  });
});
