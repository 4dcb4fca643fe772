import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { approvers, startParams } from "../../core/approvals/index.ts";
import { type Cluster, chooseCluster } from "../../core/clusters/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import type { Policy } from "../../core/policies/index.ts";
import type { Clock, Executor, StartOutcome, TaskStore } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { RunGrant } from "../../core/runs/index.ts";
import { heldBy, type Stop } from "../../core/stops/index.ts";
import {
  currentDigest,
  doublingDelayMs,
  type Sighting,
  type Standing,
  type StartAnswer,
  type Task,
} from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import { candidatesOf, clustersOf, executionRecord, sightOf } from "./sighting.ts";
import type { StepObserver } from "./steps.ts";

/** The configuration in force that a start is checked against. */
export interface InForce {
  rules: readonly Rule[];
  grants: readonly RunGrant[];
  policies: readonly Policy[];
  clusters: readonly Cluster[];
}

export interface StarterDeps {
  tasks: TaskStore;
  advancer: Advancer;
  executor: Executor;
  inForce: () => InForce;
  /** What people have stopped. */
  stops: Stops;
  clock: Clock;
  onStep: StepObserver;
}

/** The stops in force, looked at anew by `refresh`. */
export interface Stops {
  refresh(): Promise<void>;
  current(): readonly Stop[];
}

/** Starts approved tasks, and finds out about starts whose answer was lost. */
export interface Starter {
  /** Makes sure that it was not started before, stores the intent, asks for the start, stores the answer. */
  start(task: Task, fence: number): Promise<void>;
  /** Looks for every start that this task may have made. */
  look(task: Task, fence?: number): Promise<void>;
}

/** First pause before what is known of a start is stored once more; doubles up to the longest. */
const STORE_PAUSE_MS = 100;
const STORE_PAUSE_MAX_MS = 5_000;

/** How the rule, its policy and its clusters stand now. */
export function standingOf(task: Task, inForce: InForce): Standing {
  const { approval } = task;
  const id = approval.mode === "policy" ? approval.policy.id : null;
  return {
    digest: currentDigest(inForce, task),
    policy: inForce.policies.find((policy) => policy.id === id) ?? null,
    choice: chooseCluster(inForce.clusters, task.clusters),
  };
}

/** The clusters that are left for a task. */
function withoutStopped(task: Task, now: InForce, stops: readonly Stop[]): InForce {
  const clusters = now.clusters.filter(({ name }) => !heldBy(stops, { task, cluster: name }));
  return { ...now, clusters };
}

/** Whether a stop holds the task: where it would start, or where it could if none were stopped. */
function holdsStart(
  task: Task,
  { choice, now, stops }: { choice: Standing["choice"]; now: InForce; stops: readonly Stop[] },
): boolean {
  if (choice.outcome === "chosen") return heldBy(stops, { task, cluster: choice.cluster }) !== null;
  return stops.length > 0 && chooseCluster(now.clusters, task.clusters).outcome === "chosen";
}

