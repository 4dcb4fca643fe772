import { requestId } from "../../core/ids/index.ts";
import { isTerminal, type Task } from "../../core/tasks/index.ts";

/** One execution row as the StackStorm simulator holds it. */
export interface Row {
  id: string;
  status: string;
  requestId: string;
  action: string;
  parameters: Record<string, unknown>;
  /** StackStorm made it by itself of a start that it had made another of. */
  isTwin?: boolean;
  /** StackStorm took it and never brings it to a worker: it stays requested, and people are told after a while. */
  isLost?: boolean;
}

/** Everything that is compared at the end. */
export interface Evidence {
  /** Event ids that were answered with 202. */
  acknowledged: readonly string[];
  tasks: readonly Task[];
  rows: readonly Row[];
  /** What every alert's task runs, as people were shown it. */
  asked: { action: string; parameters: Record<string, unknown> };
  /** Card ids that an entitled person approved. */
  approved: ReadonlySet<string>;
  /** Card ids that reached a phone. */
  cards: ReadonlySet<string>;
  /** Everything that was said in chat. */
  messages: readonly string[];
}

export interface Judgement {
  lost: string[];
  doubled: string[];
  unapproved: string[];
  stuck: string[];
  unknown: string[];
}

/**
 * Holds what the simulators saw against what was acknowledged and approved. The right end of a task is one row
 * whose id and end the task carries (and any that StackStorm doubled by itself, of which people were told), or no row and a decision that says so, or no row and `unknown` with a card
 * at a human.
 */
export function judge(evidence: Evidence): Judgement {
  const found: Judgement = { lost: [], doubled: [], unapproved: [], stuck: [], unknown: [] };
  const byEvent = new Map(evidence.tasks.map((task) => [task.eventId, task]));
  for (const eventId of evidence.acknowledged) {
    const task = byEvent.get(eventId);
    if (task) judgeTask(task, evidence, found);
    else found.lost.push(`${eventId}: acknowledged, but there is no task`);
  }
  return found;
}

function judgeTask(task: Task, evidence: Evidence, found: Judgement): void {
  const mine = new Set(Array.from({ length: task.startNo }, (_, i) => requestId(task.id, i + 1)));
  const rows = evidence.rows.filter((row) => mine.has(row.requestId));
  const name = `${task.id} ${task.state} (${task.reason}), ${rows.length} rows`;
  if (rows.filter(({ isTwin }) => !isTwin).length > 1) found.doubled.push(name);
  else if (rows.length > 1 && !isDoubleTold(task, rows)) found.lost.push(`${name}, and nobody was told so`);
  if (rows.length > 0 && !wasApproved(task, evidence)) found.unapproved.push(name);
  else if (rows.some((row) => !isAsAsked(row, evidence)))
    found.unapproved.push(`${name}, with other content than was approved`);
  if (task.state === "unknown") judgeUnknown(task, rows, { evidence, found, name });
  else if (isFollowedInVain(task, rows)) return;
  else if (!isTerminal(task.state)) found.stuck.push(name);
  else if (!isRightEnd(task, rows)) found.lost.push(name);
  else if (task.state !== "rejected" && !wasHeard(task, evidence))
    found.lost.push(`${name}, and nobody heard`);
}

function wasApproved(task: Task, { approved }: Evidence): boolean {
  return task.cards.some((card) => approved.has(`${task.id}@${card.no}`));
}

function isAsAsked({ action, parameters }: Row, { asked }: Evidence): boolean {
  const differs = ([name, value]: [string, unknown]) => parameters[name] !== value;
  return action === asked.action && !Object.entries(asked.parameters).some(differs);
}

function wasHeard(task: Task, { messages }: Evidence): boolean {
  const short = task.id.slice(2, 8);
  return messages.some((text) => text.includes(short));
}

function judgeUnknown(
  task: Task,
  rows: readonly Row[],
  { evidence, found, name }: { evidence: Evidence; found: Judgement; name: string },
): void {
  const asked = task.cards.some(
    (card) => card.purpose === "unknown" && evidence.cards.has(`${task.id}@${card.no}`),
  );
  if (rows.length > 0) found.lost.push(`${name}, although StackStorm has it`);
  else if (!asked) found.stuck.push(`${name}, and nobody was asked`);
  else found.unknown.push(name);
}

/** What StackStorm itself never runs is followed, as long as it is there. */
function isFollowedInVain({ state, execution }: Task, rows: readonly Row[]): boolean {
  return state === "running" && rows.some(({ id, isLost }) => isLost === true && id === execution?.id);
}

/** A double of StackStorm's own is found at the end of the run at the latest, and stands on the task for people. */
function isDoubleTold({ execution, doubles = [] }: Task, rows: readonly Row[]): boolean {
  const told = new Set([...doubles, ...(execution ? [execution.id] : [])]);
  return rows.every(({ id }) => told.has(id));
}

function isRightEnd(task: Task, rows: readonly Row[]): boolean {
  if (task.state === "rejected") return rows.length === 0;
  const { state, execution } = task;
  const row = rows.find(({ id }) => id === execution?.id);
  return state === "succeeded" && row?.status === "succeeded" && execution?.result !== undefined;
}
