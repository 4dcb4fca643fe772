import assert from "node:assert/strict";
import { test } from "node:test";
import { deadLetterWatch } from "../../bot/dead-letter-watch.ts";

test("warns for as long as there are dead letters, and says where to look", () => {
  const watch = deadLetterWatch();
  assert.deepEqual(watch.warnings(), []);
  watch.note(3);
  const [warning] = watch.warnings();
  assert.equal(warning?.about, "archive");
  assert.match(warning?.message ?? "", /^3 dead letters.*whale archive dead-letters list.*3 封死信/);
  watch.note(0);
  assert.deepEqual(watch.warnings(), []);
});
