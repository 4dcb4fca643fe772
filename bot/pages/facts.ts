import { deciders, namedIn } from "../../core/approvals/index.ts";
import { outputText, type Viewing } from "../../core/cards/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { Question } from "../../core/inquiries/index.ts";
import {
  type FeatureLine,
  featureLines,
  MASK,
  type Masking,
  masked,
  type Secrecy,
  shownRun,
} from "../../core/pages/index.ts";
import type { People } from "../../core/people/index.ts";
import type { Archive, Directory, Executor, Journal, StateStore } from "../../core/ports/index.ts";
import type { Explanation, RuleSet } from "../../core/rules/index.ts";
import { isTerminal, type RunsBelow, type Task } from "../../core/tasks/index.ts";
import type { Language } from "../../core/texts/index.ts";
import type { Explainer } from "../explain/index.ts";
import { naming } from "../names.ts";
import { NO_RUNS, runsBelow, type Viewer, within } from "../workers/index.ts";

export interface FactDeps {
  directory: Pick<Directory, "expand" | "nameOf">;
  journal: Pick<Journal, "event">;
  archive: Pick<Archive, "get">;
  executor: Pick<Executor, "output" | "result" | "children">;
  state: Pick<StateStore, "list">;
  explainer: Pick<Explainer, "explain">;
  /** The rules in force. */
  rules: () => RuleSet;
  secrecy: Secrecy;
  /** A viewer in a language, for text that needs no markup. */
  viewIn: (language: Language) => Viewer;
}

/** Some people who may decide, by name. `names` is null where they cannot be read now. */
export interface Approvers {
  group: string;
  people: People;
  names: readonly string[] | null;
  /** How many more there are than are named. */
  more: number;
}

/** What a run has put out, or why that is not known. `large`: so many bytes, which the page does not hold. */
export type Output =
  | { outcome: "none" }
  | { outcome: "text"; text: string }
  | { outcome: "large"; bytes: number }
  | { outcome: "unread"; why: string };

/** All that a task's page tells beside the task. Secrets are masked in it. */
export interface TaskFacts {
  task: Task;
  viewing: Viewing;
  params: JsonObject;
  /** Null when it is kept nowhere any more. */
  event: WhaleEvent | null;
  explanation: Explanation | null;
  /** Null when the rule is another one by now. */
  features: readonly FeatureLine[] | null;
  approvers: readonly Approvers[];
  /** What is below its run. */
  runs: RunsBelow;
  /** What its run asks people or has asked, oldest first. */
  questions: readonly Question[];
  output: Output;
}

const MOST_NAMED = 30;

/** Gathers what a page tells of a task. Only what StackStorm or WeCom cannot say is left out, and told as such. */
export async function factsOf(task: Task, language: Language, deps: FactDeps): Promise<TaskFacts> {
  const { params, hide } = shownRun(task, deps.secrecy);
  const { masking } = deps.secrecy;
  const event = (await deps.journal.event(task.eventId)) ?? (await deps.archive.get(task.eventId));
  const [approvers, live, explanation, viewing, questions] = await Promise.all([
    Promise.all(deciders(task).map(({ name, people }) => approversOf(name, people, deps))),
    liveOf(task, deps),
    event ? explanationOf(task, event, deps) : null,
    deps.viewIn(language)(task),
    questionsOf(task, deps),
  ]);
  const answerers = questions.flatMap(({ answer }) => answer?.by ?? []);
  const named = await naming(viewing, [...answerers, ...namedIn(task.approval)], deps.directory);
  const output =
    live.output.outcome === "text" ? { ...live.output, text: hide(live.output.text) } : live.output;
  const features = event
    ? featuresOf(task, event, { rules: deps.rules, masking: { ...masking, maskText: hide } })
    : null;
  return {
    task: task.message === undefined ? task : { ...task, message: hide(task.message) },
    ...{ params, approvers, explanation, features, output, questions },
    runs: live.runs,
    viewing: {
      ...named,
      resultRows: viewing.resultRows.map((row) => ({ ...row, value: hide(row.value) })),
    },
    event: event && shownEvent(event, masking, hide),
  };
}

/** An event without what is secret of it by its name, or as `hide` leaves it. */
export function shownEvent(
  event: WhaleEvent,
  { isSecretKey }: Pick<Masking, "isSecretKey">,
  hide: (text: string) => string,
): WhaleEvent {
  const shown = <T extends JsonObject>(fields: T) =>
    masked(fields, { isSecretKey, maskText: hide }, () => false).value as T;
  const { title, labels, annotations, detail } = event;
  return {
    ...{ ...event, title: hide(title), labels: shown(labels) },
    ...{ annotations: shown(annotations), detail: shown(detail) },
  };
}

async function approversOf(group: string, people: People, { directory }: FactDeps): Promise<Approvers> {
  try {
    const ids = await directory.expand(people);
    const names = await Promise.all(ids.slice(0, MOST_NAMED).map((id) => directory.nameOf(id)));
    return { group, people, names, more: Math.max(0, ids.length - MOST_NAMED) };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return { group, people, names: null, more: 0 };
  }
}

async function questionsOf({ id, execution }: Task, { state }: FactDeps): Promise<Question[]> {
  if (!execution) return [];
  const all = (await state.list("question")).map(({ body }) => body);
  return all.filter(({ taskId }) => taskId === id).sort((one, other) => one.askedAtMs - other.askedAtMs);
}

async function explanationOf(
  task: Task,
  event: WhaleEvent,
  { explainer }: FactDeps,
): Promise<Explanation | null> {
  const [explanation] = (await explainer.explain(event, task.ruleId)) ?? [];
  return explanation ?? null;
}

function featuresOf(
  task: Task,
  event: WhaleEvent,
  { rules, masking }: Pick<FactDeps, "rules"> & { masking: Masking },
): FeatureLine[] | null {
  const compiled = rules().rules.find(({ rule }) => rule.id === task.ruleId);
  if (compiled?.version !== task.ruleVersion) return null;
  return featureLines(compiled.features, event).map((line) => shownLine(line, masking));
}

function shownLine(line: FeatureLine, { isSecretKey, maskText }: Masking): FeatureLine {
  if (line.actual === undefined) return line;
  return { ...line, actual: line.keys?.some(isSecretKey) ? MASK : maskText(line.actual) };
}

/** How far a run is, and what it has put out so far. */
async function liveOf(task: Task, { executor }: FactDeps): Promise<Pick<TaskFacts, "output" | "runs">> {
  const { execution } = task;
  if (!execution) return { output: { outcome: "none" }, runs: NO_RUNS };
  const [output, runs] = await Promise.all([
    isTerminal(task.state) ? endedOutput(task) : outputOf(execution, executor),
    within(runsBelow(execution, executor)),
  ]);
  return { output, runs: "why" in runs ? NO_RUNS : runs.value };
}

async function outputOf(
  { cluster, id }: NonNullable<Task["execution"]>,
  executor: Pick<Executor, "output">,
): Promise<Output> {
  const output = await within(executor.output(cluster, id));
  return "why" in output ? { outcome: "unread", why: output.why } : textOf(output.value);
}

function endedOutput({ execution }: Task): Output {
  if (execution?.result !== undefined) return textOf(outputText(execution.result));
  const { resultBytes } = execution ?? {};
  return resultBytes === undefined ? { outcome: "none" } : { outcome: "large", bytes: resultBytes };
}

function textOf(text: string): Output {
  return text.trim() === "" ? { outcome: "none" } : { outcome: "text", text };
}
