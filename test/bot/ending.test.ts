import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnding } from "../../bot/ending.ts";
import { settled } from "./workers/parts.ts";

test("tells what has not ended yet, and keeps telling what failed to", async () => {
  const ending = createEnding();
  const slow = Promise.withResolvers<void>();
  const all = ending.together({
    slow: () => slow.promise,
    quick: async () => undefined,
    failing: async () => {
      throw new Error("no end");
    },
  });
  const failed = assert.rejects(all, /no end/);
  await settled();
  assert.deepEqual(ending.left(), ["slow", "failing"]);
  slow.resolve();
  await failed;
  assert.deepEqual(ending.left(), ["failing"]);
});
