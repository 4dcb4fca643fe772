/*
 * Times are REAL: milliseconds come from callers, who may compute them with fractions. Tables that are swept
 * by age keep their rowid, in which order the sweep walks. Long columns come last, so that a scan over the
 * others does not read them.
 */

/**
 * Tables of the journal: entries, what decides repeats, raw bodies, refusals, readers. `raw_bodies` are looked up by
 * names that begin with a time. `known`, `incidents` and `changes` have another form since `TABLES_BY_KEY`
 * (tables-by-key.ts).
 */
export const JOURNAL_TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  partition INTEGER NOT NULL,
  at_ms REAL NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('event', 'verdict')),
  key TEXT NOT NULL,
  raw_ref TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_partition ON entries (partition);

CREATE TABLE known (
  key TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  last_at_ms REAL NOT NULL,
  duplicates INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX known_seen_again ON known (last_at_ms) WHERE duplicates > 0;

CREATE TABLE incidents (
  key TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  changed_at_ms REAL NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_closed ON incidents (changed_at_ms) WHERE state = 'closed';

CREATE TABLE changes (id INTEGER PRIMARY KEY AUTOINCREMENT, rows TEXT NOT NULL) STRICT;

CREATE TABLE raw_bodies (
  ref TEXT NOT NULL UNIQUE,
  uses INTEGER NOT NULL,
  at_ms REAL NOT NULL,
  content_type TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX raw_bodies_unused ON raw_bodies (at_ms) WHERE uses = 0;
CREATE TRIGGER entry_forgotten AFTER DELETE ON entries WHEN OLD.raw_ref IS NOT NULL BEGIN
  UPDATE raw_bodies SET uses = uses - 1 WHERE ref = OLD.raw_ref;
END;

CREATE TABLE refusals (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  raw_ref TEXT NOT NULL,
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  at_ms REAL NOT NULL,
  count INTEGER NOT NULL,
  message TEXT NOT NULL,
  UNIQUE (raw_ref, reason, source)
) STRICT;

CREATE TABLE readers (
  reader TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  holder TEXT,
  fence INTEGER NOT NULL DEFAULT 0,
  leased_until_ms REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (reader, partition)
) STRICT, WITHOUT ROWID;
`;

/** Tables of the inbox and the throttle. */
export const QUEUE_TABLES = `
CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  done INTEGER NOT NULL DEFAULT 0,
  received_at_ms REAL NOT NULL,
  due_at_ms REAL NOT NULL DEFAULT 0,
  leased_until_ms REAL NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  payload TEXT NOT NULL
) STRICT;
CREATE INDEX inbox_open ON inbox (received_at_ms) WHERE done = 0;

CREATE TABLE buckets (
  key TEXT NOT NULL UNIQUE,
  tokens REAL NOT NULL,
  at_ms REAL NOT NULL,
  burst REAL NOT NULL,
  next_at_ms REAL NOT NULL,
  full_at_ms REAL NOT NULL
) STRICT;

CREATE TABLE grants (
  grant_id TEXT NOT NULL UNIQUE,
  given_at_ms REAL NOT NULL,
  answer TEXT NOT NULL
) STRICT;
`;

/** Tables of tasks and of the outbox. */
export const TASK_TABLES = `
CREATE TABLE tasks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at_ms REAL NOT NULL,
  due_at_ms REAL,
  leased_until_ms REAL NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  holder TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_due ON tasks (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX tasks_by_state ON tasks (state, created_at_ms);
CREATE INDEX tasks_by_age ON tasks (created_at_ms);

CREATE TABLE task_counts (state TEXT PRIMARY KEY, tasks INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER task_made AFTER INSERT ON tasks BEGIN
  INSERT INTO task_counts VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET tasks = tasks + 1;
END;
CREATE TRIGGER task_moved AFTER UPDATE OF state ON tasks WHEN OLD.state <> NEW.state BEGIN
  UPDATE task_counts SET tasks = tasks - 1 WHERE state = OLD.state;
  INSERT INTO task_counts VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET tasks = tasks + 1;
END;

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  task_id TEXT,
  head INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  kind TEXT NOT NULL,
  due_at_ms REAL NOT NULL,
  created_at_ms REAL NOT NULL,
  leased_until_ms REAL NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_of_task ON outbox (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX outbox_heads ON outbox (lane, seq, due_at_ms, leased_until_ms) WHERE head = 1;
CREATE INDEX outbox_due ON outbox (due_at_ms, leased_until_ms) WHERE head = 1;
CREATE INDEX outbox_by_kind ON outbox (kind);
`;

/** Tasks are found by their incident. */
export const TASK_INCIDENTS = `
ALTER TABLE tasks ADD COLUMN source TEXT;
ALTER TABLE tasks ADD COLUMN incident TEXT;
CREATE INDEX tasks_by_incident ON tasks (source, incident, state, created_at_ms) WHERE incident IS NOT NULL;
`;

/** Signatures that were taken, with the receipts of their delivery. In another form since `TABLES_BY_KEY`. */
export const SIGNATURE_TABLES = `
CREATE TABLE signatures (
  source TEXT NOT NULL,
  signature TEXT NOT NULL,
  expires_ms REAL NOT NULL,
  receipts TEXT NOT NULL,
  PRIMARY KEY (source, signature)
) STRICT, WITHOUT ROWID;
CREATE INDEX signatures_by_end ON signatures (expires_ms);
`;

/** The audit log, which even a mistake of our own cannot change, and the versions of the configuration. */
export const RECORD_TABLES = `
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  prev TEXT NOT NULL,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE config_versions (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  no INTEGER NOT NULL,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  change TEXT NOT NULL CHECK (change IN ('created', 'changed', 'retired')),
  digest TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (kind, name, no)
) STRICT, WITHOUT ROWID;
`;

/** Replays of stored events. */
export const REPLAY_TABLES = `
CREATE TABLE replays (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  ended INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at_ms REAL NOT NULL,
  updated_at_ms REAL NOT NULL,
  leased_until_ms REAL NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX replays_open ON replays (mode, created_at_ms) WHERE ended = 0;
CREATE INDEX replays_by_age ON replays (created_at_ms);
`;

/** Leases on names, and the documents that people's orders are kept in. */
export const SHARED_TABLES = `
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  leased_until_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
`;

/** How many wishes a bucket has held back since its last token. */
export const BUCKET_HELD = `
ALTER TABLE buckets ADD COLUMN held REAL NOT NULL DEFAULT 0;
`;

/** Why a message was put back the last time. */
export const OUTBOX_WHY = `
ALTER TABLE outbox ADD COLUMN why TEXT;
`;

/** A claim changes no index: of those that are due, few are held at a time. */
export const OUTBOX_LEASES = `
DROP INDEX outbox_heads;
DROP INDEX outbox_due;
CREATE INDEX outbox_heads ON outbox (lane, seq, due_at_ms) WHERE head = 1;
CREATE INDEX outbox_due ON outbox (due_at_ms) WHERE head = 1;
`;
