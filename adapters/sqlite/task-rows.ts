import type { Made, Making, Move, TaskQuery, TaskStore } from "../../core/ports/index.ts";
import { readTask } from "../../core/tasks/stored.ts";
import type { Task, TaskState } from "../../core/tasks/task.ts";

/** A task as it is stored: what is looked up by, beside all of it as JSON. */
export interface TaskRow {
  id: string;
  state: string;
  revision: number;
  createdAtMs: number;
  dueAtMs: number | null;
  source: string;
  incident: string;
  body: string;
}

export type MakingRow = Omit<Making, "task"> & { task: TaskRow };
export type MoveRow = Omit<Move, "task"> & { task: TaskRow };

export interface ClaimedRow {
  id: string;
  fence: number;
}

/**
 * The task store, with each task still as JSON: between threads a text travels at a fraction of what a copy of the
 * object costs.
 */
export interface TaskRows {
  make(making: MakingRow): Promise<Made>;
  move(move: MoveRow): Promise<"moved" | "conflict">;
  claimDue(holder: string, max: number, leaseMs: number): Promise<ClaimedRow[]>;
  get(id: string): Promise<string | null>;
  findByPrefix(prefix: string, limit: number): Promise<string[]>;
  list(query: TaskQuery): Promise<string[]>;
  countByState(): Promise<Partial<Record<TaskState, number>>>;
  nextDueAtMs(): Promise<number | null>;
}

/** The task store over its rows. */
export function tasksOver(rows: TaskRows): TaskStore {
  return {
    make: ({ task, ...making }) => rows.make({ task: rowOf(task), ...making }),
    move: ({ task, ...move }) => rows.move({ task: rowOf(task), ...move }),
    claimDue: async (holder, max, leaseMs) => {
      const claimed = await rows.claimDue(holder, max, leaseMs);
      const tasks = await Promise.all(claimed.map(({ id }) => taskOf(rows, id)));
      return claimed.flatMap(({ fence }, i) => (tasks[i] ? [{ task: tasks[i], fence }] : []));
    },
    get: (id) => taskOf(rows, id),
    findByPrefix: async (prefix, limit) => (await rows.findByPrefix(prefix, limit)).map(readTask),
    list: async (query) => (await rows.list(query)).map(readTask),
    countByState: () => rows.countByState(),
    nextDueAtMs: () => rows.nextDueAtMs(),
  };
}

/** The task out of its row; null when there is none. */
export async function taskOf(rows: Pick<TaskRows, "get">, id: string): Promise<Task | null> {
  const body = await rows.get(id);
  return body === null ? null : readTask(body);
}

function rowOf(task: Task): TaskRow {
  const { id, state, revision, createdAtMs, dueAtMs, event } = task;
  const { source, incident } = event;
  return { id, state, revision, createdAtMs, dueAtMs, source, incident, body: JSON.stringify(task) };
}
