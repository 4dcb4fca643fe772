import { createHash } from "node:crypto";
import type { estypes } from "@elastic/elasticsearch";
import type { Logger } from "../../core/ports/index.ts";
import type { Operation, Store } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { type Kept, keyOf, receivedAtOf } from "./documents.ts";
import { refusedError } from "./errors.ts";
import type { Indices } from "./indices.ts";
import type { Batch, Unfit } from "./join.ts";
import { bodyOf, type Hit, readHits } from "./schema.ts";

/** An event or verdict that Elasticsearch would not take. */
export interface DeadLetter {
  kind: Kept["kind"];
  /** The event's id, or `<event>:<rule>`. */
  id: string;
  /** What Elasticsearch said. */
  problem: string;
  /** ISO time of the event's receipt. */
  at: string;
  value: Kept["value"];
}

/** What a round of trying again did. */
export interface Retried {
  stored: number;
  /** Still refused; they stay in the list. */
  left: number;
}

/** The list of what could not be archived. Nobody else's documents wait for it. */
export interface DeadLetters {
  /** The oldest first, at most so many. */
  list(limit: number): Promise<DeadLetter[]>;
  /** Tries each one again, and takes from the list what is now stored. */
  retry(): Promise<Retried>;
}

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
    list: async (limit) => (await find(deps, limit)).map(letterOf),
    retry: () => retryAll(deps),
    bury: (unfit) => bury(deps, unfit),
  };
}

async function find(deps: DeadLetterDeps, size: number, after?: unknown[]): Promise<Hit[]> {
  const { connection, indices } = deps;
  if (after === undefined) {
    await connection.ask("refresh dead letters", (client) =>
      client.indices.refresh({ index: indices.dead, ignore_unavailable: true }),
    );
  }
  const answer = await connection.search("list dead letters", {
    ...{ index: indices.dead, ignore_unavailable: true, size, sort: ORDER },
    ...(after === undefined ? {} : { search_after: after as estypes.SortResults }),
  });
  return readHits(answer);
}

async function retryAll(deps: DeadLetterDeps): Promise<Retried> {
  const all: Retried = { stored: 0, left: 0 };
  let hits = await find(deps, PAGE);
  while (hits.length > 0) {
    const page = await retryHits(deps, hits);
    all.stored += page.stored;
    all.left += page.left;
    hits = await find(deps, PAGE, hits.at(-1)?.sort);
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
  const kept = keptIn(hit);
  const problem = String(hit._source?.["problem"]);
  const at = String(hit._source?.["at"] ?? "");
  return { kind: kept.kind, id: keyOf(kept), problem, at, value: kept.value };
}

function keptIn(hit: Hit): Kept {
  const kind = hit._source?.["kind"] === "verdicts" ? "verdicts" : "events";
  return { kind, value: bodyOf(hit) } as Kept;
}

async function retryHits(deps: DeadLetterDeps, hits: readonly Hit[]): Promise<Retried> {
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
