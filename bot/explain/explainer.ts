import type { WhaleEvent } from "../../core/events/index.ts";
import { beginningOfId, retryTaskId, taskId } from "../../core/ids/index.ts";
import { type Actor, inScope, type Scope } from "../../core/people/index.ts";
import type { Archive, Journal, TaskStore } from "../../core/ports/index.ts";
import {
  type CompiledRule,
  type Explanation,
  elementVerdict,
  firedVerdict,
  gateOf,
  type JudgeContext,
  type Judgement,
  judgeOne,
  nearestFirst,
  type RuleSet,
  shownExplanation,
  storedExplanation,
} from "../../core/rules/index.ts";
import { RUN_REQUESTED_TYPE } from "../../core/runs/index.ts";
import { OWN_SOURCE, type Task } from "../../core/tasks/index.ts";
import { type JudgingDeps, judgingNow, roundsOf } from "../workers/index.ts";
import { readableTasks } from "./readable.ts";

export interface ExplainDeps extends JudgingDeps {
  archive: Pick<Archive, "get" | "verdicts" | "search">;
  journal: Pick<Journal, "event">;
  tasks: Pick<TaskStore, "get" | "findByPrefix">;
}

/** An event that a person means by the beginning of its id, or of the id of one of its tasks. */
export type FoundEvent =
  | { outcome: "found"; event: WhaleEvent }
  | { outcome: "unknown" }
  | { outcome: "ambiguous" };

/** Why rules did or did not make tasks of an event. */
export interface Explainer {
  /**
   * By a whole id, the beginning of one of the newest events' ids, or of the id of a task, as cards show it. Behind a
   * beginning, what lies outside the scope of who asks is as if it were not there; of a whole id they are told that they
   * may not read it.
   */
  find(typed: string, scope: Scope): Promise<FoundEvent>;
  /**
   * What each rule that reads the event's type said, and each whose verdict is kept; or one rule alone, of
   * whatever type. Null when there is no such rule and none of its verdicts. Verdicts that are kept are told as
   * they are; the rest is judged again. Nothing is changed, no token taken. Secrets are masked.
   */
  explain(event: WhaleEvent, ruleId?: string): Promise<Explanation[] | null>;
  /**
   * The tasks that a rule has made of the event as they are now, each followed by its retries. Only what somebody
   * may read.
   */
  tasksOf(explanation: Explanation, actor: Actor): Promise<Task[]>;
  /**
   * The task that a person asked for with this event, followed by its retries; none for any other event. Only
   * what somebody may read.
   */
  askedBy(event: WhaleEvent, actor: Actor): Promise<Task[]>;
}

/** Makes the explainer. */
export function createExplainer(deps: ExplainDeps): Explainer {
  return {
    find: (typed, scope) => find(typed.trim(), scope, deps),
    explain: (event, ruleId) => explain(event, ruleId, deps),
    tasksOf: async (explanation, actor) => readableTasks(await tasksOf(explanation, deps.tasks), actor),
    askedBy: async (event, actor) => readableTasks(await askedBy(event, deps.tasks), actor),
  };
}

/** So many of the newest events are known by the beginnings of their ids. */
const NEWEST = 1_000;
const SHORTEST = 4;
const WHOLE = /^e_[a-z2-7]{52}$/;

async function find(
  typed: string,
  scope: Scope,
  { archive, journal, tasks }: ExplainDeps,
): Promise<FoundEvent> {
  const whole = (await archive.get(typed)) ?? (await journal.event(typed));
  if (whole) return { outcome: "found", event: whole };
  const beginning = beginningOfId(typed);
  if (WHOLE.test(typed) || beginning === null || beginning.length < SHORTEST) return { outcome: "unknown" };
  const found = new Map<string, WhaleEvent>();
  if (!typed.startsWith("t_")) {
    const { events } = await archive.search({ limit: NEWEST });
    for (const event of events) if (bare(event.id).startsWith(beginning)) found.set(event.id, event);
  }
  if (!typed.startsWith("e_")) {
    for (const task of await tasks.findByPrefix(beginning, 2)) {
      const { id } = task.event;
      const event = found.get(id) ?? (await archive.get(id)) ?? (await journal.event(id));
      if (event) found.set(id, event);
    }
  }
  const [event, another] = [...found.values()].filter(({ type }) => inScope(scope, { type }));
  if (!event) return { outcome: "unknown" };
  return another ? { outcome: "ambiguous" } : { outcome: "found", event };
}

