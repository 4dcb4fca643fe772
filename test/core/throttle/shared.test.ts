import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOwner, type SharedBucket, sharedSpecs } from "../../../core/throttle/index.ts";

const RATE = { limit: 5, perMs: 60_000, burst: 9 };
const TASK = { business: "shop", clusters: ["hz", "sh"] };

test("a shared bucket is one for all, one for each business, or one for each cluster a task may run on", () => {
  const keys = (by: SharedBucket["by"]) =>
    sharedSpecs({ name: "day", by, ...RATE }, TASK).map(({ key }) => key);
  assert.deepEqual(keys("all"), ["@day"]);
  assert.deepEqual(keys("business"), ["@day:shop"]);
  assert.deepEqual(keys("cluster"), ["@day:hz", "@day:sh"]);
});

test("a shared bucket has the numbers of its file", () => {
  assert.deepEqual(sharedSpecs({ name: "day", by: "all", ...RATE }, TASK), [{ key: "@day", ...RATE }]);
});

test("a key says whose bucket it is, whatever its rendered part holds", () => {
  assert.deepEqual(keyOwner("disk:a:@b"), { kind: "rule", rule: "disk" });
  assert.deepEqual(keyOwner("disk"), { kind: "rule", rule: "disk" });
  assert.deepEqual(keyOwner("@day"), { kind: "shared", name: "day" });
  assert.deepEqual(keyOwner("@day:shop:x"), { kind: "shared", name: "day", of: "shop:x" });
});
