import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Database, openDatabase } from "../../../adapters/sqlite/database.ts";
import { type GroupCommit, groupCommit } from "../../../adapters/sqlite/group-commit.ts";
import { keyIndex } from "../../../adapters/sqlite/key-index.ts";
import type { Queue } from "../../../core/ports/index.ts";
import { recordingLog, silentLog } from "../../support/log.ts";

/** A table `n`, and a `child` whose missing parent makes the commit itself fail. */
const TABLES = `
  PRAGMA foreign_keys = ON;
  CREATE TABLE changes (id INTEGER PRIMARY KEY, rows TEXT);
  CREATE TABLE n (value INTEGER PRIMARY KEY);
  CREATE TABLE child (parent INTEGER REFERENCES n (value) DEFERRABLE INITIALLY DEFERRED);
`;

interface Bench {
  db: Database;
  /** SQL that ran, in order. */
  ran: string[];
  commits: GroupCommit;
  announced: Queue[];
}

function aBench(log = silentLog): Bench {
  const db = openDatabase(":memory:");
  db.script(TABLES);
  const ran: string[] = [];
  const watched: Database = {
    ...db,
    run: (sql, ...values) => {
      ran.push(sql === "COMMIT" ? `COMMIT ${syncOf(db)}` : sql);
      return db.run(sql, ...values);
    },
  };
  const announced: Queue[] = [];
  const announce = (what: Queue) => void announced.push(what);
  const commits = groupCommit({ db: watched, log, announce, hooks: keyIndex(db, []).transaction });
  return { db, ran, announced, commits };
}

const FULL = 2;
const NORMAL = 1;

function syncOf(db: Database): number | undefined {
  return db.get<{ synchronous: number }>("PRAGMA synchronous")?.synchronous;
}

function commitsOf(ran: readonly string[]): string[] {
  return ran.filter((sql) => sql.startsWith("COMMIT"));
}

function insert(db: Database, value: number): () => number {
  return () => db.run("INSERT INTO n VALUES (?)", value);
}

function valuesIn(db: Database): number[] {
  return db.all<{ value: number }>("SELECT value FROM n ORDER BY value").map((row) => row.value);
}

