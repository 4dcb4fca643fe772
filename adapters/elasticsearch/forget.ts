import type { estypes } from "@elastic/elasticsearch";
import type { ArchiveRetention } from "../../core/ports/index.ts";
import type { Operation, Store } from "./bulk.ts";
import { badQuery } from "./errors.ts";
import { type Hit, readHits, readNames, readPointInTime, readTerms } from "./schema.ts";
import type { Place } from "./search.ts";

type Query = estypes.QueryDslQueryContainer;

/** What forgetting needs. */
export interface ForgetDeps extends Place {
  store: Store;
}

interface Day {
  index: string;
  /** `2026-11-01` */
  day: string;
  endMs: number;
}

const DAY_MS = 86_400_000;
const STEP = 1_000;
const MOST_TYPES = 10_000;
const KEEP_POINT = "5m";

/** Forgets what is kept for long enough, whole indices where it can. Returns how many events. */
export async function forget(deps: ForgetDeps, retention: ArchiveRetention, nowMs: number): Promise<number> {
  checkTimes(retention, nowMs);
  let events = 0;
  for (const day of await days(deps, "events")) {
    const isExpired = (type: string) => day.endMs <= nowMs - keepMsOf(retention, type);
    const expired = (await typesOf(deps, day)).filter(({ type }) => isExpired(type));
    if (expired.length > 0) events += await forgetDay(deps, day, isExpired);
  }
  await forgetOrphans(deps, nowMs - retention.defaultKeepMs);
  return events;
}

function checkTimes({ defaultKeepMs, byType }: ArchiveRetention, nowMs: number): void {
  for (const [name, ms] of Object.entries({ nowMs, defaultKeepMs, ...byType })) {
    if (!(ms >= 0)) throw badQuery(name, ms, "a number of milliseconds from 0");
  }
}

function keepMsOf({ defaultKeepMs, byType }: ArchiveRetention, type: string): number {
  return Object.hasOwn(byType, type) ? (byType[type] ?? defaultKeepMs) : defaultKeepMs;
}

/** The days that have an index, the earliest first. */
async function days({ connection, indices }: ForgetDeps, kind: "events" | "verdicts"): Promise<Day[]> {
  const answer = await connection.ask("list indices", (client) =>
    client.indices.resolveIndex({ name: indices.all(kind) }),
  );
  const found = readNames(answer).flatMap((index) => {
    const day = indices.dayOf(index);
    return day === null ? [] : [{ index, day, endMs: Date.parse(day) + DAY_MS }];
  });
  return found.toSorted((a, b) => a.endMs - b.endMs);
}

async function typesOf(
  { connection }: ForgetDeps,
  { index }: Day,
): Promise<{ type: string; events: number }[]> {
  await connection.ask("refresh", (client) => client.indices.refresh({ index }));
  const terms = { field: "type", size: MOST_TYPES, shard_size: MOST_TYPES };
  const answer = await connection.search("count types", { index, size: 0, aggs: { all: { terms } } });
  // With more types than that, the next call goes on.
  return readTerms(answer).buckets.map(({ term, events }) => ({ type: term, events }));
}

type IsExpired = (type: string) => boolean;

async function forgetDay(deps: ForgetDeps, day: Day, isExpired: IsExpired): Promise<number> {
  if ((await typesOf(deps, day)).every(({ type }) => isExpired(type))) {
    const events = await dropDay(deps, day, isExpired);
    if (events !== null) return events;
  }
  const types = (await typesOf(deps, day)).map(({ type }) => type).filter(isExpired);
  return eraseTypes(deps, day, types);
}

/**
 * Drops the index of a day. Nothing can be written to it from before the last look at its types on, so that no event
 * of a type that is kept for longer goes with it: who writes then is refused and comes again. Null when there is one.
 */
