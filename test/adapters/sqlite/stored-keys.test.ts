import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Database, openDatabase } from "../../../adapters/sqlite/database.ts";
import { keyHash } from "../../../adapters/sqlite/key-hash.ts";
import { type StoredKeys, storedKeys } from "../../../adapters/sqlite/stored-keys.ts";

function aTable(count = 0): Database {
  const db = openDatabase(":memory:");
  db.script("CREATE TABLE n (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) WITHOUT ROWID");
  for (let i = 0; i < count; i++) put(db, `stored${i}`);
  return db;
}

function put(db: Database, key: string): void {
  db.run("INSERT OR IGNORE INTO n VALUES (?, 1)", keyHash(key));
}

function forget(db: Database, key: string): void {
  db.run("DELETE FROM n WHERE hash = ?", keyHash(key));
}

function store(db: Database, keys: StoredKeys, key: string): void {
  keys.add(keyHash(key));
  put(db, key);
}

function learnt(keys: StoredKeys): StoredKeys {
  while (keys.learnSome());
  return keys;
}

describe("the keys that are stored", () => {
  test("may all be there until those stored before are learnt", () => {
    const keys = storedKeys(aTable(4_500), "n", () => []);
    assert.ok(keys.mayHold(keyHash("never")));
    assert.deepEqual([keys.learnSome(), keys.learnSome(), keys.learnSome()], [true, true, false]);
    assert.equal(keys.mayHold(keyHash("never")), false);
    for (let i = 0; i < 4_500; i++) assert.ok(keys.mayHold(keyHash(`stored${i}`)));
  });

  test("hold what is stored while the others are being learnt, before and behind the walk", () => {
    const db = aTable(4_500);
    const keys = storedKeys(db, "n", () => []);
    keys.learnSome();
    for (const key of ["a", "z"]) store(db, keys, key);
    learnt(keys);
    assert.ok(keys.mayHold(keyHash("a")) && keys.mayHold(keyHash("z")));
  });

  test("are learnt anew after millions of others, without those that were deleted", () => {
    const db = aTable(3);
    const keys = learnt(storedKeys(db, "n", () => [keyHash("on its way")]));
    forget(db, "stored1");
    const again = keyHash("again and again");
    for (let i = 0; i <= 3_000_000; i++) keys.add(again);
    assert.ok(keys.mayHold(keyHash("stored1")));
    learnt(keys);
    const held = ["stored0", "stored1", "stored2", "on its way", "again and again"];
    assert.deepEqual(
      held.map((key) => keys.mayHold(keyHash(key))),
      [true, false, true, true, true],
    );
  });

  test("are hardly ever thought of a key that is not", () => {
    const keys = learnt(storedKeys(aTable(20_000), "n", () => []));
    let wrong = 0;
    for (let i = 0; i < 20_000; i++) if (keys.mayHold(keyHash(`other${i}`))) wrong += 1;
    assert.ok(wrong < 20, `${wrong} of 20,000`);
  });

  test("are never denied, whatever is stored, forgotten, learnt and restarted in between", () => {
    const key = fc.string({ minLength: 1, maxLength: 3 });
    const step = fc.oneof(
      fc.record({ store: key }),
      fc.record({ forget: key }),
      fc.constant("learn" as const),
      fc.constant("restart" as const),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const db = aTable();
        const held = new Set<string>();
        let keys = storedKeys(db, "n", () => []);
        for (const one of steps) {
          if (one === "learn") keys.learnSome();
          else if (one === "restart") keys = storedKeys(db, "n", () => []);
          else if ("store" in one) {
            store(db, keys, one.store);
            held.add(one.store);
          } else {
            forget(db, one.forget);
            held.delete(one.forget);
          }
          assert.deepEqual(
            [...held].filter((key) => !keys.mayHold(keyHash(key))),
            [],
          );
        }
      }),
    );
  });
});
