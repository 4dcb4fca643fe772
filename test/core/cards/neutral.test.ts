import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CARD_CHANNELS, checkCard, markdownText, renderCardFor } from "../../../adapters/wecom/index.ts";
import { noticeText, plainLine, replyText, reportText, taskCard } from "../../../core/cards/index.ts";
import { cardId } from "../../../core/ids/index.ts";
import { type NoticeAbout, TASK_STATES, type Task } from "../../../core/tasks/index.ts";
import { LANGUAGES } from "../../../core/texts/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../support/tasks.ts";
import { hostileText, tricksIn } from "./hostile.ts";
import { aViewing } from "./viewing.ts";

const words = fc.record({
  title: hostileText,
  subject: hostileText,
  row: hostileText,
  target: hostileText,
  param: hostileText,
  name: hostileText,
  reason: hostileText,
  message: hostileText,
  output: hostileText,
  status: hostileText,
});
const NOTICES: readonly NoticeAbout[] = [
  "stuck",
  "doubled",
  "control_refused",
  "control_lost",
  "not_asked_again",
];
type Words = typeof words extends fc.Arbitrary<infer W> ? W : never;

const standing = fc.record({
  words,
  state: fc.constantFrom(...TASK_STATES),
  language: fc.constantFrom(...LANGUAGES),
});

/** A task of which everything that others wrote is hostile, in some state. */
function hostileTask(words: Words, state: Task["state"]): Task {
  const { title, subject, row, target, param, reason, message, output, status } = words;
  const rendered = {
    ...{ rows: [{ label: row, value: row }], text: row },
    ...{ targets: [target], params: { [param || "p"]: param } },
  };
  const made = aMadeTask({ event: { title, subject }, rendered });
  const task = walk(made, inputs.cardSent, inputs.approve, inputs.intend, inputs.started);
  const execution = { ...anExecution(status), result: { stdout: output, stderr: "" } };
  const decisions = task.decisions.map((decision) => ({ ...decision, reason, onBehalfOf: "lisi" }));
  return { ...task, title, state, execution, message, decisions, reason: "start_refused" };
}

function viewing(words: Words, language: (typeof LANGUAGES)[number]) {
  const resultRows = [{ label: words.row, value: words.output }];
  return { ...aViewing(language, { nameOf: () => words.name, resultRows }), nowMs: START_MS };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe("whatever others write", () => {
  test("no card has a link, a mention, a tag, a name, a hidden character or a line of theirs", () => {
    const channels = fc.constantFrom(...CARD_CHANNELS.filter((channel) => channel !== "robot"));
    fc.assert(
      fc.property(standing, channels, ({ words, state, language }, channel) => {
        const task = hostileTask(words, state);
        const [record] = task.cards;
        assert.ok(record);
        const view = taskCard(task, record, viewing(words, language));
        const taskId = cardId(task.id, 1);
        const card = renderCardFor(view, { channel, taskId, update: false });
        assert.deepEqual(checkCard(card, channel), []);
        for (const shown of textsIn(card)) assert.deepEqual(tricksIn(shown), [], shown);
        for (const shown of textsIn(card)) assert.ok(!shown.includes("\n"), shown);
      }),
      { numRuns: 400 },
    );
  });

  test("no message has any either, but our own colour, and no line that looks like ours", () => {
    fc.assert(
      fc.property(standing, ({ words, state, language }) => {
        const task = hostileTask(words, state);
        const seen = viewing(words, language);
        const report = reportText(task, seen);
        assert.deepEqual(tricksIn(report.replace(/<font color="(?:info|warning)">|<\/font>/g, "")), []);
        assert.equal(report.match(/<font/g)?.length, 1);
        const ours = report.split("\n").filter((line) => /^[>#]/.test(line));
        for (const line of ours) assert.match(line, /^> /);
        const told = [
          ...(["not_in_this_state", "approval_counted"] as const).map((about) =>
            replyText(task, about, seen),
          ),
          ...NOTICES.map((about) => noticeText(task, about, seen)),
        ];
        for (const text of told) assert.deepEqual(tricksIn(text), [], text);
        for (const text of told) assert.ok(!text.includes("\n"), text);
      }),
      { numRuns: 400 },
    );
  });

  test("one line stays one line", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = plainLine(text, { plain: markdownText });
        assert.ok(!line.includes("\n"));
        assert.deepEqual(tricksIn(line), []);
        assert.doesNotMatch(line, /^[ \u3000]*[#>]|\*\*|`/);
      }),
    );
  });
});

test("an address stays readable as what it is", () => {
  assert.equal(markdownText("see http://grafana.example/d/a_b?x=1"), "see http://grafana.example/d/a_b?x=1");
  assert.equal(markdownText("<http://grafana.example>"), "＜http://grafana.example＞");
  assert.equal(markdownText("[银行](http://evil.example)"), "［银行］(http://evil.example)");
});

test("what only looks alike is left alone on a card", () => {
  const task = aMadeTask({ event: { title: "使用率 > 90% [vm-1] a<5 $5 $HOME" } });
  const [record] = task.cards;
  assert.ok(record);
  const how = { channel: "app", taskId: "t@1", update: false } as const;
  const card = renderCardFor(taskCard(task, record, aViewing()), how);
  assert.equal(card.main_title?.desc, "紧急 · 使用率 > 90% [vm-1] a<5 $5 $HOME");
});
