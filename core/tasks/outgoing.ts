import { outboxKey } from "../ids/index.ts";
import type { Lane, OutboxItem } from "../ports/index.ts";
import type { Effect } from "./effects.ts";
import { GROUP_STATE_AFTER_MS } from "./group-cards.ts";
import type { Task } from "./task.ts";

/** Approval and its updates > result > answer > notice. */
const LANES: Record<Effect["kind"], Lane> = {
  card: 1,
  update: 1,
  show_hold: 1,
  group_card: 1,
  group_state: 2,
  ask_again: 1,
  report: 2,
  group_report: 2,
  reply: 3,
  notice: 4,
  ended: 2,
};

/** The click that asks for an update may have a start behind it, which goes out first, and which the card then shows. */
const UPDATE_AFTER_MS = 30;
/**
 * What stands in no line with a task's other messages: nothing waits for a group that cannot be written to, and what is
 * no message to people does not wait for a chat that is away.
 */
export const BESIDE: readonly Effect["kind"][] = [
  "group_card",
  "group_state",
  "group_report",
  "ended",
  "ask_again",
];

/**
 * The task and the outbox items of a move: each effect gets the key `<task>:<kind>:<n>`, n counting the task's
 * messages, so that the same move stored twice by mistake collides instead of sending twice.
 */
export function withOutbox(
  task: Task,
  effects: readonly Effect[],
  nowMs: number,
): { task: Task; outbox: OutboxItem[] } {
  const told = effects.flatMap((effect) => written(effect, task));
  const outbox = told.map((body, i): OutboxItem => {
    const key = outboxKey(task.id, body.kind, task.sent + i + 1);
    const lane = isNews(body, task) ? LANES.report : LANES[body.kind];
    const taskId = BESIDE.includes(body.kind) ? null : task.id;
    return { key, taskId, lane, body, dueAtMs: nowMs + pauseMs(body) };
  });
  return { task: { ...task, sent: task.sent + told.length }, outbox };
}

function written(effect: Effect, task: Task): Effect[] {
  if (effect.kind === "ask_again") return [{ ...effect, task: task.id }];
  return effect.kind === "ended" ? [{ ...effect, task: task.id }, ...groupReports(task)] : [effect];
}

/** A card that asks nothing of anybody gives way to those that do. */
function isNews(body: Effect, { cards }: Task): boolean {
  return (
    body.kind === "card" && cards.some(({ no, purpose }) => no === body.cardNo && purpose === "going_on")
  );
}

function pauseMs({ kind }: Effect): number {
  if (kind === "update") return UPDATE_AFTER_MS;
  return kind === "group_state" ? GROUP_STATE_AFTER_MS : 0;
}

/** The groups that hear how a task ended: its rule's, and where its card is shown, which cannot be changed any more. */
function groupReports({ id, report, cards }: Task): Effect[] {
  const names = [report.group, ...cards.map(({ group }) => group)].filter((name) => name !== undefined);
  return [...new Set(names)].map((group) => ({ kind: "group_report", task: id, group }));
}
