import {
  microsOf,
  microsText,
  type RouteClass,
  type Row,
  type TimeOrder,
  taskIdOf,
} from "../../core/gateway/index.ts";
import { isJsonObject, type JsonObject } from "../../core/ids/index.ts";
import { inScope, objectOfTask } from "../../core/people/index.ts";
import { readFrom, requestOf, type Seen } from "./ask.ts";
import type { Ask, GatewayParts } from "./parts.ts";

/** What a request to StackStorm gives at most. */
export const PAGE = 100;
/** How deep a list can be paged by number; on from there it is paged by time. */
export const MAX_OFFSET = 5_000;

/** What one cluster gave of a list. */
export interface Part {
  cluster: string;
  rows: Row[];
  total: number;
  outcome: "whole" | "missing" | "refused";
  refusal?: { status: number; text: string };
  /** There may be more that were not looked at. */
  cut?: boolean;
}

export interface Pulling {
  ask: Ask;
  kind: Extract<RouteClass, { kind: "by_time" }>;
  order: TimeOrder;
  need: number;
  parts: GatewayParts;
}

/** Where rows are skipped, no more is read of them than puts them in their place. */
function isDeep({ need }: Pulling): boolean {
  return need > PAGE;
}

/** The first rows of a cluster's list, as many as are needed. Paged by time, so that rows which come meanwhile shift nothing. */
export async function pullPages({ name, view }: Seen, pulling: Pulling): Promise<Part> {
  const { ask, kind, order, need, parts } = pulling;
  const part: Part = { cluster: name, rows: [], total: 0, outcome: "whole" };
  const known = new Set<string>();
  const query = isDeep(pulling) ? placesQuery(ask, kind) : rowsQuery(ask, kind);
  query.set("limit", String(Math.min(PAGE, need)));
  for (let page = 0; part.rows.length < need; page++) {
    if (page * PAGE >= MAX_OFFSET + PAGE) return { ...part, cut: true };
    const read = await readFrom(name, requestOf(ask, { query: query.toString() }), parts);
    if (read.outcome !== "ok" || !Array.isArray(read.body)) return { ...part, ...failed(read) };
    if (page === 0) part.total = Number(read.headers["x-total-count"] ?? 0);
    const rows = (read.body as unknown[]).filter(isJsonObject) as JsonObject[];
    const fresh = rows.filter((row) => !known.has(String(row["id"])));
    for (const row of fresh) known.add(String(row["id"]));
    part.rows.push(...(view === "all" ? fresh : await visible(fresh, ask, parts)));
    const last = microsOf(rows.at(-1)?.[kind.field]);
    if (rows.length < Number(query.get("limit")) || fresh.length === 0 || last === null) break;
    // One further, so that rows of the same instant are not left out; known ones are dropped.
    if (order.descending) query.set(kind.before, microsText(last + 1));
    else query.set(kind.after, microsText(last - 1));
  }
  return part;
}

/** A row with the cluster that gave it; null for what no cluster has yet. */
export interface Placed {
  cluster: string | null;
  row: Row;
}

/** The rows of a page as they are asked for; those that are gone meanwhile, or cannot be read, are left out. */
export async function wholeRows(
  page: readonly Placed[],
  pulling: Pulling,
): Promise<{ rows: Row[]; parts: Part[] }> {
  if (!isDeep(pulling)) return { rows: page.map(({ row }) => row), parts: [] };
  const clusters = [...new Set(page.flatMap(({ cluster }) => cluster ?? []))];
  const reads = clusters.map((cluster) => {
    const own = page.filter((one) => one.cluster === cluster).map(({ row }) => row);
    return windowOf(cluster, own, pulling);
  });
  const parts = await Promise.all(reads);
  const whole = new Map(
    parts.flatMap(({ cluster, rows }) => rows.map((row) => [`${cluster} ${row["id"]}`, row])),
  );
  const rows = page
    .map(({ cluster, row }) => (cluster === null ? row : whole.get(`${cluster} ${row["id"]}`)))
    .filter((row) => row !== undefined);
  return { rows, parts };
}

/** A cluster's rows of the time that some of them span, which are no more than one request gives but for ties. */
async function windowOf(cluster: string, rows: readonly Row[], pulling: Pulling): Promise<Part> {
  const { ask, kind, parts } = pulling;
  const part: Part = { cluster, rows: [], total: 0, outcome: "whole" };
  const times = rows.flatMap((row) => microsOf(row[kind.field]) ?? []);
  const query = rowsQuery(ask, kind);
  query.set("limit", String(PAGE));
  if (times.length > 0) {
    query.set(kind.before, microsText(Math.max(...times) + 1));
    query.set(kind.after, microsText(Math.min(...times) - 1));
  }
  const read = await readFrom(cluster, requestOf(ask, { query: query.toString() }), parts);
  if (read.outcome !== "ok" || !Array.isArray(read.body)) return { ...part, ...failed(read) };
  return { ...part, rows: (read.body as unknown[]).filter(isJsonObject) as JsonObject[] };
}

/** What became of a read that gave no list. */
export function failed(read: Awaited<ReturnType<typeof readFrom>>): Pick<Part, "outcome" | "refusal"> {
  if (read.outcome !== "status" || read.status >= 500 || read.status === 401) return { outcome: "missing" };
  const text = isJsonObject(read.body) ? String(read.body["faultstring"] ?? "") : "";
  return { outcome: "refused", refusal: { status: read.status, text } };
}

/** Without when and whose a row cannot be put in its place. */
function placing({ path }: Ask, field: string): string[] {
  return path === "/v1/executions" ? [field, "id", "context"] : [field, "id"];
}

function placesQuery(ask: Ask, { field }: Pulling["kind"]): URLSearchParams {
  const own = new URLSearchParams(ask.query);
  for (const name of ["offset", "exclude_attributes"]) own.delete(name);
  own.set("include_attributes", placing(ask, field).join(","));
  return own;
}

function rowsQuery(ask: Ask, { field }: Pulling["kind"]): URLSearchParams {
  const own = new URLSearchParams(ask.query);
  own.delete("offset");
  const included = own.get("include_attributes");
  if (included !== null) {
    own.set("include_attributes", [...new Set([...included.split(","), ...placing(ask, field)])].join(","));
  }
  return own;
}

async function visible(rows: readonly Row[], { scope }: Ask, { tasks }: GatewayParts): Promise<Row[]> {
  const judged = rows.map(async (row) => {
    const id = taskIdOf(row);
    const task = id === null ? null : await tasks.get(id);
    return task !== null && inScope(scope, objectOfTask(task)) ? [row] : [];
  });
  return (await Promise.all(judged)).flat();
}
