import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import { type NumberRange, readRange } from "../../core/events/index.ts";
import { choosesEvents, type EventFilterAsked, more } from "./event-filter.ts";
import { type ReplayLook, replayLines } from "./replay-words.ts";
import { runningWhale } from "./running-whale.ts";

/** Options of a replay. */
export interface ReplayAsked extends EventFilterAsked {
  judgedBy?: string;
  real?: boolean;
  rule?: string[];
  perSecond?: string;
  ignoreThrottle?: boolean;
  maxTasks?: string;
  all?: boolean;
  json?: boolean;
}

const ALL = "/api/v1/replays";
const LOOK_MS = 500;

/** `whale events replay`: stored events go through the rules again, in the running process. */
export function replayCommand(events: Command): void {
  choosesEvents(events.command("replay"))
    .option("--judged-by <rule>", "以前由这条规则有结论的 · judged by this rule when they came")
    .option("--real", "真实重放，会做任务；默认只演练 · for real: makes tasks; a rehearsal is the default")
    .option("--rule <id>", "只用这条规则，可重复 · judge by this rule alone, repeatable", more)
    .option("--per-second <n>", "每秒最多多少个事件 · at most so many events a second")
    .option("--ignore-throttle", "不限流 · without the rules' throttles")
    .option("--max-tasks <n>", "最多多少个任务 · at most so many tasks")
    .option("--all", "真实重放也不限事件数 · for real without the limit of 1,000 events")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description("重放已存的事件，默认演练 · replay stored events; a rehearsal unless --real")
    .action(replay);
}

async function replay(text: string | undefined, asked: ReplayAsked): Promise<void> {
  const whale = await runningWhale();
  const ordered = await whale.post(ALL, replayOrder(text, asked));
  const { id } = (await ordered.json()) as { id: string };
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`重放 · replay ${id}`);
  let told = -1;
  for (;;) {
    const look = (await (await whale.get(`${ALL}/${id}`)).json()) as ReplayLook;
    const { state, events, tasks } = look;
    if (events !== told) say(`${events} 个事件 · events, ${tasks} 个任务 · tasks`);
    told = events;
    if (state === "queued" || state === "running") {
      await pause(LOOK_MS);
      continue;
    }
    if (asked.json) console.log(JSON.stringify(look));
    else for (const line of replayLines(look)) console.log(line);
    if (state !== "done") process.exitCode = 1;
    return;
  }
}

/** The order as REST takes it. Throws `cli.bad_option` naming what cannot be read. */
export function replayOrder(text: string | undefined, asked: ReplayAsked): object {
  const { from, to, type, source, severity, status, subject, incident, invalid, judgedBy, reason } = asked;
  const labels =
    asked.label && Object.fromEntries(asked.label.map((one) => pairOf("label", one, "key=value")));
  const numbers = asked.number && Object.fromEntries(asked.number.map(numberOf));
  const filter = {
    ...{
      text,
      type,
      source,
      severity,
      status,
      subject,
      incident,
      labels,
      numbers,
      invalid,
      reason,
      from,
      to,
    },
    ruleId: judgedBy,
  };
  const limits = {
    perSecond: whole("per-second", asked.perSecond),
    maxTasks: whole("max-tasks", asked.maxTasks),
  };
  const { rule: rules, ignoreThrottle, all } = asked;
  return { filter, mode: asked.real ? "real" : "rehearse", rules, ignoreThrottle, all, ...limits };
}

function numberOf(text: string): [string, NumberRange] {
  const wants = "field=85..95, field=85.. or field=..95";
  const [field, written] = pairOf("number", text, wants);
  const range = readRange(written);
  if (!range) throw badOption("number", text, wants);
  return [field, range];
}

function pairOf(option: string, text: string, wants: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw badOption(option, text, wants);
  return [text.slice(0, at), text.slice(at + 1)];
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badOption(name, text, "1, 2, …");
}

function badOption(name: string, text: string, wants: string): ChatOpsError {
  const message = `--${name} ${JSON.stringify(text)}：应写成 (must be) ${wants}`;
  return new ChatOpsError(message, { code: "cli.bad_option" });
}
