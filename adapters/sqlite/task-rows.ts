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
  /** The ids of those that are gone. */
  trim(olderThanMs: number): Promise<string[]>;
}

/** Tasks that need not be asked for. */
export interface KnownTasks {
  get(id: string): Task | undefined;
  /** It is being written: what is stored of it is not known for now. */
  forget(id: string): void;
  /** It is stored so, in so many characters. */
  keep(task: Task, length: number): void;
}

const NONE_KNOWN: KnownTasks = { get: () => undefined, forget: () => undefined, keep: () => undefined };

/** The task store over its rows, and over tasks that are known without asking. */
export function tasksOver(rows: TaskRows, known: KnownTasks = NONE_KNOWN): TaskStore {
  const get = async (id: string): Promise<Task | null> => {
    const one = known.get(id);
    if (one) return one;
    const body = await rows.get(id);
    return body === null ? null : readTask(body);
  };
  return {
    get,
    make: async ({ task, ...making }) => {
      const row = rowOf(task);
      const made = await rows.make({ task: row, ...making });
      // With a token the store writes another text than it was given.
      if (made.outcome === "made" && !made.grant) known.keep(task, row.body.length);
      return made;
    },
    move: async ({ task, ...move }) => {
      const row = rowOf(task);
      // Until it is known what became of it; one that fails may be stored all the same.
      known.forget(task.id);
      const outcome = await rows.move({ task: row, ...move });
      if (outcome === "moved") known.keep(task, row.body.length);
      return outcome;
    },
    claimDue: async (holder, max, leaseMs) => {
      const claimed = await rows.claimDue(holder, max, leaseMs);
      const tasks = await Promise.all(claimed.map(({ id }) => get(id)));
      return claimed.flatMap(({ fence }, i) => (tasks[i] ? [{ task: tasks[i], fence }] : []));
    },
    findByPrefix: async (prefix, limit) => (await rows.findByPrefix(prefix, limit)).map(readTask),
    list: async (query) => (await rows.list(query)).map(readTask),
    countByState: () => rows.countByState(),
    nextDueAtMs: () => rows.nextDueAtMs(),
    trim: async (olderThanMs) => {
      const gone = await rows.trim(olderThanMs);
      for (const id of gone) known.forget(id);
      return gone.length;
    },
  };
}

function rowOf(task: Task): TaskRow {
  const { id, state, revision, createdAtMs, dueAtMs, event } = task;
  const { source, incident } = event;
  return { id, state, revision, createdAtMs, dueAtMs, source, incident, body: JSON.stringify(task) };
}
