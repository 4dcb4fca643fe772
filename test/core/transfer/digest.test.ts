import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  compareKind,
  differences,
  digestWith,
  NO_RECORDS,
  type TransferRecord,
} from "../../../core/transfer/index.ts";

const task = (key: string, text = "{}"): TransferRecord => ({ kind: "task", key, body: { text } });
const keys = fc.uniqueArray(fc.string(), { maxLength: 20 });

describe("the digest of a kind", () => {
  test("is the same in whatever order and pages the records come", () => {
    const property = fc.property(keys, fc.nat(20), (all, cut) => {
      const records = all.map((key) => task(key));
      const whole = digestWith(NO_RECORDS, records);
      const turned = digestWith(digestWith(NO_RECORDS, records.slice(cut).reverse()), records.slice(0, cut));
      assert.deepEqual(turned, whole);
      assert.equal(whole.count, all.length);
    });
    fc.assert(property);
  });

  test("is another one when a key, a text or a number of records differs", () => {
    const hashes = [[], [task("a")], [task("b")], [task("a", "[]")], [task("a"), task("a")]].map(
      (records) => digestWith(NO_RECORDS, records).hash,
    );
    assert.equal(new Set(hashes).size, hashes.length);
  });

  test("counts the bytes of the records as JSON", () => {
    assert.equal(digestWith(NO_RECORDS, [task("盘")]).bytes, Buffer.byteLength(JSON.stringify(task("盘"))));
  });
});

describe("comparing both sides", () => {
  const one = digestWith(NO_RECORDS, [task("a")]);

  test("agrees only on count and hash", () => {
    const other = digestWith(NO_RECORDS, [task("b")]);
    assert.equal(compareKind("task", one, one).outcome, "same");
    assert.equal(compareKind("task", one, other).reason, "hash_differs");
    assert.equal(compareKind("task", one, NO_RECORDS).reason, "count_differs");
  });

  test("names what is missing, more or different, as many as asked for", () => {
    const source = new Map([
      ["a", "1"],
      ["b", "2"],
      ["c", "3"],
    ]);
    const target = new Map([
      ["b", "2"],
      ["c", "4"],
      ["d", "5"],
    ]);
    const all = [
      { key: "a", reason: "missing_in_target" },
      { key: "c", reason: "differs" },
      { key: "d", reason: "only_in_target" },
    ];
    assert.deepEqual(differences(source, target, 9), all);
    assert.deepEqual(differences(source, target, 2), all.slice(0, 2));
  });
});
