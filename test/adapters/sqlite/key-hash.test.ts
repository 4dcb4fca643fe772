import assert from "node:assert/strict";
import { test } from "node:test";
import { keyHash } from "../../../adapters/sqlite/key-hash.ts";

const keys = (count: number) => Array.from({ length: count }, (_, i) => `["node-exporter","vm-${i}"]`);

test("hashes are those that earlier data was stored with", () => {
  assert.deepEqual(
    ["", "a", "e_7k3q", '["shop","磁盘"]'].map(keyHash),
    [99_658_978_494_939, 20_545_354_813_551, 86_755_822_546_128, 109_417_536_448_852],
  );
});

test("hashes have 47 bits, which SQLite keeps in six bytes", () => {
  for (const hash of keys(1_000).map(keyHash))
    assert.ok(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 47);
});

test("keys that differ in little have hashes of their own, spread evenly", () => {
  const hashes = keys(200_000).map(keyHash);
  assert.equal(new Set(hashes).size, hashes.length);
  for (const bits of [hashes.map((hash) => hash % 64), hashes.map((hash) => Math.floor(hash / 2 ** 41))]) {
    const counts = new Array<number>(64).fill(0);
    for (const one of bits) counts[one] = (counts[one] ?? 0) + 1;
    // 3,125 each; six standard deviations are 332.
    for (const count of counts) assert.ok(Math.abs(count - 3_125) < 332, `${count}`);
  }
});
