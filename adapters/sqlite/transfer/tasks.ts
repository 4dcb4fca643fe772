import type { Lane, OutboxBody } from "../../../core/ports/index.ts";
import { hasEnded, type Replay } from "../../../core/replays/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { walked } from "./table.ts";

interface TextRow {
  seq: number;
  id: string;
  body: string;
}

/** Tasks in the order of their making. */
export const task = walked<TextRow, "task">(
  {
    kind: "task",
    sql: "SELECT seq, id, body FROM tasks WHERE seq > ? ORDER BY seq LIMIT ?",
    start: [0],
    mark: (row) => [row.seq],
    record: ({ id, body: text }) => ({ key: id, body: { text } }),
  },
  (db, { key, body: { text } }) => {
    const { state, revision, createdAtMs, dueAtMs, event } = JSON.parse(text) as Task;
    const sql = `INSERT INTO tasks (id, state, revision, created_at_ms, due_at_ms, source, incident, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    db.run(sql, key, state, revision, createdAtMs, dueAtMs, event.source, event.incident, text);
  },
);

interface MessageRow {
  seq: number;
  key: string;
  task_id: string | null;
  no: number;
  lane: Lane;
  due_at_ms: number;
  created_at_ms: number;
  attempts: number;
  body: string;
}

/** Messages in the order of their writing. */
export const message = walked<MessageRow, "message">(
  {
    kind: "message",
    sql: `SELECT seq, key, task_id, lane, due_at_ms, created_at_ms, attempts, body,
        1 + (SELECT count(*) FROM outbox o WHERE o.task_id = m.task_id AND o.seq < m.seq) AS no
      FROM outbox m WHERE seq > ? ORDER BY seq LIMIT ?`,
    start: [0],
    mark: (row) => [row.seq],
    record: (row) => {
      const { task_id: taskId, no, lane, due_at_ms: dueAtMs, created_at_ms: createdAtMs, body: text } = row;
      const attempts = Math.max(1, row.attempts);
      return { key: row.key, body: { taskId, no, lane, dueAtMs, createdAtMs, attempts, text } };
    },
  },
  (db, { key, body }) => {
    const { taskId, lane, dueAtMs, createdAtMs, attempts, text } = body;
    const { kind } = JSON.parse(text) as OutboxBody;
    const sql = `INSERT INTO outbox (key, task_id, head, lane, kind, due_at_ms, created_at_ms, attempts, body)
      VALUES (?1, ?2, NOT EXISTS (SELECT 1 FROM outbox WHERE task_id = ?2), ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT DO NOTHING`;
    db.run(sql, key, taskId, lane, kind, dueAtMs, createdAtMs, attempts, text);
  },
);

/** Replays in the order of their making. */
export const replay = walked<TextRow, "replay">(
  {
    kind: "replay",
    sql: "SELECT seq, id, body FROM replays WHERE seq > ? ORDER BY seq LIMIT ?",
    start: [0],
    mark: (row) => [row.seq],
    record: ({ id, body: text }) => ({ key: id, body: { text } }),
  },
  (db, { key, body: { text } }) => {
    const made = JSON.parse(text) as Replay;
    const { order, revision, createdAtMs, updatedAtMs } = made;
    const sql = `INSERT INTO replays (id, mode, ended, revision, created_at_ms, updated_at_ms, body)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    db.run(sql, key, order.mode, hasEnded(made) ? 1 : 0, revision, createdAtMs, updatedAtMs, text);
  },
);
