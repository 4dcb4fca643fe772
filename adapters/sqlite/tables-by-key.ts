/** A table that is an index over hashes of keys, as key-index.ts writes it. */
export const indexTable = (name: string) => `CREATE TABLE ${name} (
  hash INTEGER NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY (hash, id)
) STRICT, WITHOUT ROWID;`;

/**
 * Rows of the journal that are found by ids, fingerprints and signatures lie in the order in which they came, and an index
 * over hashes of their keys is written behind (key-index.ts). Before, they were in tables in the order of their
 * keys, and what waited for these in a log of its own, `changes`.
 */
export const TABLES_BY_KEY = `
INSERT OR REPLACE INTO known (key, position, received_at, last_at_ms, duplicates)
  SELECT value ->> 1, value ->> '$[2].position', value ->> '$[2].receivedAt', value ->> '$[2].lastAtMs',
    value ->> '$[2].duplicates'
  FROM changes, json_each(changes.rows) AS row WHERE value ->> 0 = 'known' ORDER BY changes.id, row.id;
INSERT OR REPLACE INTO incidents (key, state, changed_at_ms, body)
  SELECT value ->> 1, value ->> '$[2].incident.state', value ->> '$[2].changedAtMs', value -> '$[2].incident'
  FROM changes, json_each(changes.rows) AS row WHERE value ->> 0 = 'incidents' ORDER BY changes.id, row.id;
DROP TABLE changes;

${indexTable("events_by_id")}
INSERT INTO events_by_id
  SELECT key_hash(key) AS hash, position FROM entries WHERE kind = 'event' ORDER BY hash, position;

CREATE TABLE seen_again (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  received_at TEXT NOT NULL,
  last_at_ms REAL NOT NULL
) STRICT;
INSERT INTO seen_again (key, received_at, last_at_ms)
  SELECT key, received_at, last_at_ms FROM known WHERE duplicates > 0;
DROP TABLE known;
CREATE INDEX seen_again_by_age ON seen_again (last_at_ms);
${indexTable("seen_again_by_key")}
INSERT INTO seen_again_by_key SELECT key_hash(key) AS hash, seq FROM seen_again ORDER BY hash, seq;

DROP INDEX incidents_closed;
ALTER TABLE incidents RENAME TO incidents_before;
CREATE TABLE incidents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  changed_at_ms REAL NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
INSERT INTO incidents (state, changed_at_ms, key, body)
  SELECT state, changed_at_ms, key, body FROM incidents_before ORDER BY changed_at_ms;
DROP TABLE incidents_before;
CREATE INDEX incidents_closed ON incidents (changed_at_ms) WHERE state = 'closed';
${indexTable("incidents_by_key")}
INSERT INTO incidents_by_key SELECT key_hash(key) AS hash, seq FROM incidents ORDER BY hash, seq;

DROP INDEX signatures_by_end;
ALTER TABLE signatures RENAME TO signatures_before;
CREATE TABLE signatures (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  expires_ms REAL NOT NULL,
  source TEXT NOT NULL,
  signature TEXT NOT NULL,
  receipts TEXT NOT NULL
) STRICT;
INSERT INTO signatures (expires_ms, source, signature, receipts)
  SELECT expires_ms, source, signature, receipts FROM signatures_before ORDER BY expires_ms;
DROP TABLE signatures_before;
CREATE INDEX signatures_by_end ON signatures (expires_ms);
${indexTable("signatures_by_name")}
INSERT INTO signatures_by_name
  SELECT key_hash(source || char(10) || signature) AS hash, seq FROM signatures ORDER BY hash, seq;

INSERT INTO meta SELECT 'events_by_id', coalesce(max(position), 0) FROM entries;
INSERT INTO meta SELECT 'seen_again_by_key', coalesce(max(seq), 0) FROM seen_again;
INSERT INTO meta SELECT 'incidents_by_key', coalesce(max(seq), 0) FROM incidents;
INSERT INTO meta SELECT 'signatures_by_name', coalesce(max(seq), 0) FROM signatures;
`;
