import { TERMINAL_STATES } from "../../core/tasks/task.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/** So many rows are looked at in one write, so that a large sweep does not stop everything else. */
const LOOKED_AT_ONCE = 100;
/** So many go in one call, whose ids are in memory. */
const MOST_GONE = 10_000;

/** A place in the index by state and age. */
interface Place {
  state: string;
  createdAtMs: number;
  seq: number;
}

/** Forgets tasks that ended and were last changed before an instant. Returns their ids. */
export async function trimTasks({ db, read, write }: Engine, olderThanMs: number): Promise<string[]> {
  const gone: string[] = [];
  for (const state of TERMINAL_STATES) {
    let after: Place | null = { state, createdAtMs: -Number.MAX_VALUE, seq: 0 };
    while (after !== null && gone.length < MOST_GONE) {
      const from: Place = after;
      // Most rounds find nothing: they cost no sync of the disk.
      if ((await read(() => rowsAfter(db, from, olderThanMs))).length === 0) break;
      const chunk = await write(() => trimChunk(db, from, olderThanMs));
      gone.push(...chunk.gone);
      after = chunk.last;
    }
  }
  return gone;
}

interface Row {
  seq: number;
  id: string;
  created_at_ms: number;
}

/** What was made later was changed later too, but for a clock that was set back: that waits for a later sweep. */
function rowsAfter(db: Database, { state, createdAtMs, seq }: Place, olderThanMs: number): Row[] {
  const sql = `SELECT seq, id, created_at_ms FROM tasks WHERE state = ? AND created_at_ms < ?
    AND (created_at_ms, seq) > (?, ?) ORDER BY created_at_ms, seq LIMIT ${LOOKED_AT_ONCE}`;
  return db.all<Row>(sql, state, olderThanMs, createdAtMs, seq);
}

function trimChunk(db: Database, after: Place, olderThanMs: number): { gone: string[]; last: Place | null } {
  const rows = rowsAfter(db, after, olderThanMs);
  const gone = rows.filter(({ seq }) => forget(db, seq, olderThanMs)).map(({ id }) => id);
  const count = "UPDATE task_counts SET tasks = tasks - ? WHERE state = ?";
  if (gone.length > 0) db.run(count, gone.length, after.state);
  const last = rows.at(-1);
  return {
    gone,
    last: last ? { state: after.state, createdAtMs: last.created_at_ms, seq: last.seq } : null,
  };
}

/** The key of every message of a task begins with its id (`outboxKey`). */
function forget(db: Database, seq: number, olderThanMs: number): boolean {
  const sql = `DELETE FROM tasks AS ended WHERE seq = ? AND body ->> '$.updatedAtMs' < ?
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE task_id = ended.id)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE key >= ended.id || ':' AND key < ended.id || ';')
    AND NOT EXISTS (SELECT 1 FROM tasks WHERE id = ended.body ->> '$.retryOf')`;
  return db.run(sql, seq, olderThanMs) === 1;
}