export function createStarter(deps: StarterDeps): Starter {
  const { tasks, advancer, executor, inForce, stops, clock, onStep } = deps;

  /** What only this process knows of a start is kept on being stored until others look for the start themselves. */
  const persist = async (store: () => Promise<unknown>): Promise<void> => {
    const untilMs = clock.nowMs() + advancer.settings.startAnswerMs;
    for (let tries = 0; ; tries++) {
      try {
        await store();
        return;
      } catch (error) {
        const isTransient = isChatOpsError(error) && error.retryable;
        if (!isTransient || clock.nowMs() >= untilMs) throw error;
        await pause(doublingDelayMs(tries, STORE_PAUSE_MS, STORE_PAUSE_MAX_MS));
      }
    }
  };

  /**
   * The store failed while it took the intent, and may have it. Nobody but this try would send it, and this try has
   * not: without that word others would look for a start that never was, and ask a human in the end.
   */
  const giveBack = async (task: Task, sender: string): Promise<void> => {
    const stored = await tasks.get(task.id);
    if (stored?.state !== "starting" || stored.start?.sender !== sender) return;
    const { requestId } = stored.start;
    const answer: StartAnswer = { outcome: "not_sent", message: "the store failed while it took the intent" };
    await advancer.advance(stored, { kind: "start_answer", requestId, answer });
  };

  const ask = async (task: Task): Promise<StartAnswer> => {
    const { start } = task;
    if (!start) return { outcome: "not_sent", message: "no intent" };
    onStep("start_sending");
    // From this instant on others look for the start. A process that was halted for so long must not send it any more:
    // a human may have been told that it never went out.
    const isLate = task.dueAtMs !== null && clock.nowMs() >= task.dueAtMs;
    if (isLate) return { outcome: "not_sent", message: "the process was halted before it could ask" };
    const answer = await executor.start({
      cluster: start.cluster,
      action: task.action,
      parameters: startParams(task),
      requestId: start.requestId,
      taskId: task.id,
      approvedBy: approvers(task),
    });
    onStep("start_answered");
    return answerOf(answer);
  };

  const begin = async (task: Task, sighting: Sighting): Promise<void> => {
    const { start } = task;
    if (!start) return;
    if (sighting.outcome === "found") {
      await advancer.advance(task, { kind: "look", sighting });
      return;
    }
    const answer: StartAnswer =
      sighting.outcome === "unreachable"
        ? { outcome: "not_sent", message: sighting.message }
        : await ask(task);
    const { requestId } = start;
    await persist(() => advancer.advance(task, { kind: "start_answer", requestId, answer }));
    onStep("start_stored");
  };

  return {
    start: async (task, fence) => {
      await stops.refresh();
      const standing = standingOf(task, withoutStopped(task, inForce(), stops.current()));
      const { choice } = standing;
      const isStopped = () => holdsStart(task, { choice, now: inForce(), stops: stops.current() });
      if (isStopped()) return void (await advancer.advance(task, { kind: "hold" }, { fence }));
      // Looked for before the intent, so that little lies between the intent and the request: a process that
      // dies there leaves a start that only a human can decide about. The intent's compare-and-set decides
      // who asks, whoever has looked.
      const sighting: Sighting =
        choice.outcome === "chosen"
          ? await sightOf(task, [choice.cluster, ...clustersOf(task)], executor)
          : { outcome: "absent" };
      // The looks take their time: what was stopped meanwhile must not start any more.
      await stops.refresh();
      if (isStopped()) return void (await advancer.advance(task, { kind: "hold" }, { fence }));
      const sender = randomUUID();
      const input = { kind: "intend" as const, standing, sender };
      const result = await advancer.advance(task, input, { fence }).catch(async (error: unknown) => {
        await persist(() => giveBack(task, sender));
        throw error;
      });
      onStep("intent_stored");
      const intended = result.outcome === "moved" && result.stored && result.reason === "start_intended";
      if (intended) await begin(result.task, sighting);
    },
    look: async (task, fence) => {
      const seen = await sightOf(task, clustersOf(task), executor);
      const sighting = seen.outcome === "absent" ? await withCandidates(task, deps) : seen;
      await advancer.advance(task, { kind: "look", sighting }, fence === undefined ? {} : { fence });
    },
  };
}

/** Only where a human is asked, or about to be, it is worth looking for what could be the start. */
async function withCandidates(task: Task, { executor, clock }: StarterDeps): Promise<Sighting> {
  const isAsked = task.start !== null && clock.nowMs() >= task.start.unknownAtMs;
  const candidates = isAsked ? await candidatesOf(task, executor) : undefined;
  return { outcome: "absent", ...(candidates ? { candidates } : {}) };
}

function answerOf(answer: StartOutcome): StartAnswer {
  return answer.outcome === "started"
    ? { outcome: "started", execution: executionRecord(answer.execution) }
    : answer;
}
