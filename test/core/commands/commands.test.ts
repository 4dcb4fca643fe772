import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { COMMAND_IDS, COMMANDS, type ParsedCommand, parseCommand } from "../../../core/commands/index.ts";

const command = (id: string, arg?: string): ParsedCommand =>
  ({ outcome: "command", id, ...(arg === undefined ? {} : { arg }) }) as ParsedCommand;
const needsId = (word: string): ParsedCommand => ({ outcome: "needs_id", word });

const READ: [text: string, parsed: ParsedCommand][] = [
  ["help", command("help")],
  ["帮助", command("help")],
  ["?", command("help")],
  ["？", command("help")],
  ["HELP me please", command("help")],
  ["tasks", command("tasks")],
  ["任务", command("tasks")],
  ["任务列表", command("tasks")],
  ["tasks abc", command("tasks")],
  ["任务 abc123", command("task", "abc123")],
  ["task abc123", command("task", "abc123")],
  ["task", needsId("task")],
  ["ex abc123", command("ex", "abc123")],
  ["执行 abc123", command("ex", "abc123")],
  ["状态 abc123", command("ex", "abc123")],
  ["ex", needsId("ex")],
  ["logs abc123", command("logs", "abc123")],
  ["log abc123", command("logs", "abc123")],
  ["日志 abc123", command("logs", "abc123")],
  ["日志", needsId("日志")],
  ["  logs   abc123  tail ", command("logs", "abc123")],
  ["Logs ABC123", command("logs", "abc123")],
  ["/logs abc123", command("logs", "abc123")],
  ["／logs abc123", command("logs", "abc123")],
  ["@鲸 logs abc123", command("logs", "abc123")],
  ["＠鲸　ｌｏｇｓ　ａｂｃ１２３", command("logs", "abc123")],
  ["@鲸 @张三 /任务 abc", command("task", "abc")],
  ["\u200b日志\u200b abc\u200d123\ufeff", command("logs", "abc123")],
  ["\u202elogs\u202c abc123", command("logs", "abc123")],
  ["日志\tabc123", command("logs", "abc123")],
  ["日志\nabc123", command("logs", "abc123")],
  ["日志\u00a0abc123", command("logs", "abc123")],
  ["ℒogs abc", command("logs", "abc")],
  ["原因 abc123 在 DB 上 迁移", command("reason", "abc123 在 DB 上 迁移")],
  ["@鲸 Reason ABC123 As Agreed", command("reason", "ABC123 As Agreed")],
  ["reason", needsId("reason")],
  ["委托", command("delegations")],
  ["委托 Lisi 2d 出差", command("delegate", "Lisi 2d 出差")],
  ["delegate", command("delegate")],
  ["取消委托 abc123", command("undelegate", "abc123")],
  ["值班", command("duty")],
  ["duty DBA-primary", command("duty", "DBA-primary")],
];

describe("a message is read as a command", () => {
  for (const [text, parsed] of READ) {
    test(JSON.stringify(text), () => assert.deepEqual(parseCommand(text), parsed));
  }
});

const UNKNOWN: [text: string, suggestion: string | undefined][] = [
  ["taks", "tasks"],
  ["hlep", "help"],
  ["logz abc", "logs"],
  ["lgo", "logs"],
  ["日子", "日志"],
  ["任务列", "任务"],
  ["给我来点好玩的", undefined],
  ["approve abc123", undefined],
  ["rm -rf /", undefined],
  ["x", undefined],
  ["", undefined],
  ["   ", undefined],
  ["@鲸", undefined],
  ["constructor", undefined],
  ["__proto__", undefined],
  ["logs".repeat(50), undefined],
];

describe("a message that is no command", () => {
  for (const [text, suggestion] of UNKNOWN) {
    test(`${JSON.stringify(text.slice(0, 30))} ${suggestion ? `suggests ${suggestion}` : "suggests nothing"}`, () => {
      const parsed = parseCommand(text);
      assert.equal(parsed.outcome, "unknown");
      assert.equal(parsed.outcome === "unknown" ? parsed.suggestion : "", suggestion);
    });
  }
});

test("each word stands for at most one command with an id and one without", () => {
  for (const word of new Set(COMMANDS.flatMap(({ words }) => words))) {
    const named = COMMANDS.filter(({ words }) => words.includes(word));
    assert.ok(named.filter(({ takes }) => takes !== "nothing").length <= 1, word);
    assert.ok(named.filter(({ takes }) => takes === "nothing").length <= 1, word);
  }
});

test("every command has words in both languages", () => {
  assert.deepEqual(
    COMMANDS.map(({ id }) => id),
    [...COMMAND_IDS],
  );
  for (const { id, words } of COMMANDS) {
    assert.ok(
      words.some((word) => /^[a-z]+$/.test(word)) && words.some((word) => /\p{Script=Han}/u.test(word)),
      id,
    );
    for (const word of words) assert.equal(word, word.normalize("NFKC").toLowerCase());
  }
});

test("any text is read, and only known words become commands", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const parsed = parseCommand(text);
      if (parsed.outcome === "command") assert.ok(COMMAND_IDS.includes(parsed.id));
      if (parsed.outcome === "unknown") assert.equal(typeof parsed.text, "string");
    }),
  );
});

test("a message of a megabyte is read at once", () => {
  assert.equal(parseCommand("字 ".repeat(500_000)).outcome, "unknown");
  assert.deepEqual(parseCommand(`logs${" ".repeat(1_000_000)}abc`), command("logs", "abc"));
});
