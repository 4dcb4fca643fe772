import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Database, openDatabase } from "../../../adapters/sqlite/database.ts";
import { type GroupCommit, groupCommit } from "../../../adapters/sqlite/group-commit.ts";
import { keyHash } from "../../../adapters/sqlite/key-hash.ts";
import {
  findIndexed,
  indexAtOnce,
  type KeyedTable,
  type KeyIndex,
  keyIndex,
} from "../../../adapters/sqlite/key-index.ts";
import { silentLog } from "../../support/log.ts";

const WORDS: KeyedTable = {
  name: "words",
  id: "no",
  key: "'the ' || word",
  only: "loud = 0",
  index: "words_by_word",
};

function aDatabase(): Database {
  const db = openDatabase(":memory:");
  db.script(`CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER);
    CREATE TABLE words (no INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT, loud INTEGER DEFAULT 0);
    CREATE TABLE words_by_word (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) WITHOUT ROWID`);
  return db;
}

interface Bench {
  db: Database;
  index: KeyIndex;
  commits: GroupCommit;
  /** Inserts a row and gives its number. */
  put: (word: string) => Promise<number>;
  merge: () => Promise<void>;
  find: (word: string) => number | undefined;
}

const insert = (db: Database, word: string) => db.insert("INSERT INTO words (word) VALUES (?)", word);

function over(db: Database): Bench {
  const index = keyIndex(db, [WORDS]);
  const commits = groupCommit({ db, log: silentLog, announce: () => undefined, hooks: index.transaction });
  const put = (word: string) =>
    commits.write(() => {
      const id = insert(db, word);
      index.put(WORDS, `the ${word}`, id);
      return id;
    });
  const find = (word: string) => index.find(WORDS, `the ${word}`);
  return { db, index, commits, put, find, merge: () => index.merge((job) => commits.writeUnsynced(job)) };
}

const indexed = (db: Database) =>
  db.all<{ id: number }>("SELECT id FROM words_by_word ORDER BY id").map(({ id }) => id);

