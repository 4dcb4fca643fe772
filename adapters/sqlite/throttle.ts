import type { ThrottleStore } from "../../core/ports/index.ts";
import {
  type Bucket,
  type BucketSpec,
  type BucketView,
  bucketsAsked,
  fullAtMs,
  type Grant,
  MAX_BUCKETS,
  type TakeRequest,
  takeTokens,
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
      const full = await sweep(engine, { table: "buckets", forget: "full_at_ms < ?", olderThanMs });
      return grants + full + (await dropSurplus(engine));
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
  const known = request.grantId === "" ? undefined : grantOf(db, request.grantId);
  if (known) return known;
  const asked = bucketsAsked(request);
  const { grant, buckets } = takeTokens(
    asked.map(({ key }) => bucketOf(db, key)),
    request,
  );
  const views = [grant.bucket, ...(grant.also ?? [])];
  for (const [index, spec] of asked.entries()) {
    const view = views.find(({ key }) => key === spec.key) as BucketView;
    keepBucket(db, spec, { bucket: buckets[index] as Bucket, view });
  }
  if (request.grantId !== "") keepGrant(db, request, grant, nowMs);
  return grant;
}

function bucketOf(db: Database, key: string): Bucket | undefined {
  const sql = "SELECT tokens, at_ms, held FROM buckets WHERE key = ?";
  const row = db.get<{ tokens: number; at_ms: number; held: number }>(sql, key);
  return row && { tokens: row.tokens, atMs: row.at_ms, held: row.held };
}

function keepBucket(
  db: Database,
  spec: BucketSpec,
  { bucket, view }: { bucket: Bucket; view: BucketView },
): void {
  const { tokens, atMs, held } = bucket;
  const sql = `INSERT INTO buckets (key, tokens, at_ms, burst, next_at_ms, full_at_ms, held)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, at_ms = excluded.at_ms, burst = excluded.burst,
    next_at_ms = excluded.next_at_ms, full_at_ms = excluded.full_at_ms, held = excluded.held`;
  db.run(sql, spec.key, tokens, atMs, view.burst, view.nextAtMs, fullAtMs(bucket, spec), held);
}

function keepGrant(db: Database, request: TakeRequest, grant: Grant, nowMs: number): void {
  // An event read late is judged at its own old instant; its answer is still as young as its reading.
  const givenAtMs = Math.max(nowMs, request.atMs);
  const sql = "INSERT INTO grants (grant_id, given_at_ms, answer) VALUES (?, ?, ?)";
  db.run(sql, request.grantId, givenAtMs, JSON.stringify(grant));
}

function bucketView(db: Database, key: string): BucketView | null {
  const sql = "SELECT tokens, burst, next_at_ms, held FROM buckets WHERE key = ?";
  const row = db.get<{ tokens: number; burst: number; next_at_ms: number; held: number }>(sql, key);
  return row ? { key, tokens: row.tokens, burst: row.burst, nextAtMs: row.next_at_ms, held: row.held } : null;
}

/** Forgets what is over the most that is kept, those first that are full the soonest. */
async function dropSurplus(engine: Engine): Promise<number> {
  const kept = await engine.read(
    () => engine.db.get<{ count: number }>("SELECT count(*) AS count FROM buckets")?.count ?? 0,
  );
  const surplus = kept - MAX_BUCKETS;
  if (surplus <= 0) return 0;
  const sql = "SELECT full_at_ms AS at FROM buckets ORDER BY full_at_ms LIMIT 1 OFFSET ?";
  const at = await engine.read(() => engine.db.get<{ at: number }>(sql, surplus - 1)?.at ?? 0);
  return sweep(engine, { table: "buckets", forget: "full_at_ms <= ?", olderThanMs: at });
}
