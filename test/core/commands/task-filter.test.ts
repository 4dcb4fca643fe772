import assert from "node:assert/strict";
import { test } from "node:test";
import { hasWords, isFilterWord, taskFilterOf } from "../../../core/commands/index.ts";
import { aMadeTask } from "../../support/tasks.ts";

test("words that stand for states are told from words to look for", () => {
  assert.deepEqual(taskFilterOf("运行中 Pay"), {
    mine: false,
    states: ["approved", "starting", "running", "paused", "canceling"],
    words: ["pay"],
  });
  assert.deepEqual(taskFilterOf("mine"), { mine: true, words: [] });
  assert.deepEqual(taskFilterOf(" "), { mine: false, words: [] });
  assert.equal(isFilterWord("constructor"), false);
});

test("a task is found by what its line shows", () => {
  const task = { ...aMadeTask(), title: "清理 Disk", business: "shop" };
  assert.equal(hasWords(task, ["disk", "shop"]), true);
  assert.equal(hasWords(task, ["disk", "pay"]), false);
});
