import type { ThrottleStore } from "../../core/ports/index.ts";
import {
  type Bucket,
  type BucketView,
  type Grant,
  type TakeRequest,
  takeToken,
} from "../../core/throttle/index.ts";
import type { Database } from "./database.ts";
import { type Engine, sweep } from "./engine.ts";

/** The throttle store over SQLite. */
export function sqliteThrottle(engine: Engine): ThrottleStore {
  const { db, clock } = engine;
  return {
    take: (requests) => engine.write(() => requests.map((request) => takeOnce(db, request, clock.nowMs()))),
    show: (key) => engine.read(() => bucketView(db, key)),
    trim: async (olderThanMs) => {
      const grants = await sweep(engine, { table: "grants", forget: "given_at_ms < ?", olderThanMs });
      return grants + (await sweep(engine, { table: "buckets", forget: "full_at_ms < ?", olderThanMs }));
    },
  };
}

/** The answer that a grant id was given before; undefined when it was not. Runs inside the caller's write. */
export function grantOf(db: Database, grantId: string): Grant | undefined {
  const row = db.get<{ answer: string }>("SELECT answer FROM grants WHERE grant_id = ?", grantId);
  return row && (JSON.parse(row.answer) as Grant);
}

/** Judges one request, unless its grant id has its answer already. Runs inside the caller's write. */
export function takeOnce(db: Database, request: TakeRequest, nowMs: number): Grant {
  const known = grantOf(db, request.grantId);
  if (known) return known;
  const { grant, bucket } = takeToken(bucketOf(db, request.key), request);
  keepBucket(db, request, bucket, grant.bucket);
  keepGrant(db, request, grant, nowMs);
  return grant;
}

function bucketOf(db: Database, key: string): Bucket | undefined {
  const sql = "SELECT tokens, at_ms FROM buckets WHERE key = ?";
  const row = db.get<{ tokens: number; at_ms: number }>(sql, key);
  return row && { tokens: row.tokens, atMs: row.at_ms };
}

function keepBucket(db: Database, request: TakeRequest, bucket: Bucket, view: BucketView): void {
  const fullAtMs = bucket.atMs + (request.burst - bucket.tokens) * (request.perMs / request.limit);
  const sql = `INSERT INTO buckets (key, tokens, at_ms, burst, next_at_ms, full_at_ms) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, at_ms = excluded.at_ms, burst = excluded.burst,
    next_at_ms = excluded.next_at_ms, full_at_ms = excluded.full_at_ms`;
  db.run(sql, request.key, bucket.tokens, bucket.atMs, view.burst, view.nextAtMs, fullAtMs);
}

function keepGrant(db: Database, request: TakeRequest, grant: Grant, nowMs: number): void {
  // An event read late is judged at its own old instant; its answer is still as young as its reading.
  const givenAtMs = Math.max(nowMs, request.atMs);
  const sql = "INSERT INTO grants (grant_id, given_at_ms, answer) VALUES (?, ?, ?)";
  db.run(sql, request.grantId, givenAtMs, JSON.stringify(grant));
}

function bucketView(db: Database, key: string): BucketView | null {
  const sql = "SELECT tokens, burst, next_at_ms FROM buckets WHERE key = ?";
  const row = db.get<{ tokens: number; burst: number; next_at_ms: number }>(sql, key);
  return row ? { key, tokens: row.tokens, burst: row.burst, nextAtMs: row.next_at_ms } : null;
}
