import type { Database } from "../database.ts";
import { newerError } from "./errors.ts";

const VERSION = 1;

/**
 * `seq` grows with the time of receipt (see order.ts), because full text search can give its hits only in the
 * order of their row numbers. The text itself is not kept: it can be made again out of the body. Our tokens
 * are ready made, so the tokenizer has only to part them at spaces; `ascii` does that and has no opinion on
 * other characters, where `unicode61` follows an old edition of Unicode.
 */
const SCHEMA = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    received_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX events_by_time ON events (received_ms, id);
  CREATE INDEX events_by_type ON events (type, received_ms, id);
  CREATE INDEX events_by_source ON events (source, received_ms, id);
  CREATE INDEX events_by_subject ON events (subject, received_ms, id);
  CREATE VIRTUAL TABLE event_text USING fts5(text, content='', contentless_delete=1, tokenize='ascii');
  CREATE TABLE verdicts (
    event_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event_id, rule_id)
  ) WITHOUT ROWID;
`;

/** Makes the tables in a new file. Throws `archive.newer_version` for a file that a later release wrote. */
export function prepareTables(db: Database): void {
  const found = db.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  if (found > VERSION) throw newerError(found, VERSION);
  if (found === VERSION) return;
  db.script(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT;`);
}
