import { outboxKey } from "../ids/index.ts";
import type { Lane, OutboxItem } from "../ports/index.ts";
import type { Effect } from "./effects.ts";
import type { Task } from "./task.ts";

/** Approval and its updates > result > answer > notice. */
const LANES: Record<Effect["kind"], Lane> = {
  card: 1,
  update: 1,
  ask_again: 1,
  report: 2,
  reply: 3,
  notice: 4,
  ended: 2,
};

/** The click that asks for an update may have a start behind it, which goes out first, and which the card then shows. */
const UPDATE_AFTER_MS = 30;

/**
 * The task and the outbox items of a move: each effect gets the key `<task>:<kind>:<n>`, n counting the task's
 * messages, so that the same move stored twice by mistake collides instead of sending twice.
 */
export function withOutbox(
  task: Task,
  effects: readonly Effect[],
  nowMs: number,
): { task: Task; outbox: OutboxItem[] } {
  const outbox = effects.map((body, i): OutboxItem => {
    const key = outboxKey(task.id, body.kind, task.sent + i + 1);
    const dueAtMs = body.kind === "update" ? nowMs + UPDATE_AFTER_MS : nowMs;
    return { key, taskId: task.id, lane: LANES[body.kind], body, dueAtMs };
  });
  return { task: { ...task, sent: task.sent + effects.length }, outbox };
}
