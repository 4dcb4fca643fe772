import type { RolloutState } from "../../core/ports/index.ts";
import type { Deployment } from "./schema.ts";

/**
 * How far a roll-out has come, by the server's own counts and conditions (reference/stackstorm.md section 13.4, point 4).
 * `problems` are those of its pods.
 */
export function progressOf(deployment: Deployment, problems: readonly string[]): RolloutState {
  const { spec, status = {} } = deployment;
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  // Until it has seen the last change, all it says is about the one before.
  if ((status.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)) {
    return { outcome: "rolling", ready: 0, wanted, problems };
  }
  // Available ones of before make room first, so that the rest are of the new template.
  const ready = Math.max(0, Math.min(updated, available - (replicas - updated)));
  const all = [...problems, ...conditionProblems(deployment)];
  const isComplete = updated === wanted && replicas === wanted && available === wanted;
  if (isComplete && all.length === 0) return { outcome: "done", replicas: wanted };
  const late = status.conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  if (!isComplete && late) {
    const message = late.message ?? "the roll-out has exceeded its deadline";
    return { outcome: "failed", message: `${deployment.metadata.name}: ${message}`, problems: all };
  }
  return { outcome: "rolling", ready, wanted, problems: all };
}

function conditionProblems({ spec, status, metadata }: Deployment): string[] {
  const failures = (status?.conditions ?? []).filter(
    ({ type, status: is }) => type === "ReplicaFailure" && is === "True",
  );
  const paused = spec.paused
    ? [`deployment ${metadata.name} is paused: it rolls out when it is resumed`]
    : [];
  return [...paused, ...failures.map(({ message, reason }) => message ?? reason ?? "pods cannot be made")];
}

/** Several workloads of one part as one: the worst counts, and what moves is added up. */
export function together(states: readonly RolloutState[]): RolloutState {
  const failed = states.find(({ outcome }) => outcome === "failed");
  if (failed) return failed;
  const open = states.find(({ outcome }) => outcome === "open");
  if (open) return open;
  const sums = { ready: 0, wanted: 0 };
  const problems: string[] = [];
  for (const state of states) {
    if (state.outcome === "rolling") problems.push(...state.problems);
    sums.ready += state.outcome === "rolling" ? state.ready : state.outcome === "done" ? state.replicas : 0;
    sums.wanted += state.outcome === "rolling" ? state.wanted : state.outcome === "done" ? state.replicas : 0;
  }
  const isDone = states.every(({ outcome }) => outcome === "done");
  return isDone ? { outcome: "done", replicas: sums.wanted } : { outcome: "rolling", ...sums, problems };
}