async function dropDay(deps: ForgetDeps, day: Day, isExpired: IsExpired): Promise<number | null> {
  const { connection, indices } = deps;
  const setWriteBlock = (value: true | null) =>
    connection.ask("block writes", (client) =>
      client.indices.putSettings({ index: day.index, settings: { "index.blocks.write": value } }),
    );
  await setWriteBlock(true);
  const types = await typesOf(deps, day);
  if (!types.every(({ type }) => isExpired(type))) {
    await setWriteBlock(null);
    return null;
  }
  for (const index of [day.index, indices.ofDay("verdicts", day.day)]) await dropIndex(deps, index);
  return types.reduce((sum, { events }) => sum + events, 0);
}

async function dropIndex({ connection }: ForgetDeps, index: string): Promise<void> {
  await connection.ask("delete index", (client) =>
    client.indices.delete({ index, ignore_unavailable: true }),
  );
}

/** Erases events one by one, each in one request with its verdicts. */
async function eraseTypes(deps: ForgetDeps, day: Day, types: readonly string[]): Promise<number> {
  const { connection, indices } = deps;
  const verdicts = indices.all("verdicts");
  await connection.ask("refresh", (client) =>
    client.indices.refresh({ index: verdicts, ignore_unavailable: true }),
  );
  let events = 0;
  for await (const hits of pagesOf(deps, day.index, { terms: { type: [...types] } })) {
    const ids = hits.map(({ _id }) => _id);
    const doomed = [...hits];
    for await (const page of pagesOf(deps, verdicts, { terms: { eventId: ids } })) doomed.push(...page);
    await erase(deps, doomed);
    events += hits.length;
  }
  return events;
}

async function erase({ store }: ForgetDeps, hits: readonly Hit[]): Promise<void> {
  await store(
    hits.map(({ _index, _id }): Operation => ({ action: "delete", index: _index, id: _id, source: null })),
  );
}

/** The places of all documents that fit, as they are at the beginning, whatever is erased meanwhile. */
export async function* pagesOf(
  { connection }: Pick<ForgetDeps, "connection">,
  index: string,
  query: Query,
): AsyncGenerator<Hit[]> {
  const point = await connection.ask("open point in time", (client) =>
    client.openPointInTime({ index, keep_alive: KEEP_POINT, ignore_unavailable: true }),
  );
  const pit = { id: readPointInTime(point), keep_alive: KEEP_POINT };
  try {
    let after: estypes.SortResults | undefined;
    while (true) {
      const answer = await connection.search("walk", {
        ...{
          pit,
          query,
          size: STEP,
          sort: [{ _shard_doc: "asc" }],

          _source: false,
        },
        ...(after === undefined ? {} : { search_after: after }),
      });
      const hits = readHits(answer);
      if (hits.length > 0) yield hits;
      if (hits.length < STEP) return;
      after = hits.at(-1)?.sort as estypes.SortResults;
    }
  } finally {
    await connection.ask("close point in time", (client) => client.closePointInTime({ id: pit.id }));
  }
}

/** What rules said of events that never came, or went before, and letters that nobody asked for again. */
async function forgetOrphans(deps: ForgetDeps, edgeMs: number): Promise<void> {
  const { indices } = deps;
  const withEvents = new Set((await days(deps, "events")).map(({ day }) => day));
  for (const { index, day, endMs } of await days(deps, "verdicts")) {
    if (endMs <= edgeMs && !withEvents.has(day)) await dropIndex(deps, index);
  }
  const query: Query = { range: { receivedAt: { lt: edgeMs - DAY_MS, format: "epoch_millis" } } };
  for await (const hits of pagesOf(deps, indices.waiting, query)) await erase(deps, hits);
  const dead = { index: indices.dead, ignore_unavailable: true };
  await deps.connection.ask("refresh dead letters", (client) => client.indices.refresh(dead));
  const letters: Query = { range: { at: { lt: edgeMs - DAY_MS, format: "epoch_millis" } } };
  for await (const hits of pagesOf(deps, indices.dead, letters)) await erase(deps, hits);
}