function bare(id: string): string {
  return id.replace(/^e_/, "").toLowerCase();
}

async function explain(
  event: WhaleEvent,
  ruleId: string | undefined,
  deps: ExplainDeps,
): Promise<Explanation[] | null> {
  await deps.mutes.refresh();
  const stored = await deps.archive.verdicts(event.id);
  const { set, context } = judgingNow(deps);
  const rules = new Map(set.rules.map((compiled) => [compiled.rule.id, compiled]));
  const asked = ruleId === undefined ? candidates(set, event) : [rules.get(ruleId)].filter((one) => !!one);
  const kept = stored.filter((verdict) => ruleId === undefined || verdict.ruleId === ruleId);
  if (ruleId !== undefined && asked.length === 0 && kept.length === 0) return null;
  const told = new Set(kept.map((verdict) => verdict.ruleId));
  const rounds = await roundsOf(event, deps.tasks);
  const atReceipt = { ...context, rounds, ageAtMs: Date.parse(event.receivedAt) };
  const explanations = kept.map((verdict) => storedExplanation(verdict, rules.get(verdict.ruleId)));
  for (const compiled of asked) {
    if (told.has(compiled.rule.id)) continue;
    explanations.push(await recomputed(compiled, event, { context: atReceipt, tasks: deps.tasks }));
  }
  return nearestFirst(explanations.map((one) => shownExplanation(one, deps.secrecy.masking)));
}

function candidates(set: RuleSet, event: WhaleEvent): readonly CompiledRule[] {
  return set.byType.get(event.type) ?? [];
}

async function recomputed(
  compiled: CompiledRule,
  event: WhaleEvent,
  { context, tasks }: { context: JudgeContext; tasks: ExplainDeps["tasks"] },
): Promise<Explanation> {
  const { id: ruleId, title, on } = compiled.rule;
  if (!on.includes(event.type)) return { known: "not_asked", ruleId, title, on };
  const judgement = judgeOne(compiled, event, context);
  if (judgement.outcome === "held") {
    const { verdict } = judgement;
    return { known: "recomputed", ruleId, title, verdict, untold: false, ...gateOf(compiled, verdict) };
  }
  const told = await made(judgement, event, tasks);
  return { known: "recomputed", ruleId, title, ...told, ...gateOf(compiled, told.verdict) };
}

/** The tasks themselves tell that a rule fired, before its verdict has come to the archive. */
async function made(
  judgement: Extract<Judgement, { outcome: "fires" }>,
  event: WhaleEvent,
  tasks: ExplainDeps["tasks"],
): Promise<Pick<Extract<Explanation, { known: "recomputed" }>, "verdict" | "untold">> {
  const ids = judgement.firings.map(({ index }) => ({
    index,
    id: taskId(event.id, judgement.rule.id, index),
  }));
  const found = await Promise.all(ids.map(async (one) => ((await tasks.get(one.id)) ? one : null)));
  const answers = found
    .filter((one) => one !== null)
    .map(({ index, id }) => elementVerdict(index, { taskId: id }));
  return answers.length > 0
    ? { verdict: firedVerdict(judgement, answers), untold: false }
    : { verdict: judgement.verdict, untold: true };
}

/** A message holds some. */
const MOST_TASKS = 20;

async function tasksOf(explanation: Explanation, tasks: Pick<TaskStore, "get">): Promise<Task[]> {
  if (explanation.known === "not_asked") return [];
  const { taskId: first, elements = [] } = explanation.verdict;
  const ids = new Set([first, ...elements.map((element) => element.taskId)].filter((id) => id !== undefined));
  const found: Task[] = [];
  for (const id of ids) await addWithRetries(id, found, tasks);
  return found;
}

async function askedBy(
  { type, source, incident }: WhaleEvent,
  tasks: Pick<TaskStore, "get">,
): Promise<Task[]> {
  const found: Task[] = [];
  if (type === RUN_REQUESTED_TYPE && source === OWN_SOURCE) await addWithRetries(incident, found, tasks);
  return found;
}

async function addWithRetries(id: string, found: Task[], tasks: Pick<TaskStore, "get">): Promise<boolean> {
  const task = found.length < MOST_TASKS ? await tasks.get(id) : null;
  if (!task) return false;
  found.push(task);
  for (let n = 1; await addWithRetries(retryTaskId(id, n), found, tasks); n++);
  return true;
}
