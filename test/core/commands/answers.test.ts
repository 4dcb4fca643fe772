import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { executionText, logsText, taskLine, tasksText, taskText } from "../../../core/commands/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { showingRuns } from "../../../core/pages/index.ts";
import type { Execution } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { SECRET_PIN } from "../../support/secrecy.ts";
import { aMadeTask, inputs, walk } from "../../support/tasks.ts";
import { aViewing } from "../cards/viewing.ts";

const ID = shortId(aMadeTask().id);
const EXECUTION: Execution = {
  id: "6740a1b2c3d4e5f607182930",
  cluster: "hz-core",
  action: "disk.cleanup",
  status: "running",
};
const listed = (tasks: Task[], waits = false) => ({ shown: tasks.map((task) => ({ task, waits })), left: 0 });
const EVIL = "a\n**t_fake1** 假任务 · 成功 <@all>";

test("one task is one line: its number, title, subject, state and when it was made", () => {
  assert.equal(taskLine(aMadeTask(), aViewing()), `**${ID}** 磁盘清理 · vm-1 · 待授权 · 11/01 08:00`);
  assert.match(taskLine(aMadeTask(), aViewing("en")), /waiting for approval · 11\/01 08:00$/);
});

test("a subject with a line feed does not make a second task of itself", () => {
  const task = aMadeTask({ event: { subject: EVIL } });
  assert.equal(taskLine(task, aViewing()).split("\n").length, 1);
  assert.equal(tasksText(listed([task]), aViewing()).split("\n").length, 2);
  assert.doesNotMatch(taskLine(task, aViewing()), /<@all>|\*\*t_fake1/);
});

test("the list tells which tasks wait for its person, how many are left, and when there are none", () => {
  const text = tasksText({ ...listed([aMadeTask()], true), left: 20 }, aViewing());
  assert.match(text, /待授权 · 11\/01 08:00 · 等您授权\n还有 20 条，发送 更多 接着看。$/);
  assert.equal(tasksText(listed([]), aViewing()), "目前没有任务。");
});

test("a task is told with what it would run and what has happened", () => {
  const task = walk(aMadeTask(), inputs.cardSent, inputs.approve, inputs.intend);
  const lines = taskText(task, aViewing()).split("\n");
  assert.deepEqual(lines.slice(0, 7), [
    taskLine(task, aViewing()),
    "> 状态：正在启动",
    "> 告警：磁盘使用率过高 vm-1",
    "> 操作：disk.cleanup vm-1",
    "> 参数：host: vm-1",
    "> 授权：需 1 人（#sre-oncall）批准；一人拒绝即不执行；30m 无人应答即不执行",
    "> 批准：张三 已批准",
  ]);
  assert.deepEqual(lines.slice(7, 9), ["> 集群：hz-core: 只有它可用", "经过："]);
  assert.deepEqual(
    lines.slice(9).map((line) => line.slice(12)),
    ["待授权", "已批准 · 张三", "正在启动"],
  );
});

test("a long history is told by its last eight lines", () => {
  const task = aMadeTask();
  const line = task.history[0];
  assert.ok(line);
  const history = Array.from({ length: 30 }, () => line);
  const told = taskText({ ...task, history }, aViewing()).split("\n");
  assert.equal(told.length - told.indexOf("经过：") - 1, 8);
});

describe("the state of an execution", () => {
  test("names status, action, cluster and id", () => {
    const text = executionText(aMadeTask(), EXECUTION, aViewing());
    assert.match(
      text,
      /> 状态：running\n> 操作：disk\.cleanup\n> StackStorm：hz-core 6740a1b2c3d4e5f607182930$/,
    );
  });

  test("tells how long it took when it is over", () => {
    const over = { ...EXECUTION, status: "succeeded", elapsedSeconds: 12.34 };
    assert.match(executionText(aMadeTask(), over, aViewing("en")), /> Took: 12\.3 s/);
  });
});

describe("the output of an execution", () => {
  test("is its end, made plain, below the task's line", () => {
    const text = logsText(aMadeTask(), "one\n<@all> [x](http://evil.example)\n", aViewing());
    const lines = text.split("\n");
    assert.equal(lines[0], taskLine(aMadeTask(), aViewing()));
    assert.equal(lines[1], "one");
    assert.doesNotMatch(lines[2] ?? "", /<@all>|\]\(/);
    assert.equal(lines.length, 3);
  });

  test("hides a secret of several lines, and one that the cut would halve", () => {
    const pin = "secret-one\nsecret-two";
    const shown = showingRuns(SECRET_PIN);
    const viewing = aViewing("zh", { shown });
    const task = aMadeTask({ rendered: { params: { pin } } });
    const long = `${"x".repeat(1192)}${pin}`;
    for (const part of ["head", "tail"] as const) {
      const texts = [`a\n${pin}\nb`, long, `${pin}${"x".repeat(1190)}`].map((output) => {
        return logsText(task, output, { ...viewing, part });
      });
      for (const text of texts) assert.doesNotMatch(text, /secret|cret-two|one/);
    }
  });

  test("says when there is none", () => {
    assert.match(logsText(aMadeTask(), "\n\n", aViewing()), /（没有输出）$/);
    assert.match(logsText(aMadeTask(), "", aViewing("en")), /\(no output\)$/);
  });

  test("of a hundred megabytes is cut to its end", () => {
    const text = logsText(aMadeTask(), "x".repeat(10_000_000), aViewing());
    assert.ok([...text].length < 1400);
  });
});
