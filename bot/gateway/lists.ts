import {
  bilingual,
  compareRows,
  isListed,
  isMinted,
  isOfGateway,
  joinedFilters,
  joinedHelp,
  mergedByKey,
  microsOf,
  type RouteClass,
  type Row,
  readPage,
  timeOrderOf,
} from "../../core/gateway/index.ts";
import { isJsonObject, type JsonObject } from "../../core/ids/index.ts";
import { inScope, objectOfTask } from "../../core/people/index.ts";
import { fault, noAnswer, tellMissing, warn } from "./answers.ts";
import { readFrom, requestOf, seenBy } from "./ask.ts";
import { findExecution, heldRow, shownId } from "./executions.ts";
import type { Ask, GatewayParts } from "./parts.ts";
import {
  failed,
  MAX_OFFSET,
  PAGE,
  type Part,
  type Placed,
  type Pulling,
  pullPages,
  wholeRows,
} from "./time-pages.ts";

type Timed = Extract<RouteClass, { kind: "by_time" }>;

/** One list over clusters, newest first. */
export async function listByTime(ask: Ask, kind: Timed, parts: GatewayParts): Promise<void> {
  const { ctx, query } = ask;
  const page = readPage(query, { defaultLimit: PAGE, maxLimit: PAGE, maxOffset: MAX_OFFSET, all: false });
  if (page.outcome === "refused") return fault(ctx, page.status, page.message);
  const order = timeOrderOf(query, kind.field);
  if (!order) {
    const en = `over several clusters a list is ordered by ${kind.field} alone`;
    return fault(ctx, 400, bilingual(`跨集群的列表只能按 ${kind.field} 排序`, en));
  }
  const held = await heldAmong(ask, parts);
  if (held === "answered") return;
  const seen = seenBy(ask, parts);
  if (!seen) return;
  // Only executions say which task they are of: other rows are for who sees the whole cluster.
  const asked = ask.path === "/v1/executions" ? seen : seen.filter(({ view }) => view === "all");
  const need = page.offset + page.limit;
  const pulling: Pulling = { ask, kind, order, need, parts };
  const lists = held.onlyHeld ? [] : await Promise.all(asked.map((one) => pullPages(one, pulling)));
  if (!wereAnswered(ask, lists)) return;
  const rows = await rowsOfPage({ lists, held: held.rows, offset: page.offset }, pulling);
  if (rows === "answered") return;
  ctx.body = await Promise.all(
    rows.map(async (row) => {
      const shown = held.real.get(String(row["id"])) ?? (await shownId(row, parts));
      return shown === null ? row : { ...row, id: shown };
    }),
  );
  ctx.set("X-Limit", String(page.limit));
  const total = lists.reduce((sum, list) => sum + list.total, held.rows.length);
  // What is hidden cannot be counted without being read.
  if (asked.every(({ view }) => view === "all")) ctx.set("X-Total-Count", String(total));
}

interface Pulled {
  lists: readonly Part[];
  held: readonly Row[];
  offset: number;
}

/** The rows that the caller gets, in their order; it is told in what way they are not all. */
async function rowsOfPage({ lists, held, offset }: Pulled, pulling: Pulling): Promise<Row[] | "answered"> {
  const { ask, kind, order, need } = pulling;
  const placed: Placed[] = [
    ...held.map((row) => ({ cluster: null, row })),
    ...lists.flatMap(({ cluster, rows }) => rows.map((row) => ({ cluster, row }))),
  ].sort((a, b) => compareRows(a.row, b.row, order));
  const wanted = placed.slice(offset, need);
  const { rows, parts } = await wholeRows(wanted, pulling);
  const silent = lists.filter(({ outcome }) => outcome === "missing");
  const isWhole = parts.every(({ outcome }) => outcome === "whole");
  if (!isWhole && !wereAnswered(ask, [...silent, ...parts])) return "answered";
  const gone = wanted.length - rows.length;
  if (isWhole && gone > 0) warn(ask.ctx, `incomplete: ${gone} rows have changed while they were read`);
  if (lists.some(({ cut }) => cut)) {
    warn(ask.ctx, `incomplete: no more than ${MAX_OFFSET} rows were looked at; page on with ${kind.before}`);
  }
  return rows;
}

/** False when the caller was told that nothing can be said. */
function wereAnswered({ ctx }: Ask, lists: readonly Part[]): boolean {
  const refusal = lists.find((list) => list.refusal)?.refusal;
  const missing = lists.filter(({ outcome }) => outcome === "missing").map(({ cluster }) => cluster);
  if (refusal) fault(ctx, refusal.status, refusal.text);
  else if (missing.length > 0 && missing.length === lists.length) noAnswer(ctx, missing);
  else {
    tellMissing(ctx, missing);
    return true;
  }
  return false;
}

interface Held {
  rows: Row[];
  /** Ids as asked for, by the real ones. */
  real: Map<string, string>;
  onlyHeld: boolean;
}

