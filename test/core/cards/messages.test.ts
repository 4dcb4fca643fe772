import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { shortApproval } from "../../../core/approvals/index.ts";
import { noticeText, outputText, replyText, reportText, tailOf } from "../../../core/cards/index.ts";
import { taskLine } from "../../../core/commands/index.ts";
import { type Json, shortId } from "../../../core/ids/index.ts";
import type { RefusalReason, Task } from "../../../core/tasks/index.ts";
import { LANGUAGES, textsOf } from "../../../core/texts/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../support/tasks.ts";
import { aViewing } from "./viewing.ts";

const LOCAL = { stdout: "line 1\nline 2\n", stderr: "", return_code: 0, succeeded: true, failed: false };

const SHAPES: [name: string, result: Json, text: string][] = [
  ["a local command", LOCAL, "line 1\nline 2\n"],
  ["a local command with both streams", { ...LOCAL, stdout: "out", stderr: "err" }, "out\nerr"],
  ["a command that printed JSON", { ...LOCAL, stdout: { a: 1 } }, '{\n "a": 1\n}'],
  ["a remote command on one host", { "vm-1": { ...LOCAL, stdout: "hi" } }, "hi"],
  [
    "a remote command on two hosts, the one that failed first",
    { "vm-1": { stdout: "a", return_code: 0 }, "vm-2": { stderr: "b", return_code: 1 } },
    "vm-2:\nb\nvm-1:\na",
  ],
  ["a Python action", { result: "done", stdout: "printed", stderr: "", exit_code: 0 }, "done\nprinted"],
  ["a Python action with an object", { result: { n: 2 }, stdout: "", stderr: "" }, '{\n "n": 2\n}'],
  ["an execution that failed before it ran", { error: "no host", traceback: "T", stdout: "" }, "no host"],
  [
    "a workflow",
    { tasks: [{ id: "1", name: "a" }] },
    '{\n "tasks": [\n  {\n   "id": "1",\n   "name": "a"\n  }\n ]\n}',
  ],
  ["a noop", {}, ""],
  ["nothing", null, ""],
  ["a bare text", "text", "text"],
  ["a number", 7, ""],
];

describe("what a run has printed", () => {
  for (const [name, result, text] of SHAPES) {
    test(`is found in the result of ${name}`, () => {
      assert.equal(outputText(result), text);
    });
  }
});

