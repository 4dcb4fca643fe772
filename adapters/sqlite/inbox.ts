import type { Inbox, InboxClaim, InboxItem, InboxPayload } from "../../core/ports/index.ts";
import { type Engine, limitOf, nextFence, sweep } from "./engine.ts";

interface InboxRow {
  seq: number;
  key: string;
  received_at_ms: number;
  attempts: number;
  payload: string;
}

/** The inbox over SQLite. */
export function sqliteInbox(engine: Engine): Inbox {
  return {
    insert: (item) => insert(engine, item),
    claim: (max, leaseMs) => claim(engine, max, leaseMs),
    done: (key, fence) => finish(engine, key, fence),
    postpone: (key, fence, dueAtMs) => postpone(engine, { key, fence, dueAtMs }),
    isDone: async (key) => engine.db.get("SELECT 1 FROM inbox WHERE key = ? AND done = 1", key) !== undefined,
    trim: (olderThanMs) =>
      sweep(engine, { table: "inbox", forget: "done = 1 AND received_at_ms < ?", olderThanMs }),
  };
}

function insert({ db, write }: Engine, item: InboxItem): Promise<"new" | "seen"> {
  return write((wake) => {
    const sql = "INSERT INTO inbox (key, received_at_ms, payload) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    if (db.run(sql, item.key, item.receivedAtMs, JSON.stringify(item.payload)) === 0) return "seen";
    wake("inbox");
    return "new";
  });
}

function claim({ db, clock, writeUnsynced }: Engine, max: number, leaseMs: number): Promise<InboxClaim[]> {
  return writeUnsynced(() => {
    const nowMs = clock.nowMs();
    const sql = `SELECT seq, key, received_at_ms, attempts, payload FROM inbox
      WHERE done = 0 AND due_at_ms <= ? AND leased_until_ms <= ? ORDER BY received_at_ms, seq LIMIT ?`;
    const rows = db.all<InboxRow>(sql, nowMs, nowMs, limitOf(max));
    if (rows.length === 0) return [];
    const fence = nextFence(db);
    const hold = "UPDATE inbox SET leased_until_ms = ?, fence = ?, attempts = attempts + 1 WHERE seq = ?";
    for (const row of rows) db.run(hold, nowMs + leaseMs, fence, row.seq);
    return rows.map((row) => claimOf(row, fence));
  });
}

function claimOf(row: InboxRow, fence: number): InboxClaim {
  const payload = JSON.parse(row.payload) as InboxPayload;
  return { key: row.key, payload, receivedAtMs: row.received_at_ms, fence, attempts: row.attempts };
}

/** Undone by a power cut, it is worked on again, as after a crash just before this. */
function finish({ db, writeUnsynced }: Engine, key: string, fence: number): Promise<boolean> {
  const sql = "UPDATE inbox SET done = 1, fence = 0 WHERE key = ? AND fence = ? AND fence <> 0";
  return writeUnsynced(() => db.run(sql, key, fence) === 1);
}

function postpone(
  { db, write }: Engine,
  to: { key: string; fence: number; dueAtMs: number },
): Promise<boolean> {
  return write((wake) => {
    const sql = `UPDATE inbox SET due_at_ms = ?, leased_until_ms = 0, fence = 0
      WHERE key = ? AND fence = ? AND fence <> 0`;
    if (db.run(sql, to.dueAtMs, to.key, to.fence) === 0) return false;
    wake("inbox");
    return true;
  });
}
