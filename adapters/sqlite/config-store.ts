import type { ConfigStore, Recorded } from "../../core/ports/index.ts";
import {
  type ConfigChange,
  type ConfigName,
  type ConfigVersion,
  nextVersion,
} from "../../core/versions/index.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/** The versions of the configuration over SQLite. */
export function sqliteConfigStore({ db, read, write }: Engine): ConfigStore {
  return {
    record: (change) => write(() => recordVersion(db, change)),
    versions: (of) => read(() => versionsOf(db, of)),
    version: (of, no) => read(() => versionOf(db, of, no)),
    latest: (kind) => read(() => db.all<ConfigVersion>(LATEST, kind).map(plain)),
  };
}

const COLUMNS = "kind, name, no, at, by, change, text, digest";
// With max(), SQLite takes the other columns from the row that holds the maximum: https://sqlite.org/lang_select.html#bareagg
const LATEST = `SELECT kind, name, max(no) AS no, at, by, change, text, digest FROM config_versions
  WHERE kind = ? GROUP BY name ORDER BY name`;

function recordVersion(db: Database, change: ConfigChange): Recorded {
  const latest = latestOf(db, change);
  const version = nextVersion(latest, change);
  if (version === null) return { outcome: "same", version: latest };
  insertVersion(db, version);
  return { outcome: "recorded", version };
}

/** Writes a version as it is, inside the caller's write. */
export function insertVersion(db: Database, version: ConfigVersion): void {
  const { kind, name, no, at, by, change, text, digest } = version;
  const sql = `INSERT INTO config_versions (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  db.run(sql, kind, name, no, at, by, change, text, digest);
}

function latestOf(db: Database, { kind, name }: ConfigName): ConfigVersion | null {
  const sql = `SELECT ${COLUMNS} FROM config_versions WHERE kind = ? AND name = ? ORDER BY no DESC LIMIT 1`;
  const row = db.get<ConfigVersion>(sql, kind, name);
  return row ? plain(row) : null;
}

function versionsOf(db: Database, { kind, name }: ConfigName): ConfigVersion[] {
  const sql = `SELECT ${COLUMNS} FROM config_versions WHERE kind = ? AND name = ? ORDER BY no DESC`;
  return db.all<ConfigVersion>(sql, kind, name).map(plain);
}

function versionOf(db: Database, { kind, name }: ConfigName, no: number): ConfigVersion | null {
  const sql = `SELECT ${COLUMNS} FROM config_versions WHERE kind = ? AND name = ? AND no = ?`;
  const row = db.get<ConfigVersion>(sql, kind, name, no);
  return row ? plain(row) : null;
}

/** A row has no prototype; what leaves the store is an object like any other. */
function plain(row: ConfigVersion): ConfigVersion {
  return { ...row };
}
