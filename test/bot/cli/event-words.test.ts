import assert from "node:assert/strict";
import { test } from "node:test";
import { eventLines, eventTable } from "../../../bot/cli/event-words.ts";
import { VERDICT_REASONS, verdictWords } from "../../../core/rules/index.ts";
import { aVerdict } from "../../contract/archive.ts";
import { anEvent } from "../../support/builders.ts";

test("keeps an event in one line of the table, whatever it holds", () => {
  const hostile = "x\u001b[31m\nDROP";
  const event = anEvent({ title: hostile, subject: hostile, type: hostile, id: hostile });
  const [, line = "", ...others] = eventTable([event], "UTC");
  assert.deepEqual(others, []);
  assert.doesNotMatch(line, /\p{Cc}/u);
});

test("tells of each verdict why, in words", () => {
  const event = anEvent({
    detail: { note: "a\u001bb" },
    violations: [{ path: "detail.x", message: "缺少" }],
  });
  const feature = { index: 1, path: "labels.env", op: "equals", expected: "prod", actual: "test" };
  const verdicts = [
    aVerdict(event.id, "r1", { reason: "feature_failed", feature }),
    aVerdict(event.id, "r2", { reason: "fired", outcome: "fired", taskId: "t_1" }),
    aVerdict(event.id, "r3", { reason: "params_failed", message: "params.host: 没有" }),
  ];
  const text = eventLines({ event, verdicts, incident: { key: "i", events: [] } }, "UTC").join("\n");
  for (const part of [
    'r1  feature_failed: 特征不符 (a feature does not fit); features[1] labels.env equals "prod"; 实际是 · was "test"',
    "r2  fired: 触发，建了任务 (fired, a task was made); 任务 · task t_1",
    "params.host: 没有",
    "detail.x 缺少",
  ])
    assert.ok(text.includes(part), part);
  assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
  const untold = eventLines({ event, verdicts: [], incident: { key: "i", events: [] } }, "UTC").join("\n");
  assert.match(untold, /还没有 · nothing yet/);
});

test("has words for every reason, each different", () => {
  const words = VERDICT_REASONS.map(verdictWords);
  assert.equal(new Set(words.map(({ zh }) => zh)).size, VERDICT_REASONS.length);
  assert.equal(new Set(words.map(({ en }) => en)).size, VERDICT_REASONS.length);
});
