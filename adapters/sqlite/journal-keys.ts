import type { Incident } from "../../core/incidents/index.ts";
import type { KeyedTable } from "./write-behind.ts";

/** What is known of an entry by its key: an event's id (in data of an earlier version also `<event>:<rule>` of a verdict). */
export interface KnownEntry {
  position: number;
  receivedAt: string;
  /** When it, or a duplicate of its delivery, was last stored. */
  lastAtMs: number;
  duplicates: number;
}

interface KnownRow {
  position: number;
  received_at: string;
  last_at_ms: number;
  duplicates: number;
}

/** The index of entries by key, and the memory of deliveries: each is one random page an event. */
export const KNOWN: KeyedTable<KnownEntry> = {
  name: "known",
  read: (db, key) => {
    const sql = "SELECT position, received_at, last_at_ms, duplicates FROM known WHERE key = ?";
    const row = db.get<KnownRow>(sql, key);
    if (!row) return undefined;
    const { position, received_at: receivedAt, last_at_ms: lastAtMs, duplicates } = row;
    return { position, receivedAt, lastAtMs, duplicates };
  },
  sql: "INSERT OR REPLACE INTO known (key, position, received_at, last_at_ms, duplicates) VALUES (?, ?, ?, ?, ?)",
  values: (key, { position, receivedAt, lastAtMs, duplicates }) => [
    ...[key, position, receivedAt, lastAtMs, duplicates],
  ],
  changedAtMs: ({ lastAtMs }) => lastAtMs,
};

/** An incident and when it last changed. */
export interface KnownIncident {
  incident: Incident;
  changedAtMs: number;
}

/** Incidents by source and key. */
export const INCIDENTS: KeyedTable<KnownIncident> = {
  name: "incidents",
  read: (db, key) => {
    const sql = "SELECT changed_at_ms, body FROM incidents WHERE key = ?";
    const row = db.get<{ changed_at_ms: number; body: string }>(sql, key);
    return row && { incident: JSON.parse(row.body) as Incident, changedAtMs: row.changed_at_ms };
  },
  sql: "INSERT OR REPLACE INTO incidents (key, state, changed_at_ms, body) VALUES (?, ?, ?, ?)",
  values: (key, { incident, changedAtMs }) => [key, incident.state, changedAtMs, JSON.stringify(incident)],
  changedAtMs: ({ changedAtMs }) => changedAtMs,
};

/** The key of an incident: no source can give another's. */
export function incidentKey(source: string, incident: string): string {
  return JSON.stringify([source, incident]);
}
