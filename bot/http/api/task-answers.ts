import { approvalWords } from "../../../core/approvals/index.ts";
import type { ShowRun } from "../../../core/pages/index.ts";
import { type Task, toldTask } from "../../../core/tasks/index.ts";

/** What a list tells of a task. What is secret of its parameters is hidden in every text. */
export function briefTask(task: Task, shown: ShowRun) {
  const { id, state, reason, title, ruleId, business, action, targets, event, execution } = task;
  const { hide } = shown(task);
  const { source, type, subject, severity } = event;
  return {
    ...{ task: id, state, reason, title: hide(title), rule: ruleId, business, action },
    targets: targets.map(hide),
    event: { id: event.id, source, type, severity, subject: hide(subject), title: hide(event.title) },
    cluster: execution?.cluster ?? null,
    execution: execution?.id ?? null,
    created: iso(task.createdAtMs),
    updated: iso(task.updatedAtMs),
  };
}

/** One task with what it runs, who decides and did, and its history; secrets are masked. */
export function shownTask(task: Task, shown: ShowRun) {
  const { message, approval, deadlineAtMs, decisions, history, clusters, hash } = task;
  const { params, hide } = shown(task);
  return {
    ...briefTask(task, shown),
    ...toldTask(task, shown),
    ...{ params, clusters, hash, message: message === undefined ? null : hide(message) },
    approval: approvalWords(approval),
    deadline: deadlineAtMs === null ? null : iso(deadlineAtMs),
    decisions: decisions.map(({ verdict, by, onBehalfOf = null, atMs, reason = null, round }) => {
      return { verdict, by, onBehalfOf, at: iso(atMs), reason: reason && hide(reason), round };
    }),
    history: history.map(({ atMs, from, to, reason, by = null }) => {
      return { at: iso(atMs), from, to, reason, by };
    }),
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
