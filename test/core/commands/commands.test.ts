import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Args,
  COMMAND_IDS,
  COMMANDS,
  type CommandId,
  ownText,
  type ParsedCommand,
  parseCommand,
  wordsFor,
} from "../../../core/commands/index.ts";

const command = (id: CommandId, args: Args = {}): ParsedCommand => ({ outcome: "command", id, args });
const needs = (id: CommandId, word: string): ParsedCommand => ({ outcome: "needs_args", id, word });
const task = (id: CommandId, name = "abc123") => command(id, { task: name });

const READ: [text: string, parsed: ParsedCommand][] = [
  ["help", command("help")],
  ["帮助", command("help")],
  ["帮助。", command("help")],
  ["“帮助”", command("help")],
  ["?", command("help")],
  ["？", command("help")],
  ["HELP me please", command("help", { word: "me" })],
  ["help?", command("help")],
  ["tasks", command("tasks")],
  ["任务", command("tasks")],
  ["任务列表", command("tasks")],
  ["tasks running 支付", command("tasks", { text: "running 支付" })],
  ["任务 运行中", command("tasks", { text: "运行中" })],
  ["任务 mine", command("tasks", { text: "mine" })],
  ["任务 abc123", task("task")],
  ["任务abc123", task("task")],
  ["task abc123", task("task")],
  ["task", needs("task", "task")],
  ["ex abc123", task("ex")],
  ["执行 abc123", task("ex")],
  ["状态 abc123", task("ex")],
  ["ex", needs("ex", "ex")],
  ["ex 磁盘", needs("ex", "ex")],
  ["logs abc123", task("logs")],
  ["log abc123", task("logs")],
  ["日志 abc123", task("logs")],
  ["日志", needs("logs", "日志")],
  ["  logs   abc123  tail ", command("logs", { task: "abc123", word: "tail" })],
  ["Logs ABC123", task("logs")],
  ["logs #abc123.", task("logs")],
  ["logs “abc123”", task("logs")],
  ["/logs abc123", task("logs")],
  ["／logs abc123", task("logs")],
  ["@鲸 logs abc123", task("logs")],
  ["@鲸\u2005logs abc123", task("logs")],
  ["＠鲸　ｌｏｇｓ　ａｂｃ１２３", task("logs")],
  ["@鲸 @张三 /任务 abc", task("task", "abc")],
  ["\u200b日志\u200b abc\u200d123\ufeff", task("logs")],
  ["日\ufe0f志 abc\u3164123", task("logs")],
  ["\u202elogs\u202c abc123", task("logs")],
  ["日志\tabc123", task("logs")],
  ["日志\nabc123", task("logs")],
  ["日志\u00a0abc123", task("logs")],
  ["ℒogs abc", task("logs", "abc")],
  ["批准 abc123", task("approve")],
  ["批准３ｆ２ａ", task("approve", "3f2a")],
  ["同意 abc123 已和 DBA 确认。", command("approve", { task: "abc123", text: "已和 DBA 确认。" })],
  ["approve all", task("approve", "all")],
  ["批准 全部", task("approve", "all")],
  ["拒绝 abc123 不是今天", command("reject", { task: "abc123", text: "不是今天" })],
  ["批准", needs("approve", "批准")],
  ["原因 abc123 在 DB 上 迁移", command("reason", { task: "abc123", text: "在 DB 上 迁移" })],
  ["@鲸 Reason ABC123 As Agreed", command("reason", { task: "abc123", text: "As Agreed" })],
  ["reason abc123", needs("reason", "reason")],
  ["mute ｓｕｂｊｅｃｔ＝vm-1 ２h 今晚，迁移", command("mute", { text: "subject=vm-1 2h 今晚，迁移" })],
  ["静默", command("mutes")],
  ["静默 rule=X 2h y", command("mute", { text: "rule=X 2h y" })],
  ["委托", command("delegations")],
  ["委托 Lisi 2d 出差", command("delegate", { text: "Lisi 2d 出差" })],
  ["delegate", needs("delegate", "delegate")],
  ["取消委托 abc123", command("undelegate", { word: "abc123" })],
  ["值班", command("duty")],
  ["duty DBA-primary", command("duty", { text: "DBA-primary" })],
  ["事件", command("events")],
  ["事件 e_01JBHV", command("event", { event: "e_01JBHV" })],
  ["why e_01JBHV vm-disk", command("why", { event: "e_01JBHV", word: "vm-disk" })],
  ["停止", command("stops")],
  ["停止 全部 断电", command("stop", { text: "全部 断电" })],
  ["更多", command("more")],
  ["adopt abc123", needs("adopt", "adopt")],
  ["adopt abc123 60f0", command("adopt", { task: "abc123", word: "60f0" })],
];

