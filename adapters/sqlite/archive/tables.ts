import type { Database } from "../database.ts";
import { migrate, schemaVersion } from "../migrations.ts";
import { newerError } from "./errors.ts";

/**
 * `seq` grows with the time of receipt (see order.ts), because full text search can give its hits only in the
 * order of their row numbers. Bodies are apart, so that counting walks over narrow rows.
 *
 * `event_text` holds the words of an event and a token for each value that it is filtered by (see tokens.ts),
 * so that any mix of both is one intersection in the order of time. The text itself is not kept: it can be
 * made again out of the body. Tokens are ready made, so the tokenizer has only to part them at spaces; `ascii`
 * does that and has no opinion on other characters, where `unicode61` follows an old edition of Unicode.
 *
 * Many small parts of it are merged at once rather than few at a time: each merge writes the parts anew, and a
 * search looks quickly into a few dozen.
 *
 * `daily` counts events by UTC day, type and source; `waiting_verdicts` are those whose event is not here yet.
 */
const EVENT_TABLES = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    subject TEXT NOT NULL,
    invalid INTEGER NOT NULL
  );
  CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE VIRTUAL TABLE event_text USING fts5(text, content='', contentless_delete=1, tokenize='ascii');
  INSERT INTO event_text (event_text, rank) VALUES ('automerge', 16), ('crisismerge', 64);
  CREATE TABLE verdicts (
    seq INTEGER NOT NULL,
    rule_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (seq, rule_id)
  ) WITHOUT ROWID;
  CREATE INDEX verdicts_by_rule ON verdicts (rule_id, seq, reason);
  CREATE INDEX verdicts_by_reason ON verdicts (reason, seq, rule_id);
  CREATE TABLE waiting_verdicts (
    event_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (event_id, rule_id)
  ) WITHOUT ROWID;
  CREATE TABLE daily (
    day INTEGER NOT NULL,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    events INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (day, type, source)
  ) WITHOUT ROWID;
`;

/** Events that could not be stored. */
const LETTER_TABLES = `
  CREATE TABLE dead_letters (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    problem TEXT NOT NULL,
    body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX dead_letters_by_age ON dead_letters (at);
`;

/** The copy of the audit log. */
const AUDIT_TABLE = "CREATE TABLE audit (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);";

/** Each brings a file one version further. */
const STEPS: readonly string[] = [EVENT_TABLES, LETTER_TABLES, AUDIT_TABLE];
/** The version of the files that this release writes. */
export const SCHEMA_VERSION = STEPS.length;

/** Makes the tables in a new file, and those that an old one lacks. Throws `archive.newer_version` for a file that a later release wrote. */
export function prepareTables(db: Database): void {
  const found = schemaVersion(db);
  if (found > STEPS.length) throw newerError(found, STEPS.length);
  migrate(db, STEPS);
}
