import { peopleText } from "../../core/people/index.ts";
import type { DifferingEvent, RuleCount, RuleDifference, Said } from "../../core/replays/index.ts";
import { type VerdictReason, verdictWords } from "../../core/rules/index.ts";
import { localTime } from "./local-time.ts";
import { fitted, plainText } from "./plain-text.ts";

/** What a back-test has found, as `--json` prints it. */
export interface BackTestLook {
  /** ISO instants: events received from (inclusive), to (exclusive). */
  from: string;
  to: string;
  events: number;
  /** Events of a task's end, which are left out. */
  chained: number;
  rules: readonly RuleCount[];
  /** With changed files: the same by them, and where the two differ. */
  changed?: {
    rules: readonly RuleCount[];
    differences: readonly RuleDifference[];
    /** The first events of which two versions of a rule make different numbers of tasks. */
    events: readonly DifferingEvent[];
  };
}

/** Lines for a terminal: what each rule said, whom it would have asked, and what a change makes different. */
export function backTestLines(look: BackTestLook, timeZone: string): string[] {
  const { events, chained, rules, changed } = look;
  const [from, to] = [localTime(look.from, timeZone), localTime(look.to, timeZone)];
  const left = chained > 0 ? `，${chained} 个任务结束事件不算 · ends of tasks, left out` : "";
  const head = `${from} … ${to}: ${events} 个事件 · events${left}`;
  if (!changed) return [head, ...table(rules), ...asked(rules)];
  return [
    head,
    ...["", "现在的规则 · the rules as they are:", ...table(rules), ...asked(rules)],
    ...["", "改过以后 · as changed:", ...table(changed.rules), ...asked(changed.rules)],
    ...["", ...differenceLines(changed, timeZone)],
  ];
}

function table(rules: readonly RuleCount[]): string[] {
  if (rules.length === 0) return ["没有规则 · no rules"];
  const line = ([rule, version, count, text]: [string, string, string, string]) =>
    [fitted(rule, 28), fitted(version, 18), count.padStart(10), text].join("  ");
  const rows = rules.flatMap(({ ruleId, ruleVersion, fired, held }) => {
    const reasons: [string, number][] = [["fired", fired], ...Object.entries(held)];
    return reasons.map(([reason, count]) =>
      line([plainText(ruleId), ruleVersion, String(count), wordsOf(reason as VerdictReason)]),
    );
  });
  return [line(["规则 rule", "版本 version", "events", "结论 verdict"]), ...rows];
}

function wordsOf(reason: VerdictReason): string {
  const { zh, en } = verdictWords(reason);
  return `${reason}: ${zh} (${en})`;
}

/** Each who is asked, with the tasks of all rules that ask them. */
function asked(rules: readonly RuleCount[]): string[] {
  const tasks = new Map<string, number>();
  for (const { asks, tasks: count } of rules) {
    const whom = whomOf(asks);
    if (count > 0) tasks.set(whom, (tasks.get(whom) ?? 0) + count);
  }
  if (tasks.size === 0) return [];
  const sorted = [...tasks].sort(([, a], [, b]) => b - a);
  const lines = sorted.map(([whom, count]) => `${String(count).padStart(10)}  ${plainText(whom)}`);
  return ["会问谁，各多少个任务 · whom they would have asked, for how many tasks:", ...lines];
}

function whomOf(asks: RuleCount["asks"]): string {
  if ("policy" in asks) return `策略 · policy ${asks.policy}`;
  if (!("groups" in asks)) return peopleText(asks);
  return asks.groups.map(({ name, from, need }) => `${need} ${name} (${peopleText(from)})`).join(" + ");
}

function differenceLines(
  { differences, events }: NonNullable<BackTestLook["changed"]>,
  timeZone: string,
): string[] {
  if (differences.length === 0) return ["没有事件的任务不同 · no event makes other tasks"];
  const counts = differences.map(({ ruleId, gained, lost, otherwise }) => {
    const more = otherwise > 0 ? `, ${otherwise} 个任务数不同 · with another number of tasks` : "";
    return `${fitted(plainText(ruleId), 28)}  +${gained} -${lost}${more}`;
  });
  const all = differences.reduce((sum, { gained, lost, otherwise }) => sum + gained + lost + otherwise, 0);
  return [
    "不同 · the difference (+ 新增触发的事件 events that fire now, - 不再触发的 that no longer do):",
    ...counts,
    `不同的事件 · events that differ, ${events.length} / ${all}:`,
    ...events.map((event) => eventLine(event, timeZone)),
  ];
}

function eventLine(event: DifferingEvent, timeZone: string): string {
  const { eventId, receivedAt, subject, ruleId, before, after } = event;
  const said = `${saidText(before)} → ${saidText(after)}`;
  return plainText(`  ${eventId}  ${localTime(receivedAt, timeZone)}  ${subject}  ${ruleId}: ${said}`);
}

function saidText(said: Said): string {
  if (said === null) return "无此规则 no such rule";
  const { reason, tasks, feature } = said;
  if (tasks > 1) return `${reason} ×${tasks}`;
  if (!feature) return reason;
  const { path, op, expected, actual } = feature;
  return `${reason} (${path} ${op} ${JSON.stringify(expected)}, was ${JSON.stringify(actual)})`;
}
