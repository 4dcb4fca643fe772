import assert from "node:assert/strict";
import { test } from "node:test";
import { answersTo, personOfLine } from "../../../core/outbox/index.ts";

test("answers to one person are written under their id, however it is spelled", () => {
  assert.equal(answersTo("LiSi"), answersTo("lisi"));
  assert.notEqual(answersTo("lisi"), answersTo("wangwu"));
});

test("whose lines or answers wait can be read; what belongs to a task or a batch is nobody's", () => {
  const lines = ["@lisi", answersTo("lisi"), "t_abc", "#key", ">", null];
  assert.deepEqual(lines.map(personOfLine), ["lisi", "lisi", null, null, null, null]);
});
