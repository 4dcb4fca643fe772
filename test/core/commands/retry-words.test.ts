import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommand, readRetryBody, retryOfWords } from "../../../core/commands/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { RetryWish } from "../../../core/tasks/index.ts";

const READ: [text: string, wish: RetryWish][] = [
  ["", {}],
  ["failed", { rerun: "failed" }],
  ["失败步骤", { rerun: "failed" }],
  ["重跑", { rerun: "all" }],
  ["on BJ-core", { cluster: "bj-core" }],
  ["limit=5 在 bj-core", { cluster: "bj-core", parameters: { limit: "5" } }],
  [
    `note="two  words" paths=["/var/log","/tmp"]`,
    { parameters: { note: "two  words", paths: ["/var/log", "/tmp"] } },
  ],
];

for (const [text, wish] of READ) {
  test(`"${text}" behind a task is read as what is wished`, () => {
    assert.deepEqual(retryOfWords(text), { outcome: "read", wish });
  });
}

const MISREAD: [text: string, word: string][] = [
  ["please", "please"],
  ["on", "on"],
  ["on limit=5", "on"],
  ["failed rerun", "rerun"],
  ["on a on b", "on"],
  ["limit=5 limit=6", "limit=6"],
  ['note="open', '"'],
  ["toString", "toString"],
];

for (const [text, word] of MISREAD) {
  test(`"${text}" behind a task is not understood, and the word is named`, () => {
    assert.deepEqual(retryOfWords(text), { outcome: "misread", word });
  });
}

test("what stands behind the task comes as it was written", () => {
  const args = { task: "3f2a6c", line: 'note="two  words" on bj-core' };
  for (const head of ["retry 3f2a6c ", "重试3f2a6c ", "重试  3f2a6c  "]) {
    assert.deepEqual(parseCommand(`${head}${args.line}`), { outcome: "command", id: "retry", args });
  }
  assert.deepEqual(parseCommand("retry 3f2a6c"), {
    ...{ outcome: "command", id: "retry", args: { task: "3f2a6c" } },
  });
});

const BODIES: [body: JsonObject, read: object][] = [
  [{}, { outcome: "read", wish: {} }],
  [{ rerun: "failed" }, { outcome: "read", wish: { rerun: "failed" } }],
  [
    { cluster: "bj", parameters: { limit: 5 } },
    { outcome: "read", wish: { cluster: "bj", parameters: { limit: 5 } } },
  ],
  [{ rerun: "some" }, { outcome: "misread", field: "rerun" }],
  [{ cluster: "" }, { outcome: "misread", field: "cluster" }],
  [{ parameters: [] }, { outcome: "misread", field: "parameters" }],
  [{ params: {} }, { outcome: "misread", field: "params" }],
];

for (const [body, read] of BODIES) {
  test(`the body ${JSON.stringify(body)} is ${JSON.stringify(read)}`, () => {
    assert.deepEqual(readRetryBody(body), read);
  });
}
