import type { TransferPage } from "../../../core/ports/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Arg, Engine } from "../engine.ts";
import { JOURNAL_TAG } from "../partitions.ts";
import { WRITE_ENTRIES } from "./journal-scripts.ts";
import { partitionsOf } from "./settings.ts";
import { type PageStart, type TransferTable, writeRows } from "./table.ts";

/** Per partition: the position read last, and how many entries came up to there. */
type Mark = [position: number, no: number][];

interface Found {
  partition: number;
  position: number;
  no: number;
  /** The instant of its writing, never before that of the entry before it in its partition. */
  orderMs: number;
  record: TransferRecordOf<"entry">;
}

/** The journal's entries, of all partitions together by the time of their writing, in order within each. */
export const entry: TransferTable<"entry"> = { read: readEntries, write: writeEntries };

async function readEntries(engine: Engine, { after, limit }: PageStart): Promise<TransferPage> {
  const partitions = await partitionsOf(engine);
  const mark = after === null ? newMark(partitions) : (JSON.parse(after) as Mark);
  const each = Math.max(10, Math.ceil((2 * limit) / partitions));
  const pages = await Promise.all(
    mark.map((_, partition) => readPartition(engine, mark, { partition, each })),
  );
  // Beyond the end of a partition's page it may hold something older.
  const horizonMs = Math.min(
    ...pages.map((page) => (page.length < each ? Number.POSITIVE_INFINITY : (page.at(-1)?.orderMs ?? 0))),
  );
  const found = pages.flat().filter((one) => one.orderMs <= horizonMs);
  for (const { partition, position, no } of found) mark[partition] = [position, no];
  found.sort((a, b) => a.orderMs - b.orderMs);
  const isEnd = horizonMs === Number.POSITIVE_INFINITY;
  return { records: found.map(({ record }) => record), next: isEnd ? null : JSON.stringify(mark) };
}

function newMark(partitions: number): Mark {
  return Array.from({ length: partitions }, () => [0, 0]);
}

type StreamRow = [id: string, fields: string[]];

async function readPartition(
  engine: Engine,
  mark: Mark,
  { partition, each }: { partition: number; each: number },
): Promise<Found[]> {
  const [from, before] = mark[partition] ?? [0, 0];
  const key = `${engine.base(JOURNAL_TAG)}:e:${partition}`;
  const rows = await engine.command<StreamRow[]>("XRANGE", [key, `${from + 1}-0`, "+", "COUNT", each]);
  let orderMs = 0;
  return rows.map(([id, fields], index) => {
    const record = recordOf(partition, before + index + 1, fields);
    orderMs = Math.max(orderMs, record.body.atMs);
    return { partition, position: Number.parseInt(id, 10), no: record.body.no, orderMs, record };
  });
}

/** Each field's name comes before its value. */
function recordOf(partition: number, no: number, fields: readonly string[]): TransferRecordOf<"entry"> {
  const [, kind, , key = "", , at, , raw = "", , text = ""] = fields;
  const rawRef = raw === "" ? null : raw;
  return {
    kind: "entry",
    key,
    body: { kind: kind === "event" ? "event" : "verdict", partition, no, atMs: Number(at), rawRef, text },
  };
}

async function writeEntries(engine: Engine, records: readonly TransferRecordOf<"entry">[]): Promise<void> {
  await writeRows(engine, { script: WRITE_ENTRIES, tag: JOURNAL_TAG }, records.map(entryArgs));
}

function entryArgs({ key, body }: TransferRecordOf<"entry">): Arg[] {
  const { partition, kind, rawRef, atMs, text } = body;
  return [partition, kind, key, rawRef ?? "", atMs, text, kind === "event" ? firstText(key, text) : ""];
}

/** What is kept of a delivery by its first event. */
function firstText(eventId: string, text: string): string {
  const { receivedAt } = JSON.parse(text) as { receivedAt: string };
  return JSON.stringify({ eventId, receivedAt });
}
