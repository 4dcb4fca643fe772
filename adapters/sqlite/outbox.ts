import type {
  Lane,
  Outbox,
  OutboxBody,
  OutboxClaim,
  OutboxItem,
  OutboxWaiting,
  Postponing,
  TaskStore,
} from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, limitOf, nextFence } from "./engine.ts";
import type { Wake } from "./group-commit.ts";

/** A claimed item, with its body still as JSON, which costs less to bring to another thread than objects. */
export interface OutboxRow {
  seq: number;
  key: string;
  task_id: string | null;
  lane: OutboxItem["lane"];
  due_at_ms: number;
  created_at_ms: number;
  attempts: number;
  body: string;
  fence: number;
}

/** The outbox, with what is claimed as rows. */
export type OutboxRows = Omit<Outbox, "claim"> & {
  claim(max: number, leaseMs: number): Promise<OutboxRow[]>;
};

/** The outbox over its rows and the tasks that they are about. */
export function outboxOver(rows: OutboxRows, tasks: Pick<TaskStore, "get">): Outbox {
  const claimed = async (row: OutboxRow): Promise<OutboxClaim> => {
    const task = row.task_id === null ? null : await tasks.get(row.task_id);
    return { ...claimOf(row), ...(task ? { task } : {}) };
  };
  return {
    ...rows,
    claim: async (max, leaseMs) => Promise.all((await rows.claim(max, leaseMs)).map(claimed)),
  };
}

/** The rows of the outbox in SQLite. */
export function sqliteOutboxRows(engine: Engine): OutboxRows {
  const { db, clock } = engine;
  return {
    add: (items) => engine.write((wake) => addItems(db, items, { nowMs: clock.nowMs(), wake })),
    claim: (max, leaseMs) => engine.writeUnsynced(() => claim(db, { max, leaseMs, nowMs: clock.nowMs() })),
    settle: (key, fence, behind = []) => engine.write((wake) => settleAll(db, { key, fence, behind }, wake)),
    replace: (key, fence, items) => {
      return engine.write((wake) => {
        if (!settleItem(db, { key, fence }, wake)) return false;
        addItems(db, items, { nowMs: clock.nowMs(), wake });
        return true;
      });
    },
    behind: (key, fence, max) => engine.read(() => behind(db, { key, fence }, max)),
    postpone: (key, fence, to) => engine.write((wake) => postpone(db, { key, fence, ...to }, wake)),
    depth: () => engine.read(() => depth(db)),
    list: (max, lane) => engine.read(() => list(db, { max, lane, nowMs: clock.nowMs() })),
    oldest: () => engine.read(() => oldest(db)),
    nextDueAtMs: () => engine.read(() => nextDueAtMs(db, clock.nowMs())),
  };
}

/** Writes items whose keys are not waiting already. Runs inside the caller's write. */
export function addItems(
  db: Database,
  items: readonly OutboxItem[],
  at: { nowMs: number; wake: Wake },
): void {
  for (const item of items) {
    if (addItem(db, item, at.nowMs)) at.wake("outbox");
  }
}

/** `head` marks the oldest open item of each task, the only one that may be given out. */
function addItem(db: Database, item: OutboxItem, nowMs: number): boolean {
  const sql = `INSERT INTO outbox (key, task_id, head, lane, kind, due_at_ms, created_at_ms, body)
    VALUES (?1, ?2, NOT EXISTS (SELECT 1 FROM outbox WHERE task_id = ?2), ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT DO NOTHING`;
  const { key, taskId, lane, body, dueAtMs } = item;
  return db.run(sql, key, taskId, lane, body.kind, dueAtMs, nowMs, JSON.stringify(body)) === 1;
}

function claim(db: Database, by: { max: number; leaseMs: number; nowMs: number }): OutboxRow[] {
  const sql = `SELECT seq, key, task_id, lane, due_at_ms, created_at_ms, attempts, body
    FROM outbox INDEXED BY outbox_heads
    WHERE head = 1 AND due_at_ms <= ? AND leased_until_ms <= ? ORDER BY lane, seq LIMIT ?`;
  const rows = db.all<Omit<OutboxRow, "fence">>(sql, by.nowMs, by.nowMs, limitOf(by.max));
  if (rows.length === 0) return [];
  const fence = nextFence(db);
  const hold = "UPDATE outbox SET leased_until_ms = ?, fence = ?, attempts = attempts + 1 WHERE seq = ?";
  for (const row of rows) db.run(hold, by.nowMs + by.leaseMs, fence, row.seq);
  return rows.map((row) => ({ ...row, fence }));
}

function claimOf(row: OutboxRow): OutboxClaim {
  return {
    key: row.key,
    taskId: row.task_id,
    lane: row.lane,
    body: JSON.parse(row.body) as OutboxBody,
    dueAtMs: row.due_at_ms,
    fence: row.fence,
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
  };
}

