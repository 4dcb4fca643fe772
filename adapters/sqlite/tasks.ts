import type { Made } from "../../core/ports/index.ts";
import { withGrant } from "../../core/tasks/coalesced.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Grant } from "../../core/throttle/index.ts";
import { appendEntry } from "./audit.ts";
import type { Database } from "./database.ts";
import { type Engine, limitOf, nextFence } from "./engine.ts";
import type { Wake } from "./group-commit.ts";
import { addItems, holdsItem, settleItem } from "./outbox.ts";
import { countByState, findByPrefix, getTask, listTasks } from "./task-queries.ts";
import type { ClaimedRow, MakingRow, MoveRow, TaskRow, TaskRows } from "./task-rows.ts";
import { trimTasks } from "./task-trim.ts";
import { grantOf, takeOnce } from "./throttle.ts";

/** The instant of a write, and how it announces new work. */
interface Moment {
  nowMs: number;
  wake: Wake;
}

/** The rows of tasks in SQLite. */
export function sqliteTaskRows(engine: Engine): TaskRows {
  const { db, clock, read, write, writeUnsynced } = engine;
  return {
    make: (making) => write((wake) => make(db, making, { nowMs: clock.nowMs(), wake })),
    move: (move) => write((wake) => moveTask(db, move, { nowMs: clock.nowMs(), wake })),
    claimDue: (holder, max, leaseMs) =>
      writeUnsynced(() => claimDue(db, { holder, max, leaseMs, nowMs: clock.nowMs() })),
    get: (id) => read(() => getTask(db, id)),
    findByPrefix: (prefix, limit) => read(() => findByPrefix(db, prefix, limit)),
    list: (query) => read(() => listTasks(db, query)),
    countByState: () => read(() => countByState(db)),
    nextDueAtMs: () => read(() => nextDueAtMs(db, clock.nowMs())),
    trim: (olderThanMs) => trimTasks(engine, olderThanMs),
  };
}

function make(db: Database, making: MakingRow, at: Moment): Made {
  const { task, take } = making;
  if (db.get("SELECT 1 FROM tasks WHERE id = ?", task.id)) {
    const grant = take && grantOf(db, take.grantId);
    return grant ? { outcome: "exists", grant } : { outcome: "exists" };
  }
  const grant = take && takeOnce(db, take, at.nowMs);
  if (grant?.outcome === "held") return { outcome: "throttled", grant };
  insertTask(db, grant ? rowWithGrant(task, grant) : task);
  if (task.dueAtMs !== null) at.wake("tasks");
  addItems(db, making.outbox, at);
  if (making.fact) appendEntry(db, making.fact);
  return grant ? { outcome: "made", grant } : { outcome: "made" };
}

/** What the throttle held back before is part of the task, and known only here. */
function rowWithGrant(row: TaskRow, grant: Grant): TaskRow {
  return { ...row, body: JSON.stringify(withGrant(JSON.parse(row.body) as Task, grant)) };
}

function insertTask(db: Database, task: TaskRow): void {
  const sql = `INSERT INTO tasks (id, state, revision, created_at_ms, due_at_ms, source, incident, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  const { id, state, revision, createdAtMs, dueAtMs, source, incident, body } = task;
  db.run(sql, id, state, revision, createdAtMs, dueAtMs, source, incident, body);
}

function moveTask(db: Database, move: MoveRow, at: Moment): "moved" | "conflict" {
  if (!mayMove(db, move)) return "conflict";
  const { task } = move;
  const sql = `UPDATE tasks SET state = ?, revision = ?, due_at_ms = ?, leased_until_ms = 0, fence = 0,
    holder = NULL, body = ? WHERE id = ?`;
  db.run(sql, task.state, task.revision, task.dueAtMs, task.body, task.id);
  if (task.dueAtMs !== null) at.wake("tasks");
  // Settling first lets a message of this move follow the one that it answers.
  if (move.settles) settleItem(db, move.settles, at.wake);
  addItems(db, move.outbox, at);
  if (move.fact) appendEntry(db, move.fact);
  return "moved";
}

/** Every condition is looked at before anything is written, so a conflict leaves no trace. */
function mayMove(db: Database, move: MoveRow): boolean {
  const sql = "SELECT revision, fence FROM tasks WHERE id = ?";
  const stored = db.get<{ revision: number; fence: number }>(sql, move.task.id);
  if (!stored || stored.revision !== move.expected) return false;
  if (move.task.revision !== move.expected + 1) return false;
  if (move.fence !== undefined && (move.fence === 0 || move.fence !== stored.fence)) return false;
  return move.settles === undefined || holdsItem(db, move.settles);
}

interface Claimant {
  holder: string;
  max: number;
  leaseMs: number;
  nowMs: number;
}

function claimDue(db: Database, by: Claimant): ClaimedRow[] {
  const sql = `SELECT seq, id FROM tasks
    WHERE due_at_ms <= ? AND leased_until_ms <= ? ORDER BY due_at_ms, seq LIMIT ?`;
  const rows = db.all<{ seq: number; id: string }>(sql, by.nowMs, by.nowMs, limitOf(by.max));
  if (rows.length === 0) return [];
  const fence = nextFence(db);
  const hold = "UPDATE tasks SET leased_until_ms = ?, fence = ?, holder = ? WHERE seq = ?";
  for (const row of rows) db.run(hold, by.nowMs + by.leaseMs, fence, by.holder, row.seq);
  return rows.map(({ id }) => ({ id, fence }));
}

function nextDueAtMs(db: Database, nowMs: number): number | null {
  const sql = `SELECT due_at_ms FROM tasks WHERE due_at_ms IS NOT NULL AND leased_until_ms <= ?
    ORDER BY due_at_ms LIMIT 1`;
  return db.get<{ due_at_ms: number }>(sql, nowMs)?.due_at_ms ?? null;
}
