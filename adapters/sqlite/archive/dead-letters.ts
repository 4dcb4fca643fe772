import { createHash } from "node:crypto";
import type { DeadLetter, Retried } from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import { limitOf } from "../engine.ts";
import type { Batch } from "./batch.ts";

/** An event that could not be stored. */
export interface Unfit {
  eventId: string;
  at: string;
  body: string;
  problem: string;
}

/** Stores a batch, and gives back the events that it could not. */
export type Write = (batch: Batch) => Unfit[];

/** A letter as it crosses threads. */
export interface LetterRow {
  id: string;
  problem: string;
  at: string;
  body: string;
}

const COLUMNS = "id, problem, at, body";

/** Puts events into the list; one that is there already keeps its place. */
export function bury(db: Database, unfit: readonly Unfit[]): void {
  const sql = `INSERT INTO dead_letters (${COLUMNS}) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, at = excluded.at, body = excluded.body`;
  for (const { eventId, problem, at, body } of unfit) db.run(sql, letterId(eventId), problem, at, body);
}

function letterId(eventId: string): string {
  return createHash("sha256").update(`event:${eventId}`).digest("hex");
}

/** How many letters there are. */
export function countLetters(db: Database): number {
  return db.get<{ count: number }>("SELECT count(*) AS count FROM dead_letters")?.count ?? 0;
}

/** The oldest letters. */
export function listLetters(db: Database, limit: number): LetterRow[] {
  return rows(db, `SELECT ${COLUMNS} FROM dead_letters ORDER BY at, id LIMIT ?`, limitOf(limit));
}

/** One letter, or null. */
export function getLetter(db: Database, id: string): LetterRow | null {
  return rows(db, `SELECT ${COLUMNS} FROM dead_letters WHERE id = ?`, id)[0] ?? null;
}

function rows(db: Database, sql: string, value: string | number): LetterRow[] {
  // A row has no prototype; what leaves is an object like any other.
  return db.all<LetterRow>(sql, value).map((row) => ({ ...row }));
}

/** A letter out of its row. The embedded archive refuses no verdict. */
export function letterOf({ body, ...row }: LetterRow): DeadLetter {
  return { ...row, kind: "event", value: JSON.parse(body) };
}

/** One step of trying again: one letter, or so many behind the last of the step before. */
export type RetryStep = { id: string } | { after: string };

const RETRIED_AT_ONCE = 250;

/** Tries some letters again, inside a transaction. `next` is where to go on; null at the end. */
export function retryStep(db: Database, step: RetryStep, write: Write): Retried & { next: string | null } {
  const letters = "id" in step ? [getLetter(db, step.id) ?? []].flat() : lettersBehind(db, step.after);
  const unfit = write({ events: letters.map(({ body }) => body), verdicts: [] });
  const still = new Set(unfit.map(({ eventId }) => letterId(eventId)));
  const gone = letters.filter(({ id }) => !still.has(id));
  for (const { id } of gone) db.run("DELETE FROM dead_letters WHERE id = ?", id);
  const next = "id" in step ? null : (letters.at(-1)?.id ?? null);
  return { stored: gone.length, left: letters.length - gone.length, next };
}

function lettersBehind(db: Database, after: string): LetterRow[] {
  const sql = `SELECT ${COLUMNS} FROM dead_letters WHERE id > ? ORDER BY id LIMIT ${RETRIED_AT_ONCE}`;
  return rows(db, sql, after);
}
