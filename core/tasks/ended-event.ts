import { TASK_ENDED_TYPE } from "../events/event-type.ts";
import { eventId, type JsonObject } from "../ids/index.ts";
import type { EventDraft } from "../incidents/admit.ts";
import type { ShowRun } from "../pages/secrets.ts";
import type { Texts } from "../texts/index.ts";
import type { Task } from "./task.ts";

/** The name of the source that Whale's own events come from. */
export const OWN_SOURCE = "whale";

/**
 * The event that tells of a task's end, so that rules can go on until the target state is reached. It carries
 * the chain of tasks that led here, and no secret that the run was given. One end gives one event, however often it is
 * journaled. Its title is for people, in the words of `texts`; rules go by its labels and detail.
 */
export function endedDraft(
  task: Task,
  { nowMs, rawRef, texts }: { nowMs: number; rawRef: string; texts: Pick<Texts, "states"> },
  shown: ShowRun,
): EventDraft {
  const at = new Date(nowMs).toISOString();
  const dedupeKey = `${task.id}:ended`;
  return {
    dedupeKey,
    freshId: eventId(OWN_SOURCE, dedupeKey),
    event: {
      type: TASK_ENDED_TYPE,
      name: task.action,
      title: `${task.title} · ${texts.states[task.state]}`,
      source: OWN_SOURCE,
      subject: task.event.subject,
      severity: task.state === "succeeded" ? "info" : "warning",
      status: "point",
      time: at,
      receivedAt: at,
      fingerprint: task.id,
      incident: task.id,
      labels: {
        rule: task.ruleId,
        business: task.business,
        outcome: task.state,
        event_type: task.event.type,
      },
      annotations: {},
      detail: endedDetail(task, shown),
      violations: [],
      rawRef,
    },
  };
}

function endedDetail(task: Task, shown: ShowRun): JsonObject {
  return {
    task: task.id,
    rule: task.ruleId,
    outcome: task.state,
    reason: task.reason,
    action: task.action,
    subject: task.event.subject,
    event: task.eventId,
    result: shown(task).shownResult(task.execution?.result ?? null),
    depth: task.depth + 1,
    causes: [...task.causes, task.id],
  };
}
