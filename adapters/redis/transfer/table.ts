import type { TransferPage } from "../../../core/ports/index.ts";
import type { TransferKind, TransferRecord, TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Arg, Engine } from "../engine.ts";
import type { Script } from "../script.ts";

/** Where a page begins. */
export interface PageStart {
  after: string | null;
  limit: number;
}

/** How records of one kind are read out of the keys and written into them. */
export interface TransferTable<K extends TransferKind> {
  read(engine: Engine, start: PageStart): Promise<TransferPage>;
  write(engine: Engine, records: readonly TransferRecordOf<K>[]): Promise<void>;
}

/** Some rows of a tag. */
export interface Rows<Row> {
  rows: Row[];
  looked: number;
  isEnd: boolean;
}

/** Offsets stay good because nothing is written meanwhile. */
export interface OffsetWalk<Row, K extends TransferKind> {
  kind: K;
  /** Walked one after the other. */
  tags: readonly string[];
  /** Rows behind so many others, and whether those of the tag end there. `looked` counts what is passed over next time. */
  rows(engine: Engine, at: { tag: string; offset: number; limit: number }): Promise<Rows<Row>>;
  record(row: Row, no: number): Omit<TransferRecordOf<K>, "kind"> | null;
}

/** Reads a page of a walk over tags. */
export async function walkPage<Row, K extends TransferKind>(
  engine: Engine,
  walk: OffsetWalk<Row, K>,
  { after, limit }: PageStart,
): Promise<TransferPage> {
  const [index, offset] = after === null ? [0, 0] : (JSON.parse(after) as [number, number]);
  const tag = walk.tags[index];
  if (tag === undefined) return { records: [], next: null };
  const { rows, looked, isEnd } = await walk.rows(engine, { tag, offset, limit });
  const records = rows.flatMap((row, place) => {
    const record = walk.record(row, offset + place + 1);
    return record ? [{ kind: walk.kind, ...record } as TransferRecord] : [];
  });
  if (isEnd && index + 1 >= walk.tags.length) return { records, next: null };
  return { records, next: JSON.stringify(isEnd ? [index + 1, 0] : [index, offset + looked]) };
}

/** Rows of a script that takes an offset and a limit behind some other values. */
export function rowsBy<Row>(script: Script, before: readonly Arg[]) {
  return async (engine: Engine, at: { tag: string; offset: number; limit: number }) => {
    const rows = await engine.run<Row[]>(script, at.tag, [...before, at.offset, at.limit]);
    return { rows, looked: rows.length, isEnd: rows.length < at.limit };
  };
}

/** Most bytes of values that go to one script, so that the server is never long at one thing. */
const MOST_BYTES = 1_048_576;

/** Writes rows by a script, in their order, in calls of bounded size. */
export async function writeRows(
  engine: Engine,
  to: { script: Script; tag: string; before?: readonly Arg[] },
  rows: readonly (readonly Arg[])[],
): Promise<void> {
  let some: Arg[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    if (some.length > 0) await engine.write(to.script, to.tag, [...(to.before ?? []), ...some]);
    some = [];
    bytes = 0;
  };
  for (const row of rows) {
    const size = row.reduce<number>((sum, arg) => sum + (typeof arg === "number" ? 8 : arg.length), 0);
    if (bytes + size > MOST_BYTES) await send();
    some.push(...row);
    bytes += size;
  }
  await send();
}

/** Writes rows of several partitions, each partition's in their order. */
export async function writeByTag<T>(
  items: readonly T[],
  tagOf: (item: T) => string,
  write: (tag: string, some: readonly T[]) => Promise<void>,
): Promise<void> {
  const homes = Map.groupBy(items, tagOf);
  await Promise.all([...homes].map(([tag, some]) => write(tag, some)));
}
