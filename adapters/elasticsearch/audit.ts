import type { estypes } from "@elastic/elasticsearch";
import type { AuditEntry } from "../../core/audit/index.ts";
import type { AuditCopy } from "../../core/ports/index.ts";
import type { Operation, Store } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { refusedError } from "./errors.ts";
import type { Indices } from "./indices.ts";
import { bodyOf, readCount, readHits } from "./schema.ts";

/** What the copy of the audit log is kept with. */
export interface AuditCopyDeps {
  connection: Connection;
  indices: Indices;
  store: Store;
  /** Makes sure of the templates. */
  prepared(): Promise<void>;
  /** When it returns, searches see what was written before. */
  settle(): Promise<void>;
}

/** A search gives no more at once. */
const MOST_AT_ONCE = 10_000;

/** The copy of the audit log in indices of their own, one for each day of its entries. */
export function createAuditCopy(deps: AuditCopyDeps): AuditCopy {
  return {
    write: (entries) => write(deps, entries),
    position: async () => {
      await deps.settle();
      return position(deps);
    },
    read: async (after, limit) => {
      await deps.settle();
      const hits = await find(deps, { query: { range: { seq: { gt: after } } }, order: "asc", size: limit });
      return hits.map((hit) => bodyOf<AuditEntry>(hit));
    },
  };
}

async function write(deps: AuditCopyDeps, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await deps.prepared();
  const { poison } = await deps.store(entries.map((entry) => operationOf(entry, deps.indices)));
  const [refused] = poison;
  if (refused) throw refusedError(poison.length, `the audit log: ${refused.problem}`);
}

function operationOf(entry: AuditEntry, indices: Indices): Operation {
  const { seq, at, who, what, object, hash } = entry;
  const source = JSON.stringify({ seq, at, who, what, object, hash, body: JSON.stringify(entry) });
  return { action: "index", index: indices.ofDay("audit", at), id: String(seq), source };
}

/** The highest number, unless there are fewer entries: then the gap is looked for by counting. */
async function position(deps: AuditCopyDeps): Promise<number> {
  const [newest] = await find(deps, { query: { match_all: {} }, order: "desc", size: 1 });
  const last = newest === undefined ? 0 : bodyOf<AuditEntry>(newest).seq;
  if ((await countTo(deps, last)) === last) return last;
  let [whole, gone] = [0, last];
  while (gone - whole > 1) {
    const middle = Math.floor((whole + gone) / 2);
    if ((await countTo(deps, middle)) === middle) whole = middle;
    else gone = middle;
  }
  return whole;
}

async function countTo({ connection, indices }: AuditCopyDeps, seq: number): Promise<number> {
  const query = { range: { seq: { lte: seq } } };
  const request = { index: indices.all("audit"), query, size: 0, track_total_hits: true };
  return readCount(await connection.search("count audit entries", request));
}

interface Wanted {
  query: estypes.QueryDslQueryContainer;
  order: "asc" | "desc";
  size: number;
}

async function find({ connection, indices }: AuditCopyDeps, { query, order, size }: Wanted) {
  const answer = await connection.search("read audit entries", {
    ...{ index: indices.all("audit"), query, size: Math.min(MOST_AT_ONCE, size) },
    ...{ sort: [{ seq: { order, unmapped_type: "long" as const } }], _source: ["body"] },
  });
  return readHits(answer);
}
