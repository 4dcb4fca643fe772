import type { ApprovalWords } from "../../core/approvals/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { Explanation } from "../../core/rules/index.ts";
import type { ToldTask } from "../../core/tasks/index.ts";
import { verdictLine } from "./event-words.ts";
import { localTime } from "./local-time.ts";
import { plainText } from "./plain-text.ts";

/** Why rules did or did not make tasks of an event, as REST gives it. */
export interface Explained {
  event: Pick<WhaleEvent, "id" | "type" | "title" | "subject" | "status" | "receivedAt">;
  rules: ExplainedRule[];
  /** The tasks that a person has asked for with it. */
  asked: readonly ToldTask[];
}

type ExplainedRule = Explanation & { approval?: ApprovalWords; tasks?: readonly ToldTask[] };

/** The same, as lines. */
export function explainLines({ event, rules, asked }: Explained, timeZone: string): string[] {
  const { id, type, title, subject, receivedAt } = event;
  const head = [title, subject, type, localTime(receivedAt, timeZone), id].filter(Boolean).join(" · ");
  const none = "没有规则读取这类事件 · no rule reads events of this type";
  const own = asked.map((task) => taskLine("有人要求执行 · a person asked for it", task));
  const lines = rules.flatMap((rule) => [
    ...ruleLines(rule, timeZone),
    ...(rule.tasks ?? []).map((task) => `  ${taskLine("任务 · task", task)}`),
  ]);
  return [plainText(head), ...own, ...(own.length === 0 && lines.length === 0 ? [none] : lines)];
}

function taskLine(what: string, { task, state, reason }: ToldTask): string {
  return plainText(`  ${what}：${task} ${state} (${reason})`);
}

function ruleLines(explanation: ExplainedRule, timeZone: string): string[] {
  switch (explanation.known) {
    case "not_asked": {
      const { ruleId, on } = explanation;
      return [
        plainText(`  ${ruleId}  不读这类事件 (it does not read this type), 只读 · only ${on.join(", ")}`),
      ];
    }
    case "stored": {
      const changed = "，此后规则改过或已删 · the rule was changed or removed since";
      const how = `当时的记录 · as recorded${explanation.changed ? changed : ""}`;
      return [verdictLine(explanation.verdict, timeZone), ...gateLines(explanation.approval), `    ${how}`];
    }
    case "recomputed": {
      const untold =
        "；会触发，但没有记录也没有任务：还没判定，或规则比事件新 · it would fire, yet neither verdict nor task is there: not judged yet, or the rule is newer";
      const how = "按现有规则、收到时的窗口和静默重算，不问限流";
      const en = "judged again by the rules in force, as at the receipt; the throttle is not asked";
      const lines = [verdictLine(explanation.verdict, timeZone), ...gateLines(explanation.approval)];
      return [...lines, `    ${how} · ${en}${explanation.untold ? untold : ""}`];
    }
    default:
      return explanation satisfies never;
  }
}

function gateLines(gate: ApprovalWords | undefined): string[] {
  return gate ? [plainText(`    授权：${gate.zh}`), plainText(`    approval: ${gate.en}`)] : [];
}