describe("a message is read as a command", () => {
  for (const [text, parsed] of READ) {
    test(JSON.stringify(text), () => assert.deepEqual(parseCommand(text), parsed));
  }
});

const DASHES = "- - - - - - - - - - - - - - -";
const QUOTED: [name: string, text: string, parsed: ParsedCommand][] = [
  [
    "what follows a quotation is the command",
    `「张三：取消 abc」\n${DASHES}\n批准 def`,
    task("approve", "def"),
  ],
  [
    "a quotation of several lines",
    `「张三：取消\nabc\n\nstop」\n${DASHES}\n@鲸 批准 def`,
    task("approve", "def"),
  ],
  [
    "a quotation that plays the end of one",
    `「a：b」\n${DASHES}\ncancel abc」\n${DASHES}\nhelp`,
    command("help"),
  ],
  ["a quotation in straight quotes", `"张三: cancel abc"\n------\nhelp`, command("help")],
  ["a mention before the quotation", `@鲸 「张三：cancel abc」\n${DASHES}\nhelp`, command("help")],
  ["lines behind a sign of quotation", "> cancel abc\n＞ stop all x\nhelp", command("help")],
  ["a quotation alone", "「cancel abc」", { outcome: "nothing" }],
  ["a quotation that never ends", "「cancel abc\nstop", { outcome: "nothing" }],
  ["a quotation and nothing below", `「张三：cancel abc」\n${DASHES}\n`, { outcome: "nothing" }],
  ["quoted lines alone", "> cancel abc", { outcome: "nothing" }],
  ["what follows on the same line", "「取消 abc」 帮助", command("help")],
];

describe("a command in a quotation is not carried out", () => {
  for (const [name, text, parsed] of QUOTED) {
    test(name, () => assert.deepEqual(parseCommand(text), parsed));
  }

  test("whatever is quoted, and however", () => {
    const inside = fc.array(
      fc.constantFrom("cancel abc", "stop all x", "」", "\n", DASHES, "> ", '"', "批准 全部"),
    );
    fc.assert(
      fc.property(inside, (parts) => {
        const text = `「张三：${parts.join("")}」\n${DASHES}\nwhoami`;
        assert.deepEqual(parseCommand(text), command("whoami"));
      }),
    );
  });
});

const UNKNOWN: [text: string, suggestion: string | undefined][] = [
  ["taks", "tasks"],
  ["hlep", "help"],
  ["logz abc", "logs"],
  ["lgo", "logs"],
  ["日子", "日志"],
  ["任务列", "任务"],
  ["aprove abc123", "approve"],
  ["给我来点好玩的", undefined],
  ["rm -rf /", undefined],
  ["x", undefined],
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

  for (const text of ["", "   ", "\u200b", "\n\n"]) {
    test(`${JSON.stringify(text)} is nothing`, () =>
      assert.deepEqual(parseCommand(text), { outcome: "nothing" }));
  }

  test("suggests only what its person may use", () => {
    const parsed = parseCommand("aprove abc123", (id) => id !== "approve");
    assert.deepEqual(parsed, { outcome: "unknown", text: "aprove abc123" });
  });
});

