import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Database, openDatabase } from "../../../adapters/sqlite/database.ts";
import { type GroupCommit, groupCommit } from "../../../adapters/sqlite/group-commit.ts";
import { type KeyedTable, type WriteBehind, writeBehind } from "../../../adapters/sqlite/write-behind.ts";
import { silentLog } from "../../support/log.ts";

const NUMBERS: KeyedTable<number> = {
  name: "numbers",
  read: (db, key) => db.get<{ value: number }>("SELECT value FROM numbers WHERE key = ?", key)?.value,
  sql: "INSERT OR REPLACE INTO numbers VALUES (?, ?)",
  values: (key, row) => [key, row],
  changedAtMs: (row) => row,
};

function aDatabase(): Database {
  const db = openDatabase(":memory:");
  db.script(`CREATE TABLE changes (id INTEGER PRIMARY KEY AUTOINCREMENT, rows TEXT);
    CREATE TABLE numbers (key TEXT PRIMARY KEY, value INTEGER CHECK (value <> 666)) WITHOUT ROWID`);
  return db;
}

interface Bench {
  recent: WriteBehind;
  commits: GroupCommit;
  put: (key: string, value: number) => Promise<void>;
  merge: () => Promise<void>;
}

function over(db: Database): Bench {
  const recent = writeBehind(db, [NUMBERS]);
  const hooks = recent.transaction;
  const commits = groupCommit({ db, log: silentLog, announce: () => undefined, hooks });
  const put = (key: string, value: number) => commits.write(() => recent.put(NUMBERS, key, value));
  return { recent, commits, put, merge: () => recent.merge((job) => commits.writeUnsynced(job)) };
}

const inTable = (db: Database, key: string) => NUMBERS.read(db, key);

describe("rows written behind", () => {
  test("are read before they are in their table, and after", async () => {
    const db = aDatabase();
    const { recent, put, merge } = over(db);
    await put("a", 1);
    assert.equal(recent.get(NUMBERS, "a"), 1);
    assert.equal(inTable(db, "a"), undefined);
    await merge();
    assert.equal(inTable(db, "a"), 1);
    assert.equal(recent.get(NUMBERS, "a"), 1);
    assert.equal(recent.waiting(), 0);
    assert.deepEqual(db.all("SELECT * FROM changes"), []);
  });

  test("tell the oldest of those in memory", async () => {
    const { recent, put, merge } = over(aDatabase());
    assert.equal(recent.oldestMs(), Number.POSITIVE_INFINITY);
    await put("a", 2);
    await put("b", 1);
    assert.equal(recent.oldestMs(), 1);
    await put("b", 3);
    assert.equal(recent.oldestMs(), 2);
    await merge();
    assert.equal(recent.oldestMs(), Number.POSITIVE_INFINITY);
  });

  test("are there again after the process has died, merged or not", async () => {
    const db = aDatabase();
    const first = over(db);
    await first.put("a", 1);
    await first.merge();
    await first.put("b", 2);
    await first.put("a", 3);
    const { recent } = over(db);
    assert.deepEqual([recent.get(NUMBERS, "a"), recent.get(NUMBERS, "b")], [3, 2]);
  });

  test("are there again when it died in the middle of a merge", async () => {
    const db = aDatabase();
    const first = over(db);
    for (let n = 0; n < 600; n++) await first.put(`k${n}`, n);
    let chunks = 0;
    const dies = (job: () => void) => {
      chunks += 1;
      return chunks === 1 ? first.commits.write(job) : Promise.reject(new Error("died"));
    };
    await assert.rejects(first.recent.merge(dies), /died/);
    const { recent } = over(db);
    for (const n of [0, 499, 599]) assert.equal(recent.get(NUMBERS, `k${n}`), n);
  });

  test("a merge that failed is made good by the next", async () => {
    const db = aDatabase();
    const { recent, put, merge } = over(db);
    await put("a", 1);
    await assert.rejects(
      recent.merge(() => Promise.reject(new Error("disk full"))),
      /disk full/,
    );
    await put("a", 2);
    await put("b", 3);
    assert.deepEqual([recent.get(NUMBERS, "a"), recent.get(NUMBERS, "b")], [2, 3]);
    await merge();
    assert.deepEqual([inTable(db, "a"), inTable(db, "b")], [2, 3]);
  });

  test("of a job that throws leave the key as new as it was", async () => {
    const { recent, commits } = over(aDatabase());
    assert.equal(recent.learnSome(), false);
    const bad = commits.write(() => {
      recent.put(NUMBERS, "bad", 2);
      throw new Error("no");
    });
    await assert.rejects(bad, /no/);
    assert.equal(recent.get(NUMBERS, "bad"), undefined);
  });

  test("of a job that throws are taken back, those of the jobs beside it stay", async () => {
    const db = aDatabase();
    const { recent, commits, put } = over(db);
    const good = put("good", 1);
    const bad = commits.write(() => {
      recent.put(NUMBERS, "good", 5);
      recent.put(NUMBERS, "bad", 2);
      throw new Error("no");
    });
    const later = put("later", 3);
    await assert.rejects(bad, /no/);
    await Promise.all([good, later]);
    for (const one of [recent, over(db).recent]) {
      assert.deepEqual(
        ["good", "bad", "later"].map((key) => one.get(NUMBERS, key)),
        [1, undefined, 3],
      );
    }
  });

  test("of a commit that fails are taken back", async () => {
    const db = aDatabase();
    const { recent, commits } = over(db);
    db.script("PRAGMA foreign_keys = ON; CREATE TABLE p (a INTEGER PRIMARY KEY)");
    db.script("CREATE TABLE c (a INTEGER REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED)");
    const failing = commits.write(() => {
      recent.put(NUMBERS, "a", 1);
      db.run("INSERT INTO c VALUES (1)");
    });
    await assert.rejects(failing, { code: "store.write_failed" });
    assert.equal(recent.get(NUMBERS, "a"), undefined);
    assert.equal(over(db).recent.get(NUMBERS, "a"), undefined);
  });

  test("show what was put last, whatever is merged, forgotten, learnt or restarted in between", async () => {
    const step = fc.oneof(
      fc.record({ key: fc.constantFrom("a", "b", "c"), value: fc.nat(99) }),
      fc.record({ forget: fc.constantFrom("a", "b", "c") }),
      fc.constant("learn" as const),
      fc.constant("merge" as const),
      fc.constant("restart" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const db = aDatabase();
        const expected = new Map<string, number>();
        let bench = over(db);
        for (const one of steps) {
          if (one === "merge") await bench.merge();
          else if (one === "learn") bench.recent.learnSome();
          else if (one === "restart") bench = over(db);
          else if ("forget" in one) {
            // As a trim does it: what is forgotten is looked for in the tables.
            await bench.merge();
            db.run("DELETE FROM numbers WHERE key = ?", one.forget);
            expected.delete(one.forget);
          } else {
            expected.set(one.key, one.value);
            // Not awaited together with merges: those take what was committed before.
            await bench.put(one.key, one.value);
          }
          for (const key of ["a", "b", "c"]) assert.equal(bench.recent.get(NUMBERS, key), expected.get(key));
        }
      }),
      { numRuns: 60 },
    );
  });
});
