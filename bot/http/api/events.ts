import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { isChatOpsError } from "../../../core/errors.ts";
import { asksForWords } from "../../../core/events/index.ts";
import { hashOf, type JsonObject } from "../../../core/ids/index.ts";
import type {
  Archive,
  ArchiveCounts,
  ArchiveFilter,
  ArchiveKey,
  Journal,
} from "../../../core/ports/index.ts";
import { answering } from "./answers.ts";
import { recordDeed } from "./audited.ts";
import { filterOf, type KnownTypes, keptToScope, verdictsTold } from "./event-filter.ts";
import { exportEvents } from "./export-events.ts";
import { type OneEventDeps, showEvent, showRaw } from "./one-event.ts";
import { given, NO_WORDS, type QueryReader, queryReader, refuseQuery } from "./query.ts";

export interface EventDeps extends OneEventDeps, KnownTypes {
  archive: Archive;
  journal: Journal;
}

type Handler = (ctx: RouterContext, deps: EventDeps) => Promise<void>;

const ALL = "/api/v1/events";
const ROUTES: [path: string, handler: Handler][] = [
  [ALL, search],
  // Before the one with the id, which would fit these too.
  [`${ALL}/export`, exportFound],
  [`${ALL}/aggregate`, aggregate],
  [`${ALL}/:id`, showEvent],
  [`${ALL}/:id/raw`, showRaw],
];

/** What has come, over REST: search, look, export, count. */
export function eventRoutes(router: Router, deps: EventDeps): void {
  for (const [path, handler] of ROUTES) {
    router.get(
      path,
      answering(deps.log, (ctx: RouterContext) => handler(ctx, deps)),
    );
  }
}

/** What a query asks, its filter kept to what the caller may read; null when the request has been answered. */
async function asked<T extends { limit: number; by?: ArchiveKey }>(
  ctx: RouterContext,
  deps: EventDeps,
  more: (read: QueryReader) => T,
): Promise<{ who: string; filter: ArchiveFilter | null; more: T } | null> {
  const caller = await deps.guard(ctx, "events.read", "some");
  if (caller.outcome === "answered") return null;
  const read = queryReader(ctx.query);
  const filter = filterOf(read, deps.clock.nowMs());
  const rest = more(read);
  const faults = read.faults();
  if (faults.length > 0) {
    refuseQuery(ctx, faults);
    return null;
  }
  const told = verdictsTold(filter, { ...rest, rules: deps.rules() });
  if (told && (await deps.guard(ctx, "rules.read", told)).outcome === "answered") return null;
  return { who: caller.who, filter: await keptToScope(filter, caller.scope, deps), more: rest };
}

async function search(ctx: RouterContext, deps: EventDeps): Promise<void> {
  const query = await asked(ctx, deps, (read) => ({
    limit: read.whole("limit", { fallback: 50, max: 500 }),
    ...given({ order: read.oneOf("order", ["newest", "oldest"]), after: read.text("after") }),
  }));
  if (!query) return;
  const { filter, more } = query;
  await answerAsked(ctx, async () =>
    filter ? deps.archive.search({ ...filter, ...more }) : { events: [], next: null },
  );
}

const MOST_EXPORTED = 10_000_000;

async function exportFound(ctx: RouterContext, deps: EventDeps): Promise<void> {
  const query = await asked(ctx, deps, (read) => ({
    limit: read.whole("limit", { fallback: 100_000, max: MOST_EXPORTED }),
  }));
  if (!query) return;
  const { limit } = query.more;
  const { text } = query.filter ?? {};
  if (text !== undefined && !asksForWords(text))
    return refuseQuery(ctx, [{ name: "q", message: NO_WORDS }], 422);
  // What was looked for may itself be a text that no record should hold: its hash says whether two were the same.
  const detail = { filter: hashOf(query.filter as JsonObject | null), limit };
  await recordDeed(deps, { who: query.who, what: "events.export", object: "events", detail });
  await answerAsked(ctx, () => exportEvents({ filter: query.filter, limit }, ctx, deps));
}

const KEYS = ["type", "source", "severity", "status", "subject", "rule", "reason"] as const;

async function aggregate(ctx: RouterContext, deps: EventDeps): Promise<void> {
  const query = await asked(ctx, deps, (read) => ({
    by: keyOf(read),
    limit: read.whole("limit", { fallback: 20, max: 1000 }),
    ...given({ interval: read.oneOf("interval", ["minute", "hour", "day"]) }),
  }));
  if (!query) return;
  const { filter, more } = query;
  const nothing: ArchiveCounts = { buckets: [], others: { keys: 0, events: 0 }, events: 0 };
  await answerAsked(ctx, async () => (filter ? deps.archive.aggregate(filter, more) : nothing));
}

function keyOf(read: QueryReader): ArchiveKey {
  const by = read.text("by") ?? "";
  const key = KEYS.find((one) => one === by);
  if (key) return key;
  if (/^label:./su.test(by)) return by as `label:${string}`;
  read.fault("by", `要填 (must be one of): ${KEYS.join(", ")}, label:NAME`);
  return "type";
}

/** Answers with what was found; 400 for what the archive cannot be asked. */
async function answerAsked(ctx: RouterContext, find: () => Promise<unknown>): Promise<void> {
  try {
    ctx.body = await find();
  } catch (error) {
    if (!isChatOpsError(error) || error.code !== "archive.bad_query") throw error;
    refuseQuery(ctx, [{ name: "query", message: error.message }]);
  }
}
