import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PLANTS } from "./plants.ts";

describe("the faults that the campaign must find", () => {
  for (const [name, edits] of Object.entries(PLANTS)) {
    test(`${name} still has its places in the product`, async () => {
      for (const { file, from } of edits) {
        const text = await readFile(join(import.meta.dirname, "..", "..", file), "utf8");
        assert.ok(text.includes(from), `${file}: ${from}`);
      }
    });
  }
});