describe("rows found by keys", () => {
  test("are found before their keys are in the index, and after", async () => {
    const { db, put, find, merge, index } = over(aDatabase());
    assert.equal(find("a"), undefined);
    assert.equal(await put("a"), 1);
    assert.deepEqual([find("a"), indexed(db), index.waiting()], [1, [], 1]);
    await merge();
    assert.deepEqual([find("a"), indexed(db), index.waiting()], [1, [1], 0]);
    assert.equal(find("b"), undefined);
  });

  test("the newest of a key is found, wherever the others are", async () => {
    const { put, find, merge } = over(aDatabase());
    await put("a");
    await merge();
    assert.equal(await put("a"), 2);
    assert.equal(find("a"), 2);
    await merge();
    assert.equal(find("a"), 2);
  });

  test("are found again after the process has died, merged or not; those of no key are not", async () => {
    const db = aDatabase();
    const first = over(db);
    await first.put("a");
    await first.merge();
    await first.put("b");
    db.run("INSERT INTO words (word, loud) VALUES ('c', 1)");
    const second = over(db);
    assert.deepEqual(["a", "b", "c"].map(second.find), [1, 2, undefined]);
    assert.equal(second.index.waiting(), 1);
  });

  test("are all found when it died in the middle of a merge, and are merged then", async () => {
    const db = aDatabase();
    const first = over(db);
    for (let no = 1; no <= 1_200; no++) await first.put(`${no}`);
    let turns = 0;
    const dies = (job: () => void) =>
      ++turns < 6 ? first.commits.write(job) : Promise.reject(new Error("died"));
    await assert.rejects(first.index.merge(dies), /died/);
    assert.ok(indexed(db).length > 0 && indexed(db).length < 1_200);
    const second = over(db);
    for (const no of [1, 600, 1_200]) assert.equal(second.find(`${no}`), no);
    await second.merge();
    assert.equal(indexed(db).length, 1_200);
    assert.equal(over(db).index.waiting(), 0);
  });

  test("a merge that failed is made good by the next", async () => {
    const { db, index, put, find, merge } = over(aDatabase());
    await put("a");
    let turns = 0;
    const fails = (job: () => void) =>
      ++turns === 1 ? Promise.resolve(job()) : Promise.reject(new Error("full"));
    await assert.rejects(index.merge(fails), /full/);
    await put("b");
    assert.deepEqual(["a", "b"].map(find), [1, 2]);
    await merge();
    assert.deepEqual(indexed(db), [1, 2]);
  });

  test("of a job that throws are not found, those of the jobs beside it are", async () => {
    const { db, index, commits, put, find } = over(aDatabase());
    await put("old");
    const good = put("good");
    const bad = commits.write(() => {
      index.put(WORDS, "the old", insert(db, "old"));
      index.put(WORDS, "the bad", insert(db, "bad"));
      throw new Error("no");
    });
    const later = put("later");
    await assert.rejects(bad, /no/);
    await Promise.all([good, later]);
    for (const one of [find, over(db).find]) {
      assert.deepEqual(["old", "good", "bad", "later"].map(one), [1, 2, undefined, 3]);
    }
  });

  test("of a commit that fails are not found", async () => {
    const { db, index, commits, find, merge } = over(aDatabase());
    db.script("PRAGMA foreign_keys = ON; CREATE TABLE p (a INTEGER PRIMARY KEY)");
    db.script("CREATE TABLE c (a INTEGER REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED)");
    const failing = commits.write(() => {
      index.put(WORDS, "the a", insert(db, "a"));
      db.run("INSERT INTO c VALUES (1)");
    });
    await assert.rejects(failing, { code: "store.write_failed" });
    assert.equal(find("a"), undefined);
    await merge();
    assert.deepEqual(indexed(db), []);
  });

  test("of the transaction that a merge begins in are not lost, whether it is committed or not", async () => {
    for (const fails of [false, true]) {
      const { db, index, commits, put } = over(aDatabase());
      await put("a");
      const merging = index.merge((job) => commits.write(job));
      // Before the merge's first job, in one transaction with it.
      const beside = Promise.resolve().then(() =>
        commits.write(() => {
          index.put(WORDS, "the b", insert(db, "b"));
          if (fails) throw new Error("no");
        }),
      );
      await Promise.allSettled([beside, merging]);
      const id = await put("c");
      const { find } = over(db);
      assert.deepEqual(["a", "b", "c"].map(find), [1, fails ? undefined : 2, id]);
    }
  });

  test("whose number is given again after a failed commit are not taken for merged", async () => {
    const { db, index, commits, put, find } = over(aDatabase());
    db.script("PRAGMA foreign_keys = ON; CREATE TABLE p (a INTEGER PRIMARY KEY)");
    db.script("CREATE TABLE c (a INTEGER REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED)");
    await put("a");
    let turns = 0;
    const dies = (job: () => void) =>
      ++turns === 1 ? commits.write(job) : Promise.reject(new Error("full"));
    await assert.rejects(index.merge(dies), /full/);
    // The next merge begins beside a row whose commit fails.
    const merging = index.merge((job) => commits.write(job));
    const beside = Promise.resolve().then(() =>
      commits.write(() => {
        index.put(WORDS, "the b", insert(db, "b"));
        db.run("INSERT INTO c VALUES (1)");
      }),
    );
    const [, stored] = await Promise.allSettled([merging, beside]);
    assert.equal(stored.status, "rejected");
    let id = 0;
    await index.merge(async (job) => {
      await commits.write(job);
      if (id === 0) id = await put("c");
    });
    assert.deepEqual([id, find("c"), over(db).find("c"), find("b")], [2, 2, 2, undefined]);
  });

  test("that wait are told, and none of those that were deleted is found", async () => {
    const { db, index, commits, put, find, merge } = over(aDatabase());
    await put("a");
    await merge();
    await put("b");
    assert.deepEqual(
      [1, 2].map((id) => index.waitsUpTo(WORDS, id)),
      [false, true],
    );
    await merge();
    assert.equal(index.waitsUpTo(WORDS, 2), false);
    await commits.write(() => {
      db.run("DELETE FROM words WHERE no = 2");
      index.remove(WORDS, "the b", 2);
    });
    assert.deepEqual([find("a"), find("b"), indexed(db)], [1, undefined, [1]]);
    assert.equal(await put("b"), 3);
    assert.equal(over(db).find("b"), 3);
  });

  test("whose keys have one hash are told apart, wherever they are", async () => {
    const [one, other] = ["1nywa", "do7vx"];
    assert.equal(keyHash(`the ${one}`), keyHash(`the ${other}`));
    const bench = over(aDatabase());
    const { db, put, find, merge } = bench;
    const check = (expected: readonly (number | undefined)[]) => {
      assert.deepEqual([one, other].map(find), expected);
      assert.deepEqual([one, other].map(over(db).find), expected);
    };
    await put(one);
    check([1, undefined]);
    await put(other);
    check([1, 2]);
    await merge();
    check([1, 2]);
    await put(one);
    check([3, 2]);
    await put(other);
    check([3, 4]);
    await merge();
    check([3, 4]);
    assert.deepEqual(indexed(db), [1, 2, 3, 4]);
  });

  test("that are written without an index in memory are in it when it is opened", () => {
    const db = aDatabase();
    indexAtOnce(db, WORDS, { key: "the a", id: insert(db, "a") });
    assert.equal(findIndexed(db, WORDS, "the a"), 1);
    assert.equal(findIndexed(db, WORDS, "the b"), undefined);
    const { find, index } = over(db);
    assert.deepEqual([find("a"), index.waiting()], [1, 0]);
  });

  test("are those that were put last, whatever is merged, forgotten, learnt or restarted in between", async () => {
    const word = fc.constantFrom("a", "b", "c");
    const step = fc.oneof(
      fc.record({ put: word }),
      fc.record({ undo: word }),
      fc.record({ forget: word }),
      fc.constant("learn" as const),
      fc.constant("merge" as const),
      fc.constant("restart" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const db = aDatabase();
        const expected = new Map<string, number>();
        let bench = over(db);
        for (const one of steps) {
          if (one === "merge") await bench.merge();
          else if (one === "learn") bench.index.learnSome();
          else if (one === "restart") bench = over(db);
          else if ("put" in one) expected.set(one.put, await bench.put(one.put));
          else if ("undo" in one) {
            const undone = bench.commits.write(() => {
              bench.index.put(WORDS, `the ${one.undo}`, insert(db, one.undo));
              throw new Error("no");
            });
            await assert.rejects(undone, /no/);
          } else {
            await bench.merge();
            for (const { no } of db.all<{ no: number }>("SELECT no FROM words WHERE word = ?", one.forget)) {
              db.run("DELETE FROM words WHERE no = ?", no);
              bench.index.remove(WORDS, `the ${one.forget}`, no);
            }
            expected.delete(one.forget);
          }
          for (const each of ["a", "b", "c"]) assert.equal(bench.find(each), expected.get(each));
        }
      }),
      { numRuns: 100 },
    );
  });
});
