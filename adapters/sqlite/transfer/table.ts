import type { SQLInputValue } from "node:sqlite";
import type { TransferPage } from "../../../core/ports/index.ts";
import type {
  TransferBodies,
  TransferKind,
  TransferRecord,
  TransferRecordOf,
} from "../../../core/transfer/index.ts";
import type { Database } from "../database.ts";

/** How records of one kind are read out of the tables and written into them. */
export interface TransferTable<K extends TransferKind> {
  /** A page behind a mark. */
  read(db: Database, after: string | null, limit: number): TransferPage;
  /** Writes one, inside a transaction; nothing when its key is there. */
  write(db: Database, record: TransferRecordOf<K>): void;
}

/** A kind whose rows are walked along columns that together name a row. */
export interface Walk<Row, K extends TransferKind> {
  kind: K;
  /** Of all rows behind those values, in their order; ends with `LIMIT ?`. */
  sql: string;
  /** The values of the columns that are walked along, before the first row. */
  start: readonly SQLInputValue[];
  mark(row: Row): readonly SQLInputValue[];
  record(row: Row): { key: string; body: TransferBodies[K] };
}

/** Reads a page of a walk. */
export function walkPage<Row, K extends TransferKind>(
  db: Database,
  walk: Walk<Row, K>,
  at: { after: string | null; limit: number },
): TransferPage {
  const from = at.after === null ? walk.start : (JSON.parse(at.after) as SQLInputValue[]);
  const rows = db.all<Row>(walk.sql, ...from, at.limit);
  const records = rows.map((row) => ({ kind: walk.kind, ...walk.record(row) }) as TransferRecord);
  const last = rows.at(-1);
  const next = last !== undefined && rows.length === at.limit ? JSON.stringify(walk.mark(last)) : null;
  return { records, next };
}

/** A table that is read by a walk. */
export function walked<Row, K extends TransferKind>(
  walk: Walk<Row, K>,
  write: TransferTable<K>["write"],
): TransferTable<K> {
  return { read: (db, after, limit) => walkPage(db, walk, { after, limit }), write };
}
