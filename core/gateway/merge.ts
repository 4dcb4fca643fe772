import { hashOf, isJsonObject, type JsonObject } from "../ids/index.ts";
import type { Row } from "./held.ts";
import { microsOf } from "./micros.ts";

/** Rows of one cluster. */
export interface ClusterRows {
  cluster: string;
  rows: readonly Row[];
}

/** One list, and the keys of the rows that clusters differ in. */
export interface KeyedRows {
  rows: Row[];
  conflicts: string[];
}

/** Differ from cluster to cluster without meaning anything. */
const OWN_FIELDS = new Set(["id", "_id", "uid", "metadata_file", "whale"]);

/**
 * One row for each value of `key`: that of the first cluster that has it. `whale` in it tells which clusters have it,
 * and which of them have it otherwise. Sorted by the key, so that its pages do not shift. A row without the key counts
 * as one of its own.
 */
export function mergedByKey(lists: readonly ClusterRows[], key: string): KeyedRows {
  const found = new Map<string, { row: Row; clusters: string[]; differs: string[]; hash: string }>();
  for (const { cluster, rows } of lists) {
    for (const row of rows) {
      const name = row[key];
      const at = typeof name === "string" ? name : `${String(row["id"])}@${cluster}`;
      const known = found.get(at);
      const hash = contentOf(row);
      if (!known) found.set(at, { row, clusters: [cluster], differs: [], hash });
      else if (!known.clusters.includes(cluster)) {
        known.clusters.push(cluster);
        if (known.hash !== hash) known.differs.push(cluster);
      }
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const told = ({ row, clusters, differs }: { row: Row; clusters: string[]; differs: string[] }): Row => {
    return { ...row, whale: { clusters, ...(differs.length > 0 ? { differs } : {}) } };
  };
  const conflicts = sorted.flatMap(([at, { differs }]) => (differs.length > 0 ? [at] : []));
  return { rows: sorted.map(([, one]) => told(one)), conflicts };
}

function contentOf(row: Row): string {
  return hashOf(Object.fromEntries(Object.entries(row).filter(([field]) => !OWN_FIELDS.has(field))));
}

/** In which order a list over clusters is given. */
export interface TimeOrder {
  /** The field that says when. */
  field: string;
  /** Newest first. */
  descending: boolean;
}

/** Below 0 when `a` comes first. Rows of the same instant are in the order of their ids, everywhere the same. */
export function compareRows(a: Row, b: Row, { field, descending }: TimeOrder): number {
  const sign = descending ? -1 : 1;
  const [x, y] = [microsOf(a[field]) ?? 0, microsOf(b[field]) ?? 0];
  if (x !== y) return (x - y) * sign;
  const [i, j] = [String(a["id"]), String(b["id"])];
  return i === j ? 0 : (i < j ? -1 : 1) * sign;
}

/** The order that a query asks for; null for one that cannot be kept over several clusters. */
export function timeOrderOf(query: URLSearchParams, field: string): TimeOrder | null {
  const wants = (name: string) =>
    /^(?:true|1|yes|asc|desc|ascending|descending)$/i.test(query.get(name) ?? "");
  if (wants("sort_asc")) return { field, descending: false };
  const sort = query.get("sort");
  if (sort === null || sort === "" || wants("sort_desc")) return { field, descending: true };
  if (sort === `-${field}`) return { field, descending: true };
  return sort === field || sort === `+${field}` ? { field, descending: false } : null;
}

/** Rows of several clusters' views joined: lists of the same key united, in order. */
export function joinedFilters(bodies: readonly unknown[]): Record<string, string[]> {
  const joined = new Map<string, Set<string>>();
  for (const body of bodies) {
    if (!isJsonObject(body)) continue;
    for (const [name, values] of Object.entries(body as JsonObject)) {
      const known = joined.get(name) ?? new Set<string>();
      for (const value of Array.isArray(values) ? values : [])
        if (typeof value === "string") known.add(value);
      joined.set(name, known);
    }
  }
  return Object.fromEntries([...joined].map(([name, values]) => [name, [...values].sort()]));
}

/** The helps of several clusters as one, a line for each pack and way of saying it. */
export function joinedHelp(bodies: readonly unknown[]): Row {
  const lines = new Map<string, JsonObject>();
  for (const body of bodies) {
    const given = isJsonObject(body) ? body["helpstrings"] : null;
    for (const line of Array.isArray(given) ? given : []) {
      if (!isJsonObject(line)) continue;
      const one = line as JsonObject;
      const at = `${String(one["pack"])} ${String(one["display"])}`;
      if (!lines.has(at)) lines.set(at, one);
    }
  }
  const helpstrings = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  // StackStorm's own OpenAPI file misspells it; clients read one or the other.
  return { available: helpstrings.length, avaliable: helpstrings.length, helpstrings };
}