/** Whether the caller's claim on an item still stands. Runs inside the caller's write. */
export function holdsItem(db: Database, claimed: { key: string; fence: number }): boolean {
  const sql = "SELECT 1 FROM outbox WHERE key = ? AND fence = ? AND fence <> 0";
  return db.get(sql, claimed.key, claimed.fence) !== undefined;
}

/** Removes a claimed item and lets the next of its task forward. Runs inside the caller's write. */
export function settleItem(db: Database, claimed: { key: string; fence: number }, wake: Wake): boolean {
  const sql = "DELETE FROM outbox WHERE key = ? AND fence = ? AND fence <> 0 RETURNING task_id";
  const gone = db.get<{ task_id: string | null }>(sql, claimed.key, claimed.fence);
  if (!gone) return false;
  const next = `UPDATE outbox SET head = 1
    WHERE seq = (SELECT seq FROM outbox WHERE task_id = ? ORDER BY seq LIMIT 1)`;
  if (gone.task_id !== null && db.run(next, gone.task_id) === 1) wake("outbox");
  return true;
}

/** The same with those behind it that still are there. */
function settleAll(
  db: Database,
  claimed: { key: string; fence: number; behind: readonly string[] },
  wake: Wake,
): boolean {
  const sql =
    "DELETE FROM outbox WHERE key = ? AND head = 0 AND task_id = (SELECT task_id FROM outbox WHERE key = ?)";
  if (!holdsItem(db, claimed)) return false;
  for (const key of claimed.behind) db.run(sql, key, claimed.key);
  return settleItem(db, claimed, wake);
}

function behind(db: Database, claimed: { key: string; fence: number }, max: number): OutboxItem[] {
  if (!holdsItem(db, claimed)) return [];
  const sql = `SELECT key, task_id, lane, due_at_ms, body FROM outbox
    WHERE task_id = (SELECT task_id FROM outbox WHERE key = ?) AND head = 0 ORDER BY seq LIMIT ?`;
  const rows = db.all<Pick<OutboxRow, "key" | "task_id" | "lane" | "due_at_ms" | "body">>(
    sql,
    claimed.key,
    limitOf(max),
  );
  return rows.map((row) => ({
    ...{ key: row.key, taskId: row.task_id, lane: row.lane, dueAtMs: row.due_at_ms },
    body: JSON.parse(row.body) as OutboxBody,
  }));
}

function postpone(db: Database, to: Postponing & { key: string; fence: number }, wake: Wake): boolean {
  const sql = `UPDATE outbox SET due_at_ms = ?, attempts = attempts - ?, leased_until_ms = 0, fence = 0,
    why = coalesce(?, why) WHERE key = ? AND fence = ? AND fence <> 0`;
  const counts = to.counted ? 0 : 1;
  if (db.run(sql, to.dueAtMs, counts, to.why ?? null, to.key, to.fence) === 0) return false;
  wake("outbox");
  return true;
}

function depth(db: Database): Record<string, number> {
  const rows = db.all<{ kind: string; items: number }>(
    "SELECT kind, count(*) AS items FROM outbox GROUP BY kind",
  );
  return Object.fromEntries(rows.map((row) => [row.kind, row.items]));
}

function nextDueAtMs(db: Database, nowMs: number): number | null {
  const sql = `SELECT due_at_ms FROM outbox INDEXED BY outbox_due
    WHERE head = 1 AND leased_until_ms <= ? ORDER BY due_at_ms LIMIT 1`;
  return db.get<{ due_at_ms: number }>(sql, nowMs)?.due_at_ms ?? null;
}

interface WaitingRow
  extends Pick<OutboxRow, "key" | "task_id" | "lane" | "due_at_ms" | "created_at_ms" | "attempts"> {
  kind: OutboxWaiting["kind"];
  leased_until_ms: number;
  why: string | null;
}

function list(db: Database, of: { max: number; lane: Lane | undefined; nowMs: number }): OutboxWaiting[] {
  const sql = `SELECT key, task_id, lane, kind, due_at_ms, created_at_ms, leased_until_ms, attempts, why
    FROM outbox WHERE head = 1 AND lane BETWEEN ? AND ? ORDER BY lane, seq LIMIT ?`;
  const rows = db.all<WaitingRow>(sql, of.lane ?? 0, of.lane ?? 9, limitOf(of.max));
  return rows.map((row) => ({
    ...{ key: row.key, taskId: row.task_id, lane: row.lane, kind: row.kind, dueAtMs: row.due_at_ms },
    ...{ createdAtMs: row.created_at_ms, attempts: row.attempts },
    ...(row.leased_until_ms > of.nowMs ? { heldUntilMs: row.leased_until_ms } : {}),
    ...(row.why === null ? {} : { why: row.why }),
  }));
}

function oldest(db: Database): Partial<Record<Lane, number>> {
  const sql = `SELECT lane, created_at_ms AS at FROM outbox
    WHERE seq IN (SELECT min(seq) FROM outbox WHERE head = 1 GROUP BY lane)`;
  return Object.fromEntries(db.all<{ lane: Lane; at: number }>(sql).map(({ lane, at }) => [lane, at]));
}
