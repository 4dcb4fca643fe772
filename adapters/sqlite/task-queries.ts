import type { TaskQuery } from "../../core/ports/index.ts";
import { TASK_STATES, type TaskState } from "../../core/tasks/task.ts";
import type { Database } from "./database.ts";
import { limitOf } from "./engine.ts";

interface FoundRow {
  seq: number;
  created_at_ms: number;
  body: string;
}

/** Sorts after every text that can follow a prefix. */
const LAST_CHARACTER = "\u{10ffff}";

/** One task; null when there is none. */
export function getTask(db: Database, id: string): string | null {
  return db.get<{ body: string }>("SELECT body FROM tasks WHERE id = ?", id)?.body ?? null;
}

/** Tasks whose id begins with `t_` + prefix, newest first. */
export function findByPrefix(db: Database, prefix: string, limit: number): string[] {
  const from = `t_${prefix}`;
  const sql = `SELECT seq, created_at_ms, body FROM tasks WHERE id >= ? AND id < ?
    ORDER BY created_at_ms DESC, seq DESC LIMIT ?`;
  return bodiesOf(db.all<FoundRow>(sql, from, from + LAST_CHARACTER, limitOf(limit)));
}

/** Tasks in some states, of one incident or of all, newest first. */
export function listTasks(db: Database, query: TaskQuery): string[] {
  if (!query.states) return bodiesOf(walk(db, query, null));
  // One walk over the index per state: with `IN` SQLite would sort every task of the states.
  const rows = [...new Set(query.states)].flatMap((state) => walk(db, query, state));
  rows.sort((a, b) => b.created_at_ms - a.created_at_ms || b.seq - a.seq);
  return bodiesOf(rows.slice(0, limitOf(query.limit)));
}

function walk(db: Database, query: TaskQuery, state: TaskState | null): FoundRow[] {
  const { incident, beforeMs = Number.MAX_VALUE, limit } = query;
  const conditions = [
    ...(incident ? ["source = ?", "incident = ?"] : []),
    ...(state === null ? [] : ["state = ?"]),
    "created_at_ms < ?",
  ];
  const sql = `SELECT seq, created_at_ms, body FROM tasks WHERE ${conditions.join(" AND ")}
    ORDER BY created_at_ms DESC, seq DESC LIMIT ?`;
  const of = incident ? [incident.source, incident.key] : [];
  return db.all<FoundRow>(sql, ...of, ...(state === null ? [] : [state]), beforeMs, limitOf(limit));
}

function bodiesOf(rows: readonly FoundRow[]): string[] {
  return rows.map((row) => row.body);
}

/** How many tasks stand in each state; states without tasks are left out. */
export function countByState(db: Database): Partial<Record<TaskState, number>> {
  const rows = db.all<{ state: string; tasks: number }>(
    "SELECT state, tasks FROM task_counts WHERE tasks > 0",
  );
  const stored = new Map(rows.map((row) => [row.state, row.tasks]));
  const counts: Partial<Record<TaskState, number>> = {};
  for (const state of TASK_STATES) {
    const tasks = stored.get(state);
    if (tasks !== undefined) counts[state] = tasks;
  }
  return counts;
}
