import { approvers } from "../../core/approvals/index.ts";
import { type Cluster, chooseCluster } from "../../core/clusters/index.ts";
import { requestId } from "../../core/ids/index.ts";
import type { Policy } from "../../core/policies/index.ts";
import type { Clock, Execution, Executor, FindOutcome, StartOutcome } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import {
  currentDigest,
  type ExecutionRecord,
  type Sighting,
  type Standing,
  type StartAnswer,
  type Task,
} from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import type { StepObserver } from "./steps.ts";

/** The configuration in force that a start is checked against. */
export interface InForce {
  rules: readonly Rule[];
  policies: readonly Policy[];
  clusters: readonly Cluster[];
}

export interface StarterDeps {
  advancer: Advancer;
  executor: Executor;
  inForce: () => InForce;
  clock: Clock;
  onStep: StepObserver;
}

/** Starts approved tasks, and finds out about starts whose answer was lost. */
export interface Starter {
  /** Makes sure that it was not started before, stores the intent, asks for the start, stores the answer. */
  start(task: Task, fence: number): Promise<void>;
  /** Looks for every start that this task may have made. */
  look(task: Task, fence?: number): Promise<void>;
}

/** The execution as a task keeps it. */
export function executionRecord(execution: Execution): ExecutionRecord {
  const { id, cluster, status, startedAt, endedAt, elapsedSeconds, result, resultBytes, url } = execution;
  const fields = { startedAt, endedAt, elapsedSeconds, result, resultBytes, url };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { id, cluster, status, ...Object.fromEntries(known) };
}

/** How the rule, its policy and its clusters stand now. */
export function standingOf(task: Task, inForce: InForce): Standing {
  const { approval } = task;
  const id = approval.mode === "policy" ? approval.policy.id : null;
  return {
    digest: currentDigest(inForce.rules, task),
    policy: inForce.policies.find((policy) => policy.id === id) ?? null,
    choice: chooseCluster(inForce.clusters, task.clusters),
  };
}

export function createStarter(deps: StarterDeps): Starter {
  const { advancer, executor, inForce, clock, onStep } = deps;

  /** Looks on one cluster for every start that the task may have made, whatever its number. */
  const sight = async (task: Task, cluster: string): Promise<Sighting> => {
    const wanted = Array.from({ length: task.startNo }, (_, i) => requestId(task.id, i + 1));
    const found = await Promise.all(wanted.map((id) => find(executor, task, { cluster, requestId: id })));
    const seen = found.find((one) => one.outcome === "found");
    if (seen?.outcome === "found") return { outcome: "found", execution: executionRecord(seen.execution) };
    return found.find((one) => one.outcome === "unreachable") ?? { outcome: "absent" };
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
      parameters: task.params,
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
    await advancer.advance(task, { kind: "start_answer", requestId: start.requestId, answer });
    onStep("start_stored");
  };

  return {
    start: async (task, fence) => {
      const standing = standingOf(task, inForce());
      const { choice } = standing;
      // Looked for before the intent, so that little lies between the intent and the request: a process that
      // dies there leaves a start that only a human can decide about. The intent's compare-and-set decides
      // who asks, whoever has looked.
      const sighting: Sighting =
        choice.outcome === "chosen" ? await sight(task, choice.cluster) : { outcome: "absent" };
      const result = await advancer.advance(task, { kind: "intend", standing }, { fence });
      onStep("intent_stored");
      const intended = result.outcome === "moved" && result.stored && result.reason === "start_intended";
      if (intended) await begin(result.task, sighting);
    },
    look: async (task, fence) => {
      const sighting: Sighting = task.start ? await sight(task, task.start.cluster) : { outcome: "absent" };
      await advancer.advance(task, { kind: "look", sighting }, fence === undefined ? {} : { fence });
    },
  };
}

function find(
  executor: Executor,
  task: Task,
  wanted: { cluster: string; requestId: string },
): Promise<FindOutcome> {
  // The intent of the present start is its earliest moment; any other came after the task was made.
  const { start } = task;
  const sinceMs = start?.requestId === wanted.requestId ? start.intentAtMs : task.createdAtMs;
  return executor.find({ ...wanted, action: task.action, sinceMs });
}

function answerOf(answer: StartOutcome): StartAnswer {
  return answer.outcome === "started"
    ? { outcome: "started", execution: executionRecord(answer.execution) }
    : answer;
}
