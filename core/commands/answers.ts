import { approvalWords, MAX_REASON_CHARACTERS } from "../approvals/index.ts";
import {
  choiceText,
  clockTime,
  decidedBy,
  deciderName,
  factLine,
  headOf,
  holdText,
  type MessageViewing,
  paramsText,
  progressLine,
  reasonText,
  retryText,
  seconds,
  tailOf,
  titleLine,
} from "../cards/index.ts";
import { shortId } from "../ids/index.ts";
import type { Execution } from "../ports/index.ts";
import type { Progress, Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { Page } from "./paging.ts";
import { type CommandId, specOf } from "./registry.ts";

/** A task of a list, and whether it waits for whom the list is for. */
export interface ListedTask {
  task: Task;
  waits: boolean;
}

/** The answer to `tasks`: one page of them. */
export function tasksText(
  { shown, left }: Pick<Page<ListedTask>, "shown" | "left">,
  viewing: MessageViewing,
): string {
  const { commands } = viewing.texts;
  if (shown.length === 0) return commands.noTasks;
  const lines = shown.map(({ task, waits }) => {
    return waits ? `${taskLine(task, viewing)} · ${commands.waitsForYou}` : taskLine(task, viewing);
  });
  return [commands.tasksTitle, ...lines, ...(left > 0 ? [commands.more(left)] : [])].join("\n");
}

/** One task in one line. */
export function taskLine(task: Task, viewing: MessageViewing): string {
  const { texts, timeZone } = viewing;
  const subject = task.event.subject ? ` · ${titleLine(task.event.subject, viewing)}` : "";
  const when = clockTime(task.createdAtMs, timeZone);
  return `**${shortId(task.id)}** ${titleLine(task.title, viewing)}${subject} · ${texts.states[task.state]} · ${when}`;
}

/** The answer to `task ID`: what it is, how it stands, what happened. */
export function taskText(task: Task, viewing: MessageViewing): string {
  const { texts, plain, timeZone } = viewing;
  const facts: [string, string][] = [
    [texts.labels.status, texts.states[task.state]],
    [texts.labels.alert, task.event.title],
    [texts.labels.action, [task.action, ...task.targets].join(" ")],
    [texts.labels.params, paramsText(task, viewing)],
    [texts.retries.label, retryText(task, viewing)],
    [texts.labels.approval, texts.wordsOf(approvalWords(task.approval, viewing.nameOf))],
    [texts.labels.by, decidedBy(task, viewing, MAX_REASON_CHARACTERS)],
    [texts.labels.reason, holdText(task, viewing) || reasonText(task, texts)],
    [texts.choice.label, choiceText(task, texts)],
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

/** The answer to `ex ID`; `progress` is that of a workflow. */
export function executionText(
  task: Task,
  execution: Execution,
  { progress = null, ...viewing }: MessageViewing & { progress?: Progress | null },
): string {
  const { texts } = viewing;
  const took = execution.elapsedSeconds;
  const facts: [string, string][] = [
    [texts.labels.status, execution.status],
    [texts.labels.action, execution.action],
    [texts.labels.took, took === undefined ? "" : seconds(took)],
    [texts.page.sections.children, progressLine(progress, texts)],
    ["StackStorm", `${execution.cluster} ${execution.id}`],
  ];
  const lines = facts.filter(([, value]) => value).map(([label, value]) => factLine(label, value, viewing));
  return [taskLine(task, viewing), ...lines].join("\n");
}

/** The answer to `logs ID`: the end of what the run has printed, or its beginning. */
export function logsText(
  task: Task,
  output: string,
  { part = "tail", ...viewing }: MessageViewing & { part?: "head" | "tail" },
): string {
  const { texts, plain } = viewing;
  const whole = viewing.shown(task).hide(output);
  const shown = part === "head" ? headOf(whole) : tailOf(whole);
  const lines = shown ? shown.split("\n").map((line) => plain(line)) : [texts.noOutput];
  const cut = shown.length < whole.trimEnd().length ? [texts.commands.cut[part]] : [];
  const told = part === "head" ? [...lines, ...cut] : [...cut, ...lines];
  return [taskLine(task, viewing), ...told].join("\n");
}

/** The name of a command in a language. */
export function commandWords(id: CommandId, texts: Texts): string {
  const { zh, en } = specOf(id);
  return texts.wordsOf({ zh: zh[0], en: en[0] });
}