describe("group commit", () => {
  test("shares one transaction between all writes of one turn", async () => {
    const { db, ran, commits } = aBench();
    await Promise.all([1, 2, 3].map((value) => commits.write(insert(db, value))));
    assert.deepEqual(commitsOf(ran), [`COMMIT ${FULL}`]);
    assert.deepEqual(valuesIn(db), [1, 2, 3]);
  });

  test("commits a lone write in the next turn", async () => {
    const { db, commits } = aBench();
    const written = commits.write(insert(db, 1));
    assert.deepEqual(valuesIn(db), []);
    await turn();
    assert.deepEqual(valuesIn(db), [1]);
    assert.equal(await written, 1);
  });

  test("settles no write before the commit", async () => {
    const { ran, db, commits } = aBench();
    await commits.write(insert(db, 1));
    assert.equal(ran.at(-1), `COMMIT ${FULL}`);
  });

  test("undoes a failing job alone, with everything that it wrote", async () => {
    const { db, commits } = aBench();
    const writes = [
      commits.write(insert(db, 1)),
      commits.write(() => {
        insert(db, 2)();
        throw new Error("no");
      }),
      commits.write(insert(db, 3)),
    ];
    const settled = await Promise.allSettled(writes);
    assert.deepEqual(
      settled.map((one) => one.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(valuesIn(db), [1, 3]);
  });

  test("tells a refused row apart from a passing failure", async () => {
    const { db, commits } = aBench();
    await commits.write(insert(db, 1));
    const refused = { name: "ChatOpsError", code: "store.write_refused", retryable: false, reached: "no" };
    await assert.rejects(commits.write(insert(db, 1)), refused);
  });

  test("fails the whole group, retryable, when the commit fails, and works again afterwards", async () => {
    const log = recordingLog();
    const { db, commits, announced } = aBench(log);
    const failed = { name: "ChatOpsError", code: "store.write_failed", retryable: true, reached: "maybe" };
    const orphan = (wake: (what: Queue) => void) => {
      wake("tasks");
      return db.run("INSERT INTO child VALUES (99)");
    };
    const group = [commits.write(insert(db, 1)), commits.write(orphan), commits.write(insert(db, 2))];
    for (const write of group.map((one) => assert.rejects(one, failed))) await write;
    assert.deepEqual(valuesIn(db), []);
    assert.deepEqual(announced, []);
    assert.equal(log.lines.filter((line) => line.level === "error").length, 1);
    await commits.write(insert(db, 3));
    assert.deepEqual(valuesIn(db), [3]);
  });

  test("fails the whole group, with the cause, when SQLite gives the transaction up by itself", async () => {
    const { db, commits } = aBench();
    await commits.write(insert(db, 1));
    const failed = { code: "store.write_failed", retryable: true, message: /UNIQUE constraint failed/ };
    const givingUp = () => db.run("INSERT OR ROLLBACK INTO n VALUES (1)");
    const group = [commits.write(insert(db, 2)), commits.write(givingUp), commits.write(insert(db, 3))];
    for (const write of group.map((one) => assert.rejects(one, failed))) await write;
    assert.deepEqual(valuesIn(db), [1]);
    await commits.write(insert(db, 4));
    assert.deepEqual(valuesIn(db), [1, 4]);
  });

  test("says that a write may succeed later when there is no room, and succeeds once there is", async () => {
    const { db, commits } = aBench();
    db.script("PRAGMA max_page_count = 8");
    const large = () => db.run("INSERT INTO n SELECT value FROM generate WHERE true");
    db.script(`CREATE TEMP VIEW generate AS
      WITH RECURSIVE up (value) AS (SELECT 100 UNION ALL SELECT value + 1 FROM up LIMIT 20000)
      SELECT value FROM up`);
    await assert.rejects(commits.write(large), { code: "store.write_failed", retryable: true });
    db.script("PRAGMA max_page_count = 1000");
    assert.equal(await commits.write(large), 20_000);
  });

  test("announces each queue once per commit, and never for a job that failed", async () => {
    const { db, commits, announced } = aBench();
    const waking = (what: Queue, value: number) =>
      commits.write((wake) => {
        wake(what);
        return insert(db, value)();
      });
    await Promise.allSettled([waking("tasks", 1), waking("tasks", 2), waking("outbox", 1)]);
    assert.deepEqual(announced, ["tasks"]);
  });

  test("takes part in the next group when a job's end starts another write", async () => {
    const { db, commits } = aBench();
    await commits.write(insert(db, 1)).then(() => commits.write(insert(db, 2)));
    assert.deepEqual(valuesIn(db), [1, 2]);
  });

  test("commits what waits when it is closed, and refuses what comes later", async () => {
    const { db, commits } = aBench();
    const waiting = commits.write(insert(db, 1));
    commits.close();
    assert.equal(await waiting, 1);
    await assert.rejects(commits.write(insert(db, 2)), { code: "store.closed" });
    assert.deepEqual(valuesIn(db), [1]);
  });
});

describe("writes without a sync", () => {
  test("are committed alone without a sync, and the next write is synced again", async () => {
    const { db, ran, commits } = aBench();
    await commits.writeUnsynced(insert(db, 1));
    assert.equal(syncOf(db), FULL);
    await commits.write(insert(db, 2));
    assert.deepEqual(commitsOf(ran), [`COMMIT ${NORMAL}`, `COMMIT ${FULL}`]);
    assert.deepEqual(valuesIn(db), [1, 2]);
  });

  test("go before those of the same turn, and what they start shares the sync of those", async () => {
    const { db, ran, commits } = aBench();
    const order: string[] = [];
    const synced = commits.write(insert(db, 1)).then(() => order.push("synced"));
    const quick = commits.writeUnsynced(insert(db, 2)).then(async () => {
      order.push("quick");
      await commits.write(insert(db, 3));
      order.push("started");
    });
    await Promise.all([synced, quick]);
    assert.deepEqual(commitsOf(ran), [`COMMIT ${NORMAL}`, `COMMIT ${FULL}`]);
    assert.deepEqual(order, ["quick", "synced", "started"]);
  });

  test("hold up a synced write for one turn at most", async () => {
    const { db, ran, commits } = aBench();
    let over = false;
    const chain = async (): Promise<void> => {
      for (let value = 10; !over && value < 60; value++) await commits.writeUnsynced(insert(db, value));
    };
    const running = chain();
    await commits.write(insert(db, 1));
    over = true;
    await running;
    assert.deepEqual(commitsOf(ran), [`COMMIT ${NORMAL}`, `COMMIT ${FULL}`]);
  });

  test("that cannot be committed fail, and the next write is synced and works", async () => {
    const { db, ran, commits } = aBench();
    const orphan = () => db.run("INSERT INTO child VALUES (99)");
    await assert.rejects(commits.writeUnsynced(orphan), { code: "store.write_failed", retryable: true });
    await commits.write(insert(db, 3));
    assert.equal(commitsOf(ran).at(-1), `COMMIT ${FULL}`);
    assert.deepEqual(valuesIn(db), [3]);
  });

  test("are committed with the others when the store is closed", async () => {
    const { db, commits } = aBench();
    const waiting = [commits.write(insert(db, 1)), commits.writeUnsynced(insert(db, 2))];
    commits.close();
    // The file is closed right after this.
    assert.deepEqual(valuesIn(db), [1, 2]);
    await Promise.all(waiting);
    await assert.rejects(commits.writeUnsynced(insert(db, 3)), { code: "store.closed" });
  });
});
