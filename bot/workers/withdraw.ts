import type { WhaleEvent } from "../../core/events/index.ts";
import type { TaskStore } from "../../core/ports/index.ts";
import { type CompiledRule, type RuleSet, recoveredVerdict, type Verdict } from "../../core/rules/index.ts";
import { isOfRecovered, type Task, WAITING_STATES } from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";

export interface WithdrawDeps {
  tasks: TaskStore;
  advancer: Advancer;
  set: RuleSet;
}

/** More tasks never wait for one incident; those withdrawn before only tell what an earlier reading did. */
const MOST_TASKS = 1_000;

/**
 * Takes back what waits for an incident that has recovered, where its rule says `onRecovery: cancel`. Gives one
 * verdict for each rule of which something was taken back. Doing it again changes nothing and gives the same.
 */
export async function withdrawRecovered(recovery: WhaleEvent, deps: WithdrawDeps): Promise<Verdict[]> {
  // Most events recover nothing: they cost no look at every rule.
  if (recovery.recovers === undefined) return [];
  const cancelling = deps.set.rules.filter(({ rule }) => rule.onRecovery === "cancel");
  if (cancelling.length === 0) return [];
  const tasks = await tasksOf(recovery, deps.tasks);
  const verdicts: Verdict[] = [];
  for (const compiled of cancelling) {
    const own = tasks.filter((task) => task.ruleId === compiled.rule.id);
    verdicts.push(...(await withdrawOf(compiled, { recovery, own, advancer: deps.advancer })));
  }
  return verdicts;
}

async function tasksOf(recovery: WhaleEvent, tasks: TaskStore): Promise<Task[]> {
  const incident = { source: recovery.source, key: recovery.incident };
  const waiting = await tasks.list({ incident, states: WAITING_STATES, limit: MOST_TASKS });
  const withdrawn = await tasks.list({ incident, states: ["withdrawn"], limit: MOST_TASKS });
  return [...waiting, ...withdrawn].filter((task) => isOfRecovered(task, recovery));
}

async function withdrawOf(
  compiled: CompiledRule,
  { recovery, own, advancer }: { recovery: WhaleEvent; own: readonly Task[]; advancer: Advancer },
): Promise<Verdict[]> {
  const withdrawn: string[] = [];
  for (const task of own) {
    const known = task.state === "withdrawn";
    const { state } = known ? task : (await advancer.advance(task, { kind: "withdraw" })).task;
    if (state === "withdrawn") withdrawn.push(task.id);
  }
  return withdrawn.length === 0 ? [] : [recoveredVerdict(compiled, recovery, withdrawn.sort())];
}
