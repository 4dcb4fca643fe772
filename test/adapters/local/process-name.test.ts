import assert from "node:assert/strict";
import { test } from "node:test";
import { processName } from "../../../adapters/local/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

test("every process on a folder has the name of the first", async (t) => {
  const folder = tempFolder();
  t.after(() => folder.remove());
  assert.equal(await processName(folder.path, "first"), "first");
  assert.equal(await processName(folder.path, "second"), "first");
});
