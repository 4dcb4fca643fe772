import { createHash } from "node:crypto";
import type { estypes } from "@elastic/elasticsearch";
import type { DeadLetter, DeadLetters, Logger, Retried } from "../../core/ports/index.ts";
import type { Operation, Store } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { type Kept, keyOf, receivedAtOf } from "./documents.ts";
import { refusedError } from "./errors.ts";
import type { Indices } from "./indices.ts";
import type { Batch, Unfit } from "./join.ts";
import { bodyOf, type Hit, readCount, readHits } from "./schema.ts";

/** What dead letters are kept with. */
export interface DeadLetterDeps {
  connection: Connection;
  indices: Indices;
  log: Logger;
  store: Store;
  /** Stores events and verdicts and gives back those that cannot be. */
  join(batch: Batch): Promise<Unfit[]>;
}

/** Puts documents into the list. Throws when that fails: then the whole batch is given again. */
export type Bury = (unfit: readonly Unfit[]) => Promise<void>;

const PAGE = 500;
const ORDER: estypes.Sort = [{ at: "asc" }, { id: "asc" }];

/** The dead letters of one archive, and how to add to them. */
export function createDeadLetters(deps: DeadLetterDeps): DeadLetters & { bury: Bury } {
  return {
    count: () => count(deps),
    list: async (limit) => (await find(deps, { size: limit })).map(letterOf),
    get: async (id) => {
      const [hit] = await find(deps, { size: 1, query: { ids: { values: [id] } } });
      return hit ? letterOf(hit) : null;
    },
    retry: (id) => (id === undefined ? retryAll(deps) : retryOne(deps, id)),
    bury: (unfit) => bury(deps, unfit),
  };
}

async function refresh({ connection, indices }: DeadLetterDeps): Promise<void> {
  await connection.ask("refresh dead letters", (client) =>
    client.indices.refresh({ index: indices.dead, ignore_unavailable: true }),
  );
}

async function count(deps: DeadLetterDeps): Promise<number> {
  await refresh(deps);
  const request = { index: deps.indices.dead, ignore_unavailable: true, size: 0, track_total_hits: true };
  return readCount(await deps.connection.search("count dead letters", request));
}

interface Wanted {
  size: number;
  query?: estypes.QueryDslQueryContainer;
  /** Where the page before ended. */
  after?: unknown[] | undefined;
}

async function find(deps: DeadLetterDeps, { after, ...wanted }: Wanted): Promise<Hit[]> {
  const { connection, indices } = deps;
  if (after === undefined) await refresh(deps);
  const answer = await connection.search("list dead letters", {
    ...{ index: indices.dead, ignore_unavailable: true, sort: ORDER, ...wanted },
    ...(after === undefined ? {} : { search_after: after as estypes.SortResults }),
  });
  return readHits(answer);
}

async function retryOne(deps: DeadLetterDeps, id: string): Promise<Retried> {
  return retryHits(deps, await find(deps, { size: 1, query: { ids: { values: [id] } } }));
}

async function retryAll(deps: DeadLetterDeps): Promise<Retried> {
  const all: Retried = { stored: 0, left: 0 };
  let hits = await find(deps, { size: PAGE });
  while (hits.length > 0) {
    const page = await retryHits(deps, hits);
    all.stored += page.stored;
    all.left += page.left;
    hits = await find(deps, { size: PAGE, after: hits.at(-1)?.sort });
  }
  return all;
}

async function bury(deps: DeadLetterDeps, unfit: readonly Unfit[]): Promise<void> {
  if (unfit.length === 0) return;
  const { poison } = await deps.store(unfit.map((one) => letterOperation(one, deps.indices)));
  const [refused] = poison;
  if (refused) throw refusedError(poison.length, `not even as dead letters: ${refused.problem}`);
  for (const { kept } of unfit) {
    deps.log.warn(
      { kind: kept.kind, id: keyOf(kept) },
      "could not be archived and is among the dead letters",
    );
  }
}

function letterOperation({ kept, problem }: Unfit, indices: Indices): Operation {
  // The id that was given may be what Elasticsearch refuses.
  const id = createHash("sha256")
    .update(`${kept.kind}:${keyOf(kept)}`)
    .digest("hex");
  const fields = { kind: kept.kind, id: keyOf(kept), problem, at: receivedAtOf(kept) };
  const source = JSON.stringify({ ...fields, body: JSON.stringify(kept.value) });
  return { action: "index", index: indices.dead, id, source };
}

function letterOf(hit: Hit): DeadLetter {
  const { kind, value } = keptIn(hit);
  const common = {
    id: hit._id,
    problem: String(hit._source?.["problem"]),
    at: String(hit._source?.["at"] ?? ""),
  };
  return kind === "events" ? { ...common, kind: "event", value } : { ...common, kind: "verdict", value };
}

function keptIn(hit: Hit): Kept {
  const kind = hit._source?.["kind"] === "verdicts" ? "verdicts" : "events";
  return { kind, value: bodyOf(hit) } as Kept;
}

async function retryHits(deps: DeadLetterDeps, hits: readonly Hit[]): Promise<Retried> {
  if (hits.length === 0) return { stored: 0, left: 0 };
  const all = hits.map(keptIn);
  const unfit = await deps.join({
    events: all.flatMap((kept) => (kept.kind === "events" ? [kept.value] : [])),
    verdicts: all.flatMap((kept) => (kept.kind === "verdicts" ? [kept.value] : [])),
  });
  const still = new Set(unfit.map(({ kept }) => kept.value));
  const gone = hits.filter((_, i) => !still.has((all[i] as Kept).value));
  await deps.store(
    gone.map(({ _index, _id }): Operation => ({ action: "delete", index: _index, id: _id, source: null })),
  );
  return { stored: gone.length, left: hits.length - gone.length };
}
