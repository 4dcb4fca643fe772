import { TASK_ENDED_TYPE, type WhaleEvent } from "../../core/events/index.ts";
import type { TaskStore } from "../../core/ports/index.ts";
import type { GateContext } from "../../core/rules/index.ts";

/** How often a rule has come back to a subject through the ends of tasks that led to an event. */
export async function roundsOf(
  event: WhaleEvent,
  tasks: Pick<TaskStore, "get">,
): Promise<NonNullable<GateContext["rounds"]>> {
  const found = await Promise.all(causesOf(event).map((id) => tasks.get(id)));
  const chain = found.filter((task) => task !== null);
  return (ruleId, subject) =>
    chain.filter((task) => task.ruleId === ruleId && task.event.subject === subject).length;
}

/** The tasks that led to an event of a task's end, oldest first; none for any other event. */
export function causesOf(event: WhaleEvent): string[] {
  const { causes } = event.detail;
  if (event.type !== TASK_ENDED_TYPE || !Array.isArray(causes)) return [];
  return causes.filter((id) => typeof id === "string");
}

/** How many ends of tasks led to an event. */
export function depthOf(event: WhaleEvent): number {
  const { depth } = event.detail;
  return event.type === TASK_ENDED_TYPE && typeof depth === "number" ? depth : 0;
}
