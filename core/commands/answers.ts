import { approvalWords, MAX_REASON_CHARACTERS } from "../approvals/index.ts";
import {
  clockTime,
  decidedBy,
  deciderName,
  factLine,
  type MessageViewing,
  paramsText,
  plainLine,
  reasonText,
  seconds,
  tailOf,
} from "../cards/index.ts";
import { shortId } from "../ids/index.ts";
import type { Execution } from "../ports/index.ts";
import type { Task } from "../tasks/index.ts";

const LISTED = 10;

/** The answer to `tasks`. */
export function tasksText(tasks: readonly Task[], viewing: MessageViewing): string {
  const { texts } = viewing;
  if (tasks.length === 0) return texts.commands.noTasks;
  const lines = tasks.slice(0, LISTED).map((task) => taskLine(task, viewing));
  return [texts.commands.tasksTitle, ...lines].join("\n");
}

/** One task in one line. */
export function taskLine(task: Task, viewing: MessageViewing): string {
  const { texts, timeZone } = viewing;
  const subject = task.event.subject ? ` · ${plainLine(task.event.subject, viewing)}` : "";
  const when = clockTime(task.createdAtMs, timeZone);
  return `**${shortId(task.id)}** ${plainLine(task.title, viewing)}${subject} · ${texts.states[task.state]} · ${when}`;
}

/** The answer to `task ID`: what it is, how it stands, what happened. */
export function taskText(task: Task, viewing: MessageViewing): string {
  const { texts, plain, timeZone } = viewing;
  const facts: [string, string][] = [
    [texts.labels.status, texts.states[task.state]],
    [texts.labels.alert, task.event.title],
    [texts.labels.action, [task.action, ...task.targets].join(" ")],
    [texts.labels.params, paramsText(task)],
    [texts.labels.approval, texts.wordsOf(approvalWords(task.approval))],
    [texts.labels.by, decidedBy(task, viewing, MAX_REASON_CHARACTERS)],
    [texts.labels.reason, reasonText(task, texts)],
    [texts.labels.candidate, (task.candidates ?? []).map(({ id }) => id).join(" ")],
  ];
  const head = facts.filter(([, value]) => value).map(([label, value]) => factLine(label, value, viewing));
  const history = task.history.slice(-8).map((line) => {
    const { by: person, onBehalfOf } = line;
    const by = person
      ? plain(deciderName({ by: person, ...(onBehalfOf ? { onBehalfOf } : {}) }, viewing))
      : "";
    const parts = [texts.states[line.to], by, texts.reasons[line.reason] ?? ""].filter(Boolean);
    return `${clockTime(line.atMs, timeZone)} ${parts.join(" · ")}`;
  });
  return [taskLine(task, viewing), ...head, texts.commands.historyTitle, ...history].join("\n");
}

/** The answer to `ex ID`. */
export function executionText(task: Task, execution: Execution, viewing: MessageViewing): string {
  const { texts } = viewing;
  const took = execution.elapsedSeconds;
  const facts: [string, string][] = [
    [texts.labels.status, execution.status],
    [texts.labels.action, execution.action],
    [texts.labels.took, took === undefined ? "" : seconds(took)],
    ["StackStorm", `${execution.cluster} ${execution.id}`],
  ];
  const lines = facts.filter(([, value]) => value).map(([label, value]) => factLine(label, value, viewing));
  return [taskLine(task, viewing), ...lines].join("\n");
}

/** The answer to `logs ID`: the end of what the run has printed. */
export function logsText(task: Task, output: string, viewing: MessageViewing): string {
  const { texts, plain } = viewing;
  const tail = tailOf(output);
  const lines = tail ? tail.split("\n").map((line) => plain(line)) : [texts.noOutput];
  return [taskLine(task, viewing), ...lines].join("\n");
}
