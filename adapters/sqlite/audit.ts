import {
  type AuditEntry,
  type AuditFact,
  type AuditLink,
  type ChainCheck,
  chained,
  checkChain,
  GENESIS,
} from "../../core/audit/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { Audit } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, limitOf } from "./engine.ts";

/** The audit log over SQLite. */
export function sqliteAudit(engine: Engine): Audit {
  const { db } = engine;
  const read = (after: number, limit: number) => engine.read(() => entriesAfter(db, after, limitOf(limit)));
  return {
    append: (fact) => engine.write(() => appendEntry(db, fact)),
    read,
    verify: (from) => verifyFrom(engine, from, read),
  };
}

/** Adds an entry behind the last, inside the caller's write. */
export function appendEntry(db: Database, fact: AuditFact): AuditEntry {
  const last = db.get<AuditLink>("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1") ?? GENESIS;
  const entry = chained(last, fact);
  insertEntry(db, entry);
  return entry;
}

/** Writes an entry as it is, inside the caller's write. */
export function insertEntry(db: Database, entry: AuditEntry): void {
  const { seq, hash, prev, at, who, what, object, detail } = entry;
  const sql =
    "INSERT INTO audit (seq, hash, prev, at, who, what, object, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  db.run(sql, seq, hash, prev, at, who, what, object, JSON.stringify(detail));
}

/** An entry as it is stored. */
export type AuditRow = Omit<AuditEntry, "detail"> & { detail: string };

/** The entry of a row. */
export function auditEntryOf(row: AuditRow): AuditEntry {
  return { ...row, detail: detailOf(row.detail) };
}

function entriesAfter(db: Database, after: number, limit: number): AuditEntry[] {
  const sql = `SELECT seq, prev, hash, at, who, what, object, detail FROM audit
    WHERE seq > ? ORDER BY seq LIMIT ?`;
  return db.all<AuditRow>(sql, after, limit).map(auditEntryOf);
}

/** What is no JSON any more was altered; the empty object in its place does not give the entry's hash. */
function detailOf(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}

/** So many entries are followed in one turn, so that a long chain does not stop everything else. */
const FOLLOWED_AT_ONCE = 250;

async function verifyFrom(engine: Engine, from: number, read: Audit["read"]): Promise<ChainCheck> {
  const first = Math.max(1, Math.floor(from));
  let last = await engine.read(() => linkBefore(engine.db, first));
  if (last === null) return { outcome: "broken", seq: first - 1, reason: "missing" };
  for (;;) {
    const entries = await read(last.seq, FOLLOWED_AT_ONCE);
    const checked: ChainCheck = checkChain(last, entries);
    if (checked.outcome === "broken" || entries.length === 0) return checked;
    last = checked.last;
    await nextTurn();
  }
}

function linkBefore(db: Database, seq: number): AuditLink | null {
  if (seq === 1) return GENESIS;
  return db.get<AuditLink>("SELECT seq, hash FROM audit WHERE seq = ?", seq - 1) ?? null;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
