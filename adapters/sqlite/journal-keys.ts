import type { WhaleEvent } from "../../core/events/index.ts";
import { type Incident, openedIncident } from "../../core/incidents/index.ts";
import type { Database } from "./database.ts";
import type { KeyedTable, KeyIndex } from "./key-index.ts";

/** Stored events by id. */
export const EVENTS: KeyedTable = {
  name: "entries",
  id: "position",
  key: "key",
  only: "kind = 'event'",
  index: "events_by_id",
};

/** Deliveries that came again, by the id of their first event. They are remembered longer than that. */
export const SEEN_AGAIN: KeyedTable = {
  name: "seen_again",
  id: "seq",
  key: "key",
  index: "seen_again_by_key",
};

/** Incidents by source and key, but for those that only the event that opened them tells. */
export const INCIDENTS: KeyedTable = { name: "incidents", id: "seq", key: "key", index: "incidents_by_key" };

/** Events that opened an incident, by its source and key. It may have changed since: `INCIDENTS` is looked at first. */
export const OPENED: KeyedTable = {
  name: "entries",
  id: "position",
  key: "opens",
  only: "opens IS NOT NULL",
  index: "opened_by_key",
};

/** Signatures by source and name, but for those of deliveries that brought one event. */
export const SIGNATURES: KeyedTable = {
  name: "signatures",
  id: "seq",
  key: "source || char(10) || signature",
  index: "signatures_by_name",
};

/** Events that came alone and signed, by source and name of the signature. */
export const SIGNED: KeyedTable = {
  name: "entries",
  id: "position",
  key: "signed",
  only: "signed IS NOT NULL",
  index: "signed_by_name",
};

/** Events that came alone, by the reference of the body that is in their row. */
export const BODIES: KeyedTable = {
  name: "entries",
  id: "position",
  key: "raw_ref",
  only: "content_type IS NOT NULL",
  index: "bodies_by_ref",
};

/** All tables of the journal whose rows are found through the index. */
export const KEYED_TABLES = [EVENTS, SEEN_AGAIN, INCIDENTS, OPENED, SIGNATURES, SIGNED, BODIES] as const;

/** What reads and writes rows by their keys. */
export interface Keyed {
  db: Database;
  index: KeyIndex;
}

/** When the first event of a delivery key was received; undefined when the key is not known. */
export function firstReceivedAt({ db, index }: Keyed, id: string): string | undefined {
  const position = index.find(EVENTS, id);
  if (position !== undefined) {
    const sql = "SELECT json_extract(body, '$.receivedAt') AS at FROM entries WHERE position = ?";
    return db.get<{ at: string }>(sql, position)?.at;
  }
  const seq = index.find(SEEN_AGAIN, id);
  if (seq === undefined) return undefined;
  return db.get<{ at: string }>("SELECT received_at AS at FROM seen_again WHERE seq = ?", seq)?.at;
}

/** Remembers inside a transaction that a delivery came again. */
export function rememberSeen(
  { db, index }: Keyed,
  id: string,
  { receivedAt, nowMs }: { receivedAt: string; nowMs: number },
): void {
  const seq = index.find(SEEN_AGAIN, id);
  if (seq !== undefined) {
    db.run("UPDATE seen_again SET last_at_ms = ? WHERE seq = ?", nowMs, seq);
    return;
  }
  const sql = "INSERT INTO seen_again (key, received_at, last_at_ms) VALUES (?, ?, ?)";
  index.put(SEEN_AGAIN, id, db.insert(sql, id, receivedAt, nowMs));
}

/** An incident and where it is kept: without a number, in the event that opened it. */
export interface KeptIncident {
  seq?: number;
  incident: Incident;
}

/** The key of an incident: no source can give another's. */
export function incidentKey(source: string, incident: string): string {
  return JSON.stringify([source, incident]);
}

/** An incident by its key. */
export function incidentOf({ db, index }: Keyed, key: string): KeptIncident | undefined {
  const seq = index.find(INCIDENTS, key);
  if (seq !== undefined) {
    const row = db.get<{ body: string }>("SELECT body FROM incidents WHERE seq = ?", seq);
    return row && { seq, incident: JSON.parse(row.body) as Incident };
  }
  const position = index.find(OPENED, key);
  if (position === undefined) return undefined;
  const row = db.get<OpeningRow>("SELECT body, fired_at_ms FROM entries WHERE position = ?", position);
  return row && { incident: openedBy(row) };
}

/** The event that opened an incident. */
export interface OpeningRow {
  body: string;
  fired_at_ms: number | null;
}

/** The incident as the event that opened it left it. */
export function openedBy({ body, fired_at_ms: firedAtMs }: OpeningRow): Incident {
  return openedIncident(JSON.parse(body) as WhaleEvent, firedAtMs ?? undefined);
}

/** Keeps an incident inside a transaction, in the place where it was before. */
export function keepIncident(
  { db, index }: Keyed,
  key: string,
  { incident, nowMs, seq }: { incident: Incident; nowMs: number; seq?: number | undefined },
): void {
  const values = [incident.state, nowMs, JSON.stringify(incident)] as const;
  if (seq !== undefined) {
    db.run("UPDATE incidents SET state = ?, changed_at_ms = ?, body = ? WHERE seq = ?", ...values, seq);
    return;
  }
  const sql = "INSERT INTO incidents (state, changed_at_ms, body, key) VALUES (?, ?, ?, ?)";
  index.put(INCIDENTS, key, db.insert(sql, ...values, key));
}

/** The key of a signature, as `SIGNATURES` has it; no name of a source has a line break. */
export function signatureKey(source: string, name: string): string {
  return `${source}\n${name}`;
}
