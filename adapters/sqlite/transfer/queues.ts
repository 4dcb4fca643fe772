import type { Grant } from "../../../core/throttle/index.ts";
import { walked } from "./table.ts";

interface InboxRow {
  key: string;
  seq: number;
  done: number;
  received_at_ms: number;
  due_at_ms: number;
  attempts: number;
  payload: string;
}

/** The inbox: open items in the order of their turn, then those that are only remembered. */
export const callback = walked<InboxRow, "callback">(
  {
    kind: "callback",
    sql: `SELECT seq, key, done, received_at_ms, due_at_ms, attempts, payload FROM inbox
      WHERE (done, received_at_ms, seq) > (?, ?, ?) ORDER BY done, received_at_ms, seq LIMIT ?`,
    start: [-1, 0, 0],
    mark: (row) => [row.done, row.received_at_ms, row.seq],
    record: (row) => {
      const { received_at_ms: receivedAtMs, due_at_ms: dueAtMs, attempts, payload: text } = row;
      return { key: row.key, body: { receivedAtMs, open: row.done ? null : { attempts, dueAtMs, text } } };
    },
  },
  (db, { key, body: { receivedAtMs, open } }) => {
    const sql = `INSERT INTO inbox (key, done, received_at_ms, due_at_ms, attempts, payload)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const { dueAtMs, attempts, text } = open ?? { dueAtMs: 0, attempts: 0, text: "null" };
    db.run(sql, key, open ? 0 : 1, receivedAtMs, dueAtMs, attempts, text);
  },
);

interface BucketRow {
  key: string;
  tokens: number;
  at_ms: number;
  burst: number;
  next_at_ms: number;
  full_at_ms: number;
  held: number;
}

/** Token buckets. */
export const bucket = walked<BucketRow, "bucket">(
  {
    kind: "bucket",
    sql: "SELECT key, tokens, at_ms, burst, next_at_ms, full_at_ms, held FROM buckets WHERE key > ? ORDER BY key LIMIT ?",
    start: [""],
    mark: (row) => [row.key],
    record: ({ key, tokens, at_ms: atMs, burst, next_at_ms: nextAtMs, full_at_ms: fullAtMs, held }) => ({
      key,
      body: { tokens, atMs, burst, nextAtMs, fullAtMs, held },
    }),
  },
  (db, { key, body }) => {
    const sql = `INSERT INTO buckets (key, tokens, at_ms, burst, next_at_ms, full_at_ms, held)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    db.run(sql, key, body.tokens, body.atMs, body.burst, body.nextAtMs, body.fullAtMs, body.held);
  },
);

interface GrantRow {
  grant_id: string;
  given_at_ms: number;
  answer: string;
}

/** Answers that wishes for tokens were given. */
export const grant = walked<GrantRow, "grant">(
  {
    kind: "grant",
    sql: "SELECT grant_id, given_at_ms, answer FROM grants WHERE grant_id > ? ORDER BY grant_id LIMIT ?",
    start: [""],
    mark: (row) => [row.grant_id],
    record: (row) => ({
      key: row.grant_id,
      body: { givenAtMs: row.given_at_ms, grant: JSON.parse(row.answer) as Grant },
    }),
  },
  (db, { key, body }) => {
    const sql = "INSERT INTO grants (grant_id, given_at_ms, answer) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    db.run(sql, key, body.givenAtMs, JSON.stringify(body.grant));
  },
);
