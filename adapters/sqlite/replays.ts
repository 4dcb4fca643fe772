import type { ReplayChange, ReplayClaim, ReplayStore } from "../../core/ports/index.ts";
import { hasEnded, type Replay, type ReplayMode } from "../../core/replays/replay.ts";
import type { Database } from "./database.ts";
import { type Engine, limitOf, nextFence } from "./engine.ts";
import type { Wake } from "./group-commit.ts";

/** Replays over SQLite. */
export function sqliteReplays({ db, clock, read, write, writeUnsynced }: Engine): ReplayStore {
  return {
    create: (replay) => write((wake) => create(db, replay, wake)),
    get: (id) => read(() => replayOf(db.get<Row>("SELECT body FROM replays WHERE id = ?", id))),
    list: (limit) => read(() => list(db, limit)),
    claim: (mode, ttlMs) => writeUnsynced(() => claim(db, mode, { ttlMs, nowMs: clock.nowMs() })),
    save: (change) => write(() => save(db, change, clock.nowMs())),
    trim: (olderThanMs) =>
      write(() => db.run("DELETE FROM replays WHERE ended = 1 AND updated_at_ms < ?", olderThanMs)),
  };
}

interface Row {
  body: string;
}

function replayOf(row: Row | undefined): Replay | null {
  return row ? (JSON.parse(row.body) as Replay) : null;
}

function create(db: Database, replay: Replay, wake: Wake): void {
  const { id, order, revision, createdAtMs, updatedAtMs } = replay;
  const sql = `INSERT INTO replays (id, mode, ended, revision, created_at_ms, updated_at_ms, body)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
  const ended = hasEnded(replay) ? 1 : 0;
  db.run(sql, id, order.mode, ended, revision, createdAtMs, updatedAtMs, JSON.stringify(replay));
  wake("replays");
}

function list(db: Database, limit: number): Replay[] {
  const sql = "SELECT body FROM replays ORDER BY created_at_ms DESC, seq DESC LIMIT ?";
  return db.all<Row>(sql, limitOf(limit)).map((row) => JSON.parse(row.body) as Replay);
}

function claim(
  db: Database,
  mode: ReplayMode,
  { ttlMs, nowMs }: { ttlMs: number; nowMs: number },
): ReplayClaim | null {
  const sql = `SELECT seq, body FROM replays WHERE ended = 0 AND mode = ? AND leased_until_ms <= ?
    ORDER BY created_at_ms, seq LIMIT 1`;
  const row = db.get<Row & { seq: number }>(sql, mode, nowMs);
  if (!row) return null;
  const fence = nextFence(db);
  db.run("UPDATE replays SET leased_until_ms = ?, fence = ? WHERE seq = ?", nowMs + ttlMs, fence, row.seq);
  return { replay: JSON.parse(row.body) as Replay, fence };
}

function save(db: Database, { replay, expected, lease }: ReplayChange, nowMs: number): "saved" | "conflict" {
  const { id, revision, updatedAtMs } = replay;
  const sql = "SELECT revision, fence, leased_until_ms FROM replays WHERE id = ?";
  const stored = db.get<{ revision: number; fence: number; leased_until_ms: number }>(sql, id);
  if (!stored || stored.revision !== expected || revision !== expected + 1) return "conflict";
  if (lease && (lease.fence === 0 || lease.fence !== stored.fence)) return "conflict";
  const ended = hasEnded(replay);
  const fence = ended ? 0 : stored.fence;
  const untilMs = ended ? 0 : lease ? nowMs + lease.ttlMs : stored.leased_until_ms;
  const change = `UPDATE replays SET ended = ?, revision = ?, updated_at_ms = ?, fence = ?, leased_until_ms = ?,
    body = ? WHERE id = ?`;
  db.run(change, ended ? 1 : 0, revision, updatedAtMs, fence, untilMs, JSON.stringify(replay), id);
  return "saved";
}