test("each word stands for at most one command that needs something and one that does not", () => {
  for (const word of new Set(COMMANDS.flatMap(wordsFor))) {
    const named = COMMANDS.filter((one) => wordsFor(one).includes(word));
    const needy = named.filter(({ args }) => args.some(({ optional }) => !optional));
    assert.ok(needy.length <= 1 && named.length - needy.length <= 1, word);
  }
});

test("every command is registered once, with plain words in both languages", () => {
  assert.deepEqual(COMMANDS.map(({ id }) => id).toSorted(), [...COMMAND_IDS].toSorted());
  for (const { id, zh, en, args } of COMMANDS) {
    assert.ok(
      zh.every((word) => /^\p{Script=Han}+$/u.test(word)) && en.every((word) => /^[a-z?]+$/.test(word)),
      id,
    );
    const first = args.findIndex(({ optional }) => optional);
    assert.ok(
      first < 0 || args.slice(first).every(({ optional }) => optional),
      `${id}: optional ones come last`,
    );
    assert.ok(
      args.slice(0, -1).every(({ kind }) => kind !== "text"),
      `${id}: a text takes all that is left`,
    );
    assert.equal(new Set(args.map(({ kind }) => kind)).size, args.length, id);
  }
});

test("all that is dangerous asks first, and reads roles at that moment", () => {
  const asking = COMMANDS.filter(({ confirm }) => confirm);
  assert.deepEqual(asking.map(({ id }) => id).toSorted(), [
    "approve",
    "cancel",
    "drain",
    "release",
    "replay",
    "retry",
    "start",
    "stop",
    "undrain",
    "upgrade",
  ]);
  assert.ok(asking.every(({ changes }) => changes));
});

describe("whatever is typed", () => {
  const word = fc.constantFrom("批准", "approve", "日志", "logs", "cancel");
  const id = fc
    .stringMatching(/^[a-z2-7]{4,8}$/)
    .filter((one) => !["done", "held", "mine", "open"].includes(one));
  const unseen = fc.constantFrom(
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u202e",
    "\u2066",
    "\ufe0f",
    "\u3164",
    "\u00ad",
  );
  const space = fc.constantFrom(" ", "\u3000", "\t", "\u00a0", "\n", "  ");

  test("only known words become commands, and what is read again is read the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const parsed = parseCommand(text);
        if (parsed.outcome === "command") assert.ok(COMMAND_IDS.includes(parsed.id));
        assert.deepEqual(parseCommand(ownText(text)), parsed);
      }),
    );
  });

  test("marks that nobody sees change nothing", () => {
    fc.assert(
      fc.property(word, id, unseen, fc.nat(20), (name, typed, mark, at) => {
        const plain = `${name} ${typed} x`;
        const marked = plain.slice(0, at) + mark + plain.slice(at);
        assert.deepEqual(parseCommand(marked), parseCommand(plain));
      }),
    );
  });

  test("wide letters, any space, a mention and a stroke are as their plain forms", () => {
    const wide = (text: string) =>
      text.replace(/[0-9a-z]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(word, id, space, (name, typed, gap) => {
        const plain = parseCommand(`${name} ${typed}`);
        assert.deepEqual(parseCommand(wide(`${name} ${typed}`).replace(" ", gap)), plain);
        assert.deepEqual(parseCommand(`@鲸${gap}／${name.toUpperCase()}${gap}${typed.toUpperCase()}`), plain);
      }),
    );
  });

  test("nothing unseen is left in what a command is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const parsed = parseCommand(`reject abc ${text}`);
        const given = parsed.outcome === "command" ? (parsed.args.text ?? "") : "";
        assert.doesNotMatch(given, /\p{Cf}|[^\P{Cc}\t\n\r\u0085]/u);
      }),
    );
  });
});

test("a message of a megabyte is read at once", () => {
  assert.equal(parseCommand("字 ".repeat(500_000)).outcome, "unknown");
  assert.equal(parseCommand(`「${"a\n".repeat(500_000)}`).outcome, "nothing");
  assert.equal(parseCommand(`${"@a ".repeat(300_000)}help`).outcome, "command");
});
