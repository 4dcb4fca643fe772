import type { PeopleGroups } from "../people/people.ts";
import type { Decision, Task } from "../tasks/task.ts";

/** Decisions that count now: of this round, on this content. */
export function validDecisions(task: Task): Decision[] {
  return task.decisions.filter((d) => d.round === task.round && d.hash === task.hash);
}

/** The distinct people who approved, in the order they did. */
export function approvers(task: Task): string[] {
  return [...new Set(validDecisions(task).flatMap((d) => (d.verdict === "approve" ? [d.by] : [])))];
}

/** How many people must approve; none where a policy stands for them. */
export function needed(task: Task): number {
  return task.approval.mode === "people" ? task.approval.need : 0;
}

/** Whether enough distinct people approved exactly this content and nobody rejected it. */
export function hasQuorum(task: Task): boolean {
  if (task.approval.mode !== "people") return false;
  const rejected = validDecisions(task).some((d) => d.verdict === "reject");
  return !rejected && approvers(task).length >= task.approval.need;
}

/**
 * Who may decide about a task now: the approvers and, after an escalation, those it was escalated to. A task
 * under a policy is decided about by the person who asked for it, else by those who hear its report.
 */
export function entitledGroups(task: Task): PeopleGroups {
  const { approval, origin, report } = task;
  if (approval.mode === "people") {
    const also = task.escalatedAtMs !== null && approval.escalate ? [approval.escalate.to] : [];
    return [approval.from, ...also];
  }
  const asker = origin.kind === "offer" || origin.kind === "retry" ? origin.by : null;
  if (asker !== null) return [{ users: [asker] }];
  return report.to ? [report.to] : [{ users: [approval.policy.approvedBy] }];
}