/** Puts the real ids in the place of minted ones in `id=`; what has no execution yet is a row of its own. */
async function heldAmong(ask: Ask, parts: GatewayParts): Promise<Held | "answered"> {
  const held: Held = { rows: [], real: new Map(), onlyHeld: false };
  const asked = (ask.query.get("id") ?? "").split(",").filter((id) => id !== "");
  if (asked.length === 0 && ask.path === "/v1/executions")
    return { ...held, rows: await waiting(ask, parts) };
  if (!asked.some(isMinted)) return held;
  const ids: string[] = [];
  for (const id of asked) {
    const found = isMinted(id) ? await findExecution(ask, id, parts) : null;
    if (found?.outcome === "held") held.rows.push(heldRow(found.task, parts.shown));
    if (found?.outcome === "execution") held.real.set(found.id, id);
    if (found === null || found.outcome === "execution") ids.push(found?.id ?? id);
  }
  ask.query.set("id", ids.join(","));
  ask.ctx.status = 200;
  return { ...held, onlyHeld: ids.length === 0 };
}

const WAITING = ["held", "pending_approval", "approved", "starting", "unknown"] as const;
const MOST_WAITING = 1_000;

/** What was started through the gateway and has no execution yet, as far as the caller sees and asks for it. */
async function waiting({ scope, query }: Ask, { tasks, shown }: GatewayParts): Promise<Row[]> {
  const after = microsOf(query.get("timestamp_gt") ?? undefined) ?? Number.NEGATIVE_INFINITY;
  const before = microsOf(query.get("timestamp_lt") ?? undefined) ?? Number.POSITIVE_INFINITY;
  const open = await tasks.list({ states: WAITING, limit: MOST_WAITING });
  const mine = open.filter((task) => isOfGateway(task) && inScope(scope, objectOfTask(task)));
  return mine
    .map((task) => heldRow(task, shown))
    .filter((row) => {
      const at = microsOf(row["start_timestamp"]) ?? 0;
      return at > after && at < before && isListed(row, query);
    });
}

type Keyed = Extract<RouteClass, { kind: "by_key" }>;

/** One list over clusters, each thing once. */
export async function listByKey(ask: Ask, { key, paged }: Keyed, parts: GatewayParts): Promise<void> {
  const { ctx, query } = ask;
  const rules = { defaultLimit: 100_000, maxLimit: 100_000, maxOffset: 100_000, all: true };
  const page = readPage(query, paged ? { ...rules, defaultLimit: PAGE } : rules);
  if (page.outcome === "refused") return fault(ctx, page.status, page.message);
  const seen = seenBy(ask, parts);
  if (!seen) return;
  const lists = await Promise.all(seen.map(({ name }) => pullAll(name, { ask, key, paged, parts })));
  if (!wereAnswered(ask, lists)) return;
  const { rows, conflicts } = mergedByKey(lists, key);
  ctx.set("X-Total-Count", String(rows.length));
  ctx.set("X-Limit", String(page.limit));
  if (conflicts.length > 0) warn(ctx, `clusters differ in: ${conflicts.slice(0, 10).join(", ")}`);
  ctx.body = rows.slice(page.offset, page.offset + page.limit);
}

async function pullAll(
  cluster: string,
  { ask, key, paged, parts }: { ask: Ask; key: string; paged: boolean; parts: GatewayParts },
): Promise<Part> {
  const part: Part = { cluster, rows: [], total: 0, outcome: "whole" };
  const query = new URLSearchParams(ask.query);
  for (const name of ["limit", "offset"]) query.delete(name);
  const included = query.get("include_attributes");
  if (included !== null) query.set("include_attributes", `${included},${key}`);
  for (let offset = 0; ; offset += PAGE) {
    if (paged) query.set("limit", String(PAGE));
    if (offset > 0) query.set("offset", String(offset));
    const read = await readFrom(cluster, requestOf(ask, { query: query.toString() }), parts);
    if (read.outcome !== "ok" || !Array.isArray(read.body)) return { ...part, ...failed(read) };
    const rows = (read.body as unknown[]).filter(isJsonObject) as JsonObject[];
    part.rows.push(...rows);
    if (!paged || rows.length < PAGE) return part;
  }
}

type Joined = Extract<RouteClass, { kind: "joined" }>;

/** The answers of all clusters that are wholly the caller's, put together. */
export async function listJoined(ask: Ask, { what }: Joined, parts: GatewayParts): Promise<void> {
  const seen = seenBy(ask, parts)?.filter(({ view }) => view === "all" || what === "help");
  if (!seen) return;
  const bodies: unknown[] = [];
  const missing: string[] = [];
  const reads = seen.map(async ({ name }) => ({ name, read: await readFrom(name, requestOf(ask), parts) }));
  for (const { name, read } of await Promise.all(reads)) {
    if (read.outcome === "ok") bodies.push(read.body);
    else missing.push(name);
  }
  if (missing.length > 0 && bodies.length === 0) return noAnswer(ask.ctx, missing);
  tellMissing(ask.ctx, missing);
  if (what === "help") ask.ctx.body = joinedHelp(bodies);
  else if (what === "filters") ask.ctx.body = joinedFilters(bodies);
  else ask.ctx.body = bodies.flat();
}
