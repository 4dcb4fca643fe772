import assert from "node:assert/strict";
import { test } from "node:test";
import { readMaxRepo } from "../../../bot/config/index.ts";

test("the largest repository is one setting, for commands too, and a bad value is named", () => {
  assert.equal(readMaxRepo({}), 512 * 2 ** 20);
  assert.equal(readMaxRepo({ WHALE_MAX_REPO: "1GB" }), 2 ** 30);
  assert.throws(() => readMaxRepo({ WHALE_MAX_REPO: "1KB" }), {
    code: "config.invalid",
    message: /WHALE_MAX_REPO = "1KB"/,
  });
});
