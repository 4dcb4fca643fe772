import type { LeaseOutcome, Leases } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, nextFence } from "./engine.ts";

/** Leases over SQLite. */
export function sqliteLeases({ db, clock, read, writeUnsynced }: Engine): Leases {
  return {
    acquire: (name, holder, ttlMs) =>
      writeUnsynced(() => acquire(db, { name, holder, ttlMs, nowMs: clock.nowMs() })),
    release: (name, fence) => writeUnsynced(() => release(db, { name, fence, nowMs: clock.nowMs() })),
    held: (prefix) => read(() => held(db, prefix, clock.nowMs())),
  };
}

interface Lease {
  holder: string;
  fence: number;
  leased_until_ms: number;
}

interface Asked {
  name: string;
  holder: string;
  ttlMs: number;
  nowMs: number;
}

function acquire(db: Database, { name, holder, ttlMs, nowMs }: Asked): LeaseOutcome {
  const lasting = "SELECT holder, fence, leased_until_ms FROM leases WHERE name = ? AND leased_until_ms > ?";
  const lease = db.get<Lease>(lasting, name, nowMs);
  if (lease && lease.holder !== holder)
    return { outcome: "taken", by: lease.holder, untilMs: lease.leased_until_ms };
  const fence = lease?.fence ?? nextFence(db);
  const untilMs = nowMs + ttlMs;
  const sql = `INSERT INTO leases (name, holder, fence, leased_until_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET holder = excluded.holder, fence = excluded.fence,
      leased_until_ms = excluded.leased_until_ms`;
  db.run(sql, name, holder, fence, untilMs);
  return { outcome: "held", fence, untilMs };
}

function release(db: Database, of: { name: string; fence: number; nowMs: number }): boolean {
  const sql = "UPDATE leases SET leased_until_ms = 0 WHERE name = ? AND fence = ? AND leased_until_ms > ?";
  return db.run(sql, of.name, of.fence, of.nowMs) === 1;
}

function held(db: Database, prefix: string, nowMs: number): string[] {
  const rows = db.all<{ name: string }>("SELECT name FROM leases WHERE leased_until_ms > ?", nowMs);
  return rows.flatMap(({ name }) => (name.startsWith(prefix) ? [name] : [])).sort();
}
