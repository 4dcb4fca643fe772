import assert from "node:assert/strict";
import { test } from "node:test";
import { answersTo, personOfLine } from "../../../core/outbox/index.ts";

test("answers to one person are written under their id, however it is spelled; those of the bot by themselves", () => {
  assert.equal(answersTo("LiSi"), answersTo("lisi"));
  assert.notEqual(answersTo("lisi"), answersTo("lisi", { byBot: true }));
});

test("whose lines or answers wait can be read; what belongs to a task or a batch is nobody's", () => {
  const lines = ["@lisi", answersTo("lisi"), answersTo("lisi", { byBot: true }), "t_abc", "#key", ">", null];
  assert.deepEqual(lines.map(personOfLine), ["lisi", "lisi", "lisi", null, null, null, null]);
});
