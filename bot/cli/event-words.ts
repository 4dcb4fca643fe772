import type { EventStatus, Severity, WhaleEvent } from "../../core/events/index.ts";
import { type ElementVerdict, messageWords, type Verdict, verdictWords } from "../../core/rules/index.ts";
import type { BucketView } from "../../core/throttle/index.ts";
import { localTime } from "./local-time.ts";
import { fitted, plainText } from "./plain-text.ts";

const SEVERITY: Record<Severity, string> = {
  ...{ critical: "紧急 critical", major: "严重 major", warning: "警告 warning" },
  ...{ info: "提示 info", unknown: "未知 unknown" },
};
const STATUS: Record<EventStatus, string> = {
  firing: "触发 firing",
  resolved: "恢复 resolved",
  point: "一次 point",
};

/** What a table shows of an event. */
export type EventRow = Pick<WhaleEvent, "id" | "receivedAt" | "severity" | "status" | "type"> &
  Partial<Pick<WhaleEvent, "subject" | "title">>;

const COLUMNS: [head: string, width: number, cell: (row: EventRow, timeZone: string) => string][] = [
  ["时间 time", 25, ({ receivedAt }, zone) => localTime(receivedAt, zone)],
  ["级别 severity", 13, ({ severity }) => SEVERITY[severity]],
  ["状态 status", 13, ({ status }) => STATUS[status]],
  ["类型 type", 18, ({ type }) => type],
  ["对象 subject", 16, ({ subject = "" }) => subject],
  ["标题 title", 32, ({ title = "" }) => title],
];

/** Events as lines of a table. The id ends the line whole, to be copied. */
export function eventTable(rows: readonly EventRow[], timeZone: string): string[] {
  const line = (cells: string[], last: string) =>
    [...cells.map((cell, i) => fitted(cell, COLUMNS[i]?.[1] ?? 0)), last].join("  ");
  const head = line(
    COLUMNS.map(([words]) => words),
    "编号 id",
  );
  const body = rows.map((row) =>
    line(
      COLUMNS.map(([, , cell]) => plainText(cell(row, timeZone))),
      plainText(row.id),
    ),
  );
  return [head, ...body];
}

/** One event with what the rules said and its incident, as REST gives it. */
export interface ShownEvent {
  event: WhaleEvent;
  verdicts: Verdict[];
  incident: { key: string; events: EventRow[] };
}

/** Everything about one event, as lines. */
export function eventLines({ event, verdicts, incident }: ShownEvent, timeZone: string): string[] {
  const facts: [string, string][] = [
    ["标题 title", event.title],
    ["编号 id", event.id],
    ["类型 type", `${event.type} (${event.name})`],
    ["来源 source", event.source],
    ["级别 severity", SEVERITY[event.severity]],
    ["状态 status", STATUS[event.status]],
    ["对象 subject", event.subject],
    ["开始 time", localTime(event.time, timeZone)],
    ...(event.endsAt ? [["结束 ends", localTime(event.endsAt, timeZone)] as [string, string]] : []),
    ["收到 received", localTime(event.receivedAt, timeZone)],
    ...Object.entries(event.labels).map(([key, value]): [string, string] => [
      "标签 label",
      `${key}=${value}`,
    ]),
    ...event.violations.map(({ path, message }): [string, string] => [
      "不合格式 misfit",
      `${path} ${message}`,
    ]),
    ["详情 detail", JSON.stringify(event.detail)],
  ];
  return [
    ...facts.map(([name, value]) => `${fitted(name, 16)}${plainText(value)}`),
    "",
    "规则的结论 · what the rules said:",
    ...(verdicts.length === 0
      ? ["  还没有 · nothing yet"]
      : verdicts.map((verdict) => verdictLine(verdict, timeZone))),
    "",
    `故障 · incident ${plainText(incident.key)}:`,
    ...eventTable(incident.events, timeZone).map((line) => `  ${line}`),
  ];
}

/** What one rule said, on one line. */
export function verdictLine(verdict: Verdict, timeZone: string): string {
  const { ruleId, reason, feature, message, throttle, taskId, would, elements = [] } = verdict;
  const { zh, en } = verdictWords(reason);
  const more = [
    ...(feature
      ? [`features[${feature.index}] ${feature.path} ${feature.op} ${JSON.stringify(feature.expected)}`]
      : []),
    ...(feature ? [`实际是 · was ${JSON.stringify(feature.actual)}`] : []),
    ...(message === undefined ? [] : [messageText(message)]),
    ...(throttle ? [throttleWords(throttle, timeZone)] : []),
    ...(would ? [wouldWords(would)] : []),
    ...(taskId === undefined ? [] : [`任务 · task ${taskId}`]),
  ];
  const words = [`${zh} (${en})`, ...more, ...elements.map(elementWords)].join("; ");
  return plainText(`  ${ruleId}  ${reason}: ${words}`);
}

function messageText(message: string): string {
  const { zh, en } = messageWords(message);
  return zh === en ? message : `${zh} (${en})`;
}

function wouldWords({ action, targets, params, tasks }: NonNullable<Verdict["would"]>): string {
  const times = tasks > 1 ? ` ×${tasks}` : "";
  return `本来会 · would have run ${[action, ...targets].join(" ")}${times} ${params}`;
}

/** The bucket that decided, and when it would let the next pass. */
function throttleWords({ key, tokens, burst, nextAtMs, held = 0 }: BucketView, timeZone: string): string {
  const left = `剩余 · left ${Math.floor(tokens * 100) / 100}/${burst}`;
  const next = `下一个 · next ${localTime(new Date(nextAtMs).toISOString(), timeZone)}`;
  return `限流键 · key ${key} (${left}, ${next}, 已拦 · held ${held})`;
}

function elementWords({ index, reason, taskId, message }: ElementVerdict): string {
  return [`[${index}] ${reason}`, taskId, message && messageText(message)]
    .filter((part) => part !== undefined)
    .join(" ");
}