describe("the end of an output", () => {
  test("is all of it when it is short, without the last line feed", () => {
    assert.equal(tailOf("a\nb\n\n"), "a\nb");
    assert.equal(tailOf(""), "");
  });

  test("is its last 40 lines", () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    assert.equal(tailOf(lines.join("\n")), lines.slice(60).join("\n"));
  });

  test("is whole lines up to 1200 characters", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i}`.padStart(99, "x"));
    assert.equal(tailOf(lines.join("\n")), lines.slice(-12).join("\n"));
  });

  test("is the end of the last line when that alone is too long", () => {
    assert.equal(tailOf(`first\n${"字".repeat(2000)}end`), `${"字".repeat(1197)}end`);
  });

  test("is an end of the text, and never too long, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "字", "\n", "👩", " "), maxLength: 4000 }),
        (text) => {
          const tail = tailOf(text);
          assert.ok(text.trimEnd().endsWith(tail));
          assert.ok([...tail].length <= 1200);
          assert.ok(tail.split("\n").length <= 40);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function ended(status: string, result: Json, overrides: Partial<Task> = {}): Task {
  const execution = { ...anExecution(status), result, elapsedSeconds: 2 };
  const task = walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend, inputs.started, () => ({
    ...{ kind: "news", execution },
  }));
  return { ...task, ...overrides };
}

describe("the report", () => {
  test("tells what ran on what, who approved, how it ended and how long it took", () => {
    const text = reportText(ended("succeeded", LOCAL), aViewing());
    assert.equal(
      text,
      [
        '**磁盘清理 · vm-1** <font color="info">成功</font>',
        "> 告警：磁盘使用率过高 vm-1",
        "> 操作：disk.cleanup vm-1",
        "> 批准：张三 已批准",
        "> 用时：2 s",
        "line 1",
        "line 2",
        `编号 ${shortId(aMadeTask().id)}`,
      ].join("\n"),
    );
  });

  test("shortens a title that goes on and on, and so do the notices and the answers to clicks", () => {
    const made = ended("succeeded", LOCAL, { title: "题".repeat(3000) });
    const task = { ...made, event: { ...made.event, title: "警".repeat(3000), subject: "主".repeat(3000) } };
    const viewing = { ...aViewing(), nowMs: START_MS };
    const texts = [
      reportText(task, viewing),
      noticeText(task, "stuck", viewing),
      replyText(task, "not_entitled", viewing),
      taskLine(task, viewing),
    ];
    for (const text of texts) {
      assert.match(text, /题…/);
      assert.ok(text.length < 400, text);
    }
  });

  test("of a replay's task says so", () => {
    const task = ended("succeeded", {}, { origin: { kind: "replay", replay: "r_1", by: null } });
    assert.match(reportText(task, aViewing()), /^\*\*重放 · 磁盘清理/);
  });

  test("shows the rule's rows instead of the output after a success, and both after a failure", () => {
    const resultRows = [{ label: "清理后", value: "43%" }];
    const good = reportText(ended("succeeded", LOCAL), aViewing("zh", { resultRows }));
    assert.match(good, /> 清理后：43%/);
    assert.doesNotMatch(good, /line 1/);
    const bad = reportText(ended("failed", { ...LOCAL, stderr: "boom" }), aViewing("zh", { resultRows }));
    assert.match(bad, /<font color="warning">失败/);
    assert.match(bad, /boom/);
  });

  test("says how to get the whole output only when some is left out", () => {
    const command = `logs ${shortId(aMadeTask().id)}`;
    assert.doesNotMatch(reportText(ended("succeeded", LOCAL), aViewing()), /完整输出/);
    const long = ended("failed", { stdout: "x\n".repeat(500) });
    assert.ok(reportText(long, aViewing()).includes(`完整输出请发送：${command}`));
  });

  test("of a refusal has StackStorm's words", () => {
    const task = {
      ...ended("failed", {}),
      state: "refused" as const,
      reason: "start_refused" as const,
      message: "no disk.x",
    };
    assert.match(reportText(task, aViewing()), /> 原因：StackStorm 拒绝启动: no disk\.x/);
  });

  test("is not marked up by what an event or an output says", () => {
    const evil =
      '**x** <@all> [bank](http://evil.example)\n> 批准：王五 已批准\n# big `code` <font color="info">';
    const task = ended("failed", { stdout: evil });
    const hostile = {
      ...task,
      title: evil,
      event: { ...task.event, title: evil, subject: evil },
      targets: [evil],
    };
    const text = reportText(hostile, aViewing());
    assert.doesNotMatch(text, /<@all>|\[bank\]\(|`code`/);
    assert.equal(text.match(/<font /g)?.length, 1);
    // The only quoted lines are ours: a line feed in the title makes no line of its own.
    const quoted = text.split("\n").filter((line) => line.startsWith("> "));
    assert.deepEqual(
      quoted.map((line) => line.split("：")[0]),
      ["> 告警", "> 操作", "> 批准", "> 用时"],
    );
    assert.match(quoted[2] ?? "", /^> 批准：张三 已批准$/);
    const outputLines = evil.split("\n").length;
    assert.equal(text.split("\n").length, 1 + quoted.length + outputLines + 1);
  });
});

test("what English readers are told of a task holds no Chinese marks", () => {
  const viewing = { ...aViewing("en", { nameOf: (id) => id }), nowMs: START_MS };
  const made = ended("failed", LOCAL, { title: "Clean", cardRows: [], targets: ["vm-1"] });
  const voted = made.decisions.map((one) => ({ ...one, reason: "because" }));
  const event = { ...made.event, title: "full", subject: "vm-1" };
  const task = { ...made, event, decisions: voted };
  const texts = [
    reportText(task, viewing),
    replyText(task, "already_decided", viewing),
    noticeText(task, "stuck", viewing),
    taskLine(task, viewing),
  ];
  for (const text of texts) assert.doesNotMatch(text, /[：（），。、；]|\p{Script=Han}/u);
});

describe("the answer to a click", () => {
  const REASONS = Object.keys(textsOf("zh").refusals) as RefusalReason[];
  for (const language of LANGUAGES) {
    test(`names the task, the reason and how it stands, in ${language}`, () => {
      const task = walk(aMadeTask(), inputs.cardSent, inputs.approve);
      for (const reason of REASONS) {
        const text = replyText(task, reason, aViewing(language));
        assert.ok(text.includes(shortId(task.id)));
        assert.ok(text.includes(textsOf(language).refusals[reason]));
        assert.ok(text.includes("张三"));
        assert.ok(text.includes(textsOf(language).states.approved));
      }
    });
  }

  test("says how many approvals are missing", () => {
    const approval = shortApproval({
      from: {},
      need: 3,
      timeoutMs: 1000,
      onTimeout: "reject",
    });
    const task = walk(aMadeTask({ rule: { approval } }), inputs.cardSent, inputs.approve);
    assert.match(replyText(task, "approval_counted", aViewing()), /还需 2 人/);
    assert.match(replyText(task, "approval_counted", aViewing("en")), /2 more needed/);
  });

  test("asks for the reason in the words that are to be sent, and says what was counted", () => {
    const task = aMadeTask();
    const id = shortId(task.id);
    assert.match(replyText(task, "reason_asked", aViewing()), new RegExp(`请回复：原因 ${id} 您的原因$`));
    assert.match(
      replyText(task, "reason_asked", aViewing("en")),
      new RegExp(`send: reason ${id} YOUR REASON$`),
    );
    assert.match(replyText(task, "reason_taken", aViewing()), /已记录您的决定和原因$/);
    const rejected = walk(aMadeTask(), inputs.cardSent, inputs.reject);
    assert.match(replyText(rejected, "rejection_counted", aViewing()), /已有 1 人拒绝/);
  });

  test("says that an offer has begun", () => {
    assert.match(replyText(aMadeTask(), "offer_taken", aViewing()), /^磁盘清理（编号 [a-z2-7]{6}）：已开始/);
  });
});

describe("a notice", () => {
  test("of a stuck execution says in which status and for how long", () => {
    const task = walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend, inputs.started);
    const nowMs = (task.start?.intentAtMs ?? START_MS) + 7.4 * 60_000;
    assert.match(noticeText(task, "stuck", { ...aViewing(), nowMs }), /执行停在 requested 已 7 分钟/);
    const soon = { ...aViewing("en"), nowMs: task.start?.intentAtMs ?? START_MS };
    assert.match(noticeText(task, "stuck", soon), /has been requested for 1 min/);
  });
});
