import type { Right } from "../people/rights.ts";

/** What a person can ask for in a message. */
export const COMMAND_IDS = [
  ...(["help", "whoami", "tasks", "task", "ex", "logs", "more"] as const),
  ...(["approve", "reject", "reason", "confirm", "answer"] as const),
  ...(["cancel", "pause", "resume", "retry", "adopt"] as const),
  ...(["events", "event", "why", "rules", "throttle", "clusters"] as const),
  ...(["mutes", "mute", "unmute", "replay", "stops", "stop", "start"] as const),
  ...(["delegations", "delegate", "undelegate", "duty", "language"] as const),
  ...(["run"] as const),
  ...(["drain", "undrain", "upgrade"] as const),
  ...(["release"] as const),
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

/**
 * What an argument is. `task`: an id of a task as cards show it, or its beginning, or `all` where a command takes
 * that. `event`: the same of an event. `word`: one word. `text`: all words that are left. `line`:
 * what is left as it was written, spaces and all.
 */
export type ArgKind = "task" | "event" | "word" | "text" | "line";

export interface ArgSpec {
  kind: ArgKind;
  optional?: true;
}

/** The arguments of one command, by their kind; what is not optional is there. */
export type Args = Readonly<Partial<Record<ArgKind, string>>>;

export interface CommandSpec {
  id: CommandId;
  /** Its name and other words for it, in lower case. */
  zh: readonly [string, ...string[]];
  en: readonly [string, ...string[]];
  args: readonly ArgSpec[];
  /**
   * Without this right on anything nobody comes further; what it is asked on, the command asks again. Null: everybody
   * may ask, and what they may depends on whose it is.
   */
  right: Right | null;
  /** Changes something: roles and membership are read at this moment. */
  changes: boolean;
  /** Is carried out only once its person has confirmed it; `all`: only where it is about all. */
  confirm: boolean | "all";
}

type Rest = Partial<Pick<CommandSpec, "right" | "changes" | "confirm">>;

function spec(
  id: CommandId,
  [zh, en]: [zh: CommandSpec["zh"], en: CommandSpec["en"]],
  args: string,
  rest: Rest = {},
): CommandSpec {
  return { id, zh, en, args: argsOf(args), right: null, changes: false, confirm: false, ...rest };
}

/** `task text?`: kinds, with `?` behind those that may be left out. */
function argsOf(written: string): ArgSpec[] {
  const words = written.split(" ").filter(Boolean);
  return words.map((word) => {
    const kind = word.replace("?", "") as ArgKind;
    return word.endsWith("?") ? { kind, optional: true } : { kind };
  });
}

const CHANGES = { changes: true } as const;
const DANGEROUS = { changes: true, confirm: true } as const;

/** The registry. A word with an argument and one without may mean two commands (`任务`, `任务 abc`). */
export const COMMANDS: readonly CommandSpec[] = [
  spec(
    "help",
    [
      ["帮助", "命令"],
      ["help", "?", "h"],
    ],
    "word?",
  ),
  spec("whoami", [["我是谁", "权限"], ["whoami"]], ""),
  spec("tasks", [["任务", "任务列表", "待办"], ["tasks"]], "text?"),
  spec("task", [["任务"], ["task"]], "task"),
  spec(
    "ex",
    [
      ["执行", "状态"],
      ["ex", "execution"],
    ],
    "task",
  ),
  spec(
    "logs",
    [
      ["日志", "输出"],
      ["logs", "log"],
    ],
    "task word?",
  ),
  spec(
    "more",
    [
      ["更多", "下一页"],
      ["more", "next"],
    ],
    "",
  ),
  spec(
    "approve",
    [
      ["批准", "同意", "通过"],
      ["approve", "ok"],
    ],
    "task text?",
    { changes: true, confirm: "all" },
  ),
  spec(
    "reject",
    [
      ["拒绝", "驳回"],
      ["reject", "deny"],
    ],
    "task text?",
    CHANGES,
  ),
  spec("reason", [["原因"], ["reason"]], "task text", CHANGES),
  spec("confirm", [["确认"], ["confirm"]], "word", CHANGES),
  spec("answer", [["答复"], ["answer"]], "task text", CHANGES),
  spec("cancel", [["取消"], ["cancel"]], "task", DANGEROUS),
  spec("pause", [["暂停"], ["pause"]], "task", CHANGES),
  spec("resume", [["继续", "恢复"], ["resume"]], "task", CHANGES),
  spec("retry", [["重试"], ["retry"]], "task line?", DANGEROUS),
  spec("adopt", [["认领"], ["adopt"]], "task word", CHANGES),
  spec("events", [["事件列表", "事件"], ["events"]], "text?", { right: "events.read" }),
  spec("event", [["事件"], ["event"]], "event", { right: "events.read" }),
  spec("why", [["为什么", "为何"], ["why"]], "event word?", { right: "events.read" }),
  spec(
    "rules",
    [
      ["规则", "规则列表"],
      ["rules", "rule"],
    ],
    "text?",
    { right: "rules.read" },
  ),
  spec("throttle", [["限流"], ["throttle"]], "text", { right: "rules.read" }),
  spec("clusters", [["集群"], ["clusters", "cluster"]], "", { right: "clusters.read" }),
  spec("mutes", [["静默", "静默列表"], ["mutes"]], "", { right: "mutes.read" }),
  spec("mute", [["静默"], ["mute"]], "text", { right: "mutes.write", ...CHANGES }),
  spec("unmute", [["取消静默"], ["unmute"]], "word", { right: "mutes.write", ...CHANGES }),
  spec("replay", [["重放"], ["replay"]], "event word?", { right: "events.replay", ...DANGEROUS }),
  spec("stops", [["急停", "停止", "急停列表"], ["stops"]], ""),
  spec("stop", [["急停", "停止"], ["stop"]], "text", { right: "stops.write", ...DANGEROUS }),
  spec("start", [["启动", "放行"], ["start"]], "text?", { right: "stops.write", ...DANGEROUS }),
  spec("delegations", [["委托", "委托列表"], ["delegations"]], ""),
  spec("delegate", [["委托"], ["delegate"]], "text", CHANGES),
  spec("undelegate", [["取消委托"], ["undelegate"]], "word", CHANGES),
  spec("language", [["语言"], ["language", "lang"]], "word", CHANGES),
  // Who may run what is asked of each action: a grant may name its people.
  spec("run", [["运行", "执行命令"], ["run"]], "line?", CHANGES),
  spec("drain", [["排空"], ["drain"]], "text", { right: "clusters.write", ...DANGEROUS }),
  spec("undrain", [["结束排空"], ["undrain"]], "text", { right: "clusters.write", ...DANGEROUS }),
  // Approving asks to be one of those who are asked, whatever else for a right on the release's clusters.
  spec(
    "release",
    [
      ["发布", "发布列表"],
      ["release", "releases"],
    ],
    "text?",
    DANGEROUS,
  ),
  // Looking asks for no more; whatever changes one asks for clusters.write.
  spec("upgrade", [["升级"], ["upgrade"]], "text?", { right: "clusters.read", ...DANGEROUS }),
  spec("duty", [["值班"], ["duty", "oncall"]], "text?"),
];

const BY_ID = new Map(COMMANDS.map((command) => [command.id, command]));

/** The registry's entry of a command. */
export function specOf(id: CommandId): CommandSpec {
  const found = BY_ID.get(id);
  if (!found) throw new TypeError(`no command ${id}`);
  return found;
}

/** All words that a command goes by. */
export function wordsFor({ zh, en }: Pick<CommandSpec, "zh" | "en">): readonly string[] {
  return [...zh, ...en];
}
