import assert from "node:assert/strict";
import { test } from "node:test";
import { pageTime, taskLinks } from "../../../core/pages/index.ts";

const ID = `t_${"a2".repeat(26)}`;

test("a task's page is below the public address; without one there is no link", () => {
  assert.equal(taskLinks("https://whale.example/ops")(ID), `https://whale.example/ops/tasks/${ID}`);
  assert.equal(taskLinks(null)(ID), null);
});

test("a page's times have day, second and zone", () => {
  assert.match(pageTime(Date.UTC(2026, 10, 1, 0, 30, 5), "Asia/Shanghai"), /^2026-11-01 08:30:05 \S+$/);
  assert.equal(pageTime(Number.NaN, "UTC"), "–");
});
