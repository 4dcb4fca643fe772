import type { AuditEntry } from "../../../core/audit/index.ts";
import type { ConfigVersion } from "../../../core/versions/index.ts";
import { type AuditRow, auditEntryOf, insertEntry } from "../audit.ts";
import { insertVersion } from "../config-store.ts";
import { nextNumber } from "../engine.ts";
import { walked } from "./table.ts";

/** The audit log: each entry as it is, so that the chain holds on. */
export const audit = walked<AuditRow, "audit">(
  {
    kind: "audit",
    sql: "SELECT seq, prev, hash, at, who, what, object, detail FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
    start: [0],
    mark: (row) => [row.seq],
    record: (row) => ({ key: String(row.seq), body: auditEntryOf(row) }),
  },
  (db, { body }) => {
    if (!db.get("SELECT 1 FROM audit WHERE seq = ?", body.seq)) insertEntry(db, body as AuditEntry);
  },
);

/** Versions of the configuration. */
export const version = walked<ConfigVersion, "version">(
  {
    kind: "version",
    sql: `SELECT kind, name, no, at, by, change, text, digest FROM config_versions
      WHERE (kind, name, no) > (?, ?, ?) ORDER BY kind, name, no LIMIT ?`,
    start: ["", "", 0],
    mark: (row) => [row.kind, row.name, row.no],
    record: (row) => ({ key: JSON.stringify([row.kind, row.name, row.no]), body: { ...row } }),
  },
  (db, { body }) => {
    const sql = "SELECT 1 FROM config_versions WHERE kind = ? AND name = ? AND no = ?";
    if (!db.get(sql, body.kind, body.name, body.no)) insertVersion(db, body);
  },
);

interface StateRow {
  kind: string;
  name: string;
  body: string;
}

/** Stops, mutes and delegations. */
export const state = walked<StateRow, "state">(
  {
    kind: "state",
    sql: "SELECT kind, name, body FROM state WHERE (kind, name) > (?, ?) ORDER BY kind, name LIMIT ?",
    start: ["", ""],
    mark: (row) => [row.kind, row.name],
    record: (row) => ({ key: JSON.stringify([row.kind, row.name]), body: { text: row.body } }),
  },
  (db, { key, body }) => {
    const [kind = "", name = ""] = JSON.parse(key) as string[];
    const sql = "INSERT INTO state (kind, name, revision, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    db.run(sql, kind, name, nextNumber(db, "state"), body.text);
  },
);
