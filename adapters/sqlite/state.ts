import type {
  StateChange,
  StateDocument,
  StateKind,
  StateOutcome,
  StateStore,
} from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { type Engine, nextNumber } from "./engine.ts";
import type { Wake } from "./group-commit.ts";

/** Shared documents over SQLite. */
export function sqliteState({ db, read, write }: Engine): StateStore {
  return {
    get: (kind, name) => read(() => get(db, kind, name)),
    list: (kind) => read(() => list(db, kind)),
    put: (change) => write((wake) => put(db, change, wake)),
    remove: (kind, name, expected) => write((wake) => remove(db, { kind, name, expected }, wake)),
    version: () =>
      read(() => db.get<{ value: number }>("SELECT value FROM meta WHERE name = 'state'")?.value ?? 0),
  };
}

interface Row {
  name: string;
  revision: number;
  body: string;
}

function documentOf<Kind extends StateKind>({ name, revision, body }: Row): StateDocument<Kind> {
  return { name, revision, body: JSON.parse(body) };
}

function rowOf(db: Database, kind: StateKind, name: string): Row | undefined {
  return db.get<Row>("SELECT name, revision, body FROM state WHERE kind = ? AND name = ?", kind, name);
}

function get<Kind extends StateKind>(db: Database, kind: Kind, name: string): StateDocument<Kind> | null {
  const row = rowOf(db, kind, name);
  return row ? documentOf(row) : null;
}

function list<Kind extends StateKind>(db: Database, kind: Kind): StateDocument<Kind>[] {
  const sql = "SELECT name, revision, body FROM state WHERE kind = ? ORDER BY name";
  return db.all<Row>(sql, kind).map((row) => documentOf<Kind>(row));
}

function put<Kind extends StateKind>(
  db: Database,
  { kind, name, expected, body }: StateChange<Kind>,
  wake: Wake,
): StateOutcome<Kind> {
  const row = rowOf(db, kind, name);
  if ((row?.revision ?? null) !== expected)
    return { outcome: "conflict", current: row ? documentOf(row) : null };
  const revision = nextNumber(db, "state");
  const sql = `INSERT INTO state (kind, name, revision, body) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body`;
  const text = JSON.stringify(body);
  db.run(sql, kind, name, revision, text);
  wake("state");
  return { outcome: "stored", document: documentOf({ name, revision, body: text }) };
}

function remove(
  db: Database,
  { kind, name, expected }: { kind: StateKind; name: string; expected: number },
  wake: Wake,
): boolean {
  const sql = "DELETE FROM state WHERE kind = ? AND name = ? AND revision = ?";
  if (db.run(sql, kind, name, expected) === 0) return false;
  nextNumber(db, "state");
  wake("state");
  return true;
}
