import type { ReplayReason, ReplaySample, ReplayState, RuleTally } from "../../core/replays/index.ts";
import { type VerdictReason, verdictWords } from "../../core/rules/index.ts";
import { fitted, plainText } from "./plain-text.ts";

/** A replay as REST shows it. */
export interface ReplayLook {
  mode: "rehearse" | "real";
  state: ReplayState;
  reason: ReplayReason;
  message?: string;
  events: number;
  chained: number;
  outOfScope: number;
  tasks: number;
  outcomes: RuleTally[];
  samples: ReplaySample[];
}

const REASONS: Record<ReplayReason, string> = {
  asked: "排队中 · queued",
  begun: "进行中 · running",
  all_judged: "全部判定完 · all events were judged",
  max_events: "到了事件上限，还有更多 · as many events as it may judge; there are more",
  max_tasks: "到了任务上限，可能还有更多 · as many tasks as it may make; there may be more",
  canceled_by_person: "被人停止 · stopped by a person",
  bad_filter: "检索条件不能用 · its filter cannot be used",
  gave_up: "出错，没有继续 · it failed and did not go on",
};
const SHOWN_SAMPLES = 10;

/** What came of a replay, as lines: how it ended, a table of what each rule said, and what was fired. */
export function replayLines(look: ReplayLook): string[] {
  const { mode, reason, message, events, chained, outOfScope, outcomes, samples } = look;
  const kind = mode === "real" ? "真实重放 · for real" : "演练，什么也没有做 · a rehearsal: nothing was done";
  const fired = samples.filter((sample) => sample.outcome === "fired").slice(0, SHOWN_SAMPLES);
  return [
    ...[`${kind}；${REASONS[reason]}`, ...(message === undefined ? [] : [plainText(message)])],
    `${events} 个事件 · events` +
      (chained > 0 ? `，${chained} 个任务结束事件不重放 · ends of tasks, left out` : "") +
      (outOfScope > 0 ? `，${outOfScope} 个无权 · without the right` : ""),
    ...tableOf(outcomes),
    ...(fired.length === 0
      ? []
      : ["", mode === "real" ? "任务 · tasks:" : "会做的任务，例如 · tasks that would be made, such as:"]),
    ...fired.map(sampleLine),
  ];
}

function tableOf(outcomes: readonly RuleTally[]): string[] {
  if (outcomes.length === 0) return ["没有规则要这些事件 · no rule takes these events"];
  const line = (cells: [string, string, string, string]) => {
    const [rule, version, count, reason] = cells;
    return [fitted(rule, 28), fitted(version, 18), count.padStart(10), reason].join("  ");
  };
  const rows = outcomes.flatMap(({ ruleId, ruleVersion, fired, held }) => {
    const reasons: [VerdictReason, number][] = [["fired", fired]];
    for (const [reason, count] of Object.entries(held)) reasons.push([reason as VerdictReason, count]);
    return reasons.map(([reason, count]) =>
      line([plainText(ruleId), ruleVersion, String(count), wordsOf(reason)]),
    );
  });
  return [line(["规则 rule", "版本 version", "events", "结论 verdict"]), ...rows];
}

function wordsOf(reason: VerdictReason): string {
  const { zh, en } = verdictWords(reason);
  return `${reason}: ${zh} (${en})`;
}

function sampleLine({ eventId, ruleId, taskId, work }: ReplaySample): string {
  const params = work ? `${work.action} ${JSON.stringify(work.params)}` : "";
  const asks = work ? `问 · asks ${JSON.stringify(work.asks)}` : "";
  const parts = [eventId, ruleId, ...(taskId === undefined ? [] : [taskId]), params, asks];
  return plainText(`  ${parts.join("  ")}`);
}
