import type { FirstDelivery, Incident } from "../../../core/incidents/index.ts";
import type { ReaderName } from "../../../core/ports/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Engine } from "../engine.ts";
import type { TakenSignature } from "../journal-facts.ts";
import { readRefusal } from "../journal-refusals.ts";
import { JOURNAL_TAG } from "../partitions.ts";
import {
  COUNT_PASSED,
  READ_DELIVERIES,
  WRITE_DELIVERIES,
  WRITE_NAMES,
  WRITE_PLACES,
  WRITE_RAW,
  WRITE_REFUSALS,
} from "./journal-scripts.ts";
import { READ_SCORED, WRITE_SCORED } from "./queue-scripts.ts";
import { partitionsOf } from "./settings.ts";
import { type OffsetWalk, rowsBy, type TransferTable, walkPage, writeRows } from "./table.ts";

const tags = [JOURNAL_TAG];

/** Complete by its type: a place that is not moved would be read from the beginning. */
export const READERS: Record<ReaderName, true> = { archive: true, rules: true };

interface RawRow {
  ref: string;
  atMs: number;
  type: Buffer;
  bytes: Buffer;
}

/** Bodies may have megabytes each. */
const RAW_PAGE_BYTES = 4_194_304;

const rawWalk: OffsetWalk<RawRow, "raw"> = {
  kind: "raw",
  tags,
  rows: async (engine, { tag, offset, limit }) => {
    const range = [`${engine.base(tag)}:rawat`, offset, offset + limit - 1, "WITHSCORES"];
    const page = await engine.command<string[]>("ZRANGE", range);
    const all = page.filter((_, index) => index % 2 === 0);
    const refs = await refsOfOnePage(engine, all);
    const kept = await Promise.all(
      refs.map((ref) => engine.bytes<(Buffer | null)[]>("HMGET", [rawKey(engine, ref), "type", "bytes"])),
    );
    const rows = refs.flatMap((ref, index) => {
      const [type, bytes] = kept[index] ?? [];
      return type && bytes ? [{ ref, atMs: Number(page[2 * index + 1]), type, bytes }] : [];
    });
    return { rows, looked: refs.length, isEnd: all.length < limit && refs.length === all.length };
  },
  record: ({ ref, atMs, type, bytes }) => ({
    key: ref,
    body: { contentType: type.toString(), base64: bytes.toString("base64"), atMs },
  }),
};

function rawKey(engine: Engine, ref: string): string {
  return `${engine.base(JOURNAL_TAG)}:raw:${ref}`;
}

/** As many as fit, and at least one. */
async function refsOfOnePage(engine: Engine, refs: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(
    refs.map((ref) => engine.command<number>("HSTRLEN", [rawKey(engine, ref), "bytes"])),
  );
  let bytes = 0;
  const fit = sizes.findIndex((size) => {
    bytes += size;
    return bytes > RAW_PAGE_BYTES;
  });
  return fit < 0 ? [...refs] : refs.slice(0, Math.max(1, fit));
}

/** Raw bodies. */
export const raw: TransferTable<"raw"> = {
  read: (engine, start) => walkPage(engine, rawWalk, start),
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_RAW, tag: JOURNAL_TAG },
      records.map(({ key, body }) => [key, body.contentType, Buffer.from(body.base64, "base64"), body.atMs]),
    ),
};

/** How far readers have come, counted in entries: positions are each store's own. */
export const place: TransferTable<"place"> = {
  read: async (engine) => {
    const partitions = await partitionsOf(engine);
    const places = Object.keys(READERS).flatMap((reader) =>
      Array.from({ length: partitions }, (_, partition) => placeRecord(engine, reader, partition)),
    );
    return { records: await Promise.all(places), next: null };
  },
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_PLACES, tag: JOURNAL_TAG },
      records.map(({ key, body }) => [...key.split(":"), body.passed]),
    ),
};

async function placeRecord(
  engine: Engine,
  reader: string,
  partition: number,
): Promise<TransferRecordOf<"place">> {
  const key = `${engine.base(JOURNAL_TAG)}:place:${reader}:${partition}`;
  const position = (await engine.command<string | null>("HGET", [key, "position"])) ?? "0";
  const passed = await engine.run<number>(COUNT_PASSED, JOURNAL_TAG, [partition, position]);
  return { kind: "place", key: `${reader}:${partition}`, body: { passed } };
}

type DeliveryRow = [id: string, seen: string, text: string, same: number];

const deliveryWalk: OffsetWalk<DeliveryRow, "delivery"> = {
  kind: "delivery",
  tags,
  rows: rowsBy<DeliveryRow>(READ_DELIVERIES, []),
  record: ([key, seen, text, same]) => {
    if (same === 1) return null;
    const { receivedAt } = JSON.parse(text) as FirstDelivery;
    return { key, body: { receivedAt, seenAtMs: Number(seen) } };
  },
};

/** What is known of deliveries beyond their entries. */
export const delivery: TransferTable<"delivery"> = {
  read: (engine, start) => walkPage(engine, deliveryWalk, start),
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_DELIVERIES, tag: JOURNAL_TAG },
      records.map(({ key, body }) => {
        const first: FirstDelivery = { eventId: key, receivedAt: body.receivedAt };
        return [key, JSON.stringify(first), body.seenAtMs];
      }),
    ),
};

/** They have no order of their own: all names are read for each page. */
const INCIDENTS_AT_ONCE = 5_000;

/** Incidents by source and key. */
export const incident: TransferTable<"incident"> = {
  read: async (engine, { after }) => {
    const limit = INCIDENTS_AT_ONCE;
    const base = engine.base(JOURNAL_TAG);
    const names = (await engine.command<string[]>("HKEYS", [`${base}:incident`])).sort();
    const some = names.filter((name) => after === null || name > after).slice(0, limit);
    if (some.length === 0) return { records: [], next: null };
    const texts = await engine.command<string[]>("HMGET", [`${base}:incident`, ...some]);
    const closed = await engine.command<(string | null)[]>("ZMSCORE", [`${base}:closed`, ...some]);
    const records = some.map((key, index): TransferRecordOf<"incident"> => {
      const text = texts[index] ?? "{}";
      const { state } = JSON.parse(text) as Incident;
      return {
        kind: "incident",
        key,
        body: { closedAtMs: state === "closed" ? Number(closed[index]) : null, text },
      };
    });
    return { records, next: some.length < limit ? null : (some.at(-1) ?? null) };
  },
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_NAMES, tag: JOURNAL_TAG, before: [":incident", ":closed"] },
      records.map(({ key, body }) => [key, body.text, body.closedAtMs ?? ""]),
    ),
};

type ScoredRow = [field: string, score: string, text: string];

const signatureWalk: OffsetWalk<ScoredRow, "signature"> = {
  kind: "signature",
  tags,
  rows: rowsBy<ScoredRow>(READ_SCORED, [":expiry", ":signature"]),
  record: ([key, , text]) => ({ key, body: JSON.parse(text) as TakenSignature }),
};

/** Signatures that were taken. */
export const signature: TransferTable<"signature"> = {
  read: (engine, start) => walkPage(engine, signatureWalk, start),
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_SCORED, tag: JOURNAL_TAG, before: [":signature", ":expiry"] },
      records.map(({ key, body: { expiresAtMs, receipts } }) => {
        const taken: TakenSignature = { expiresAtMs, receipts };
        return [key, JSON.stringify(taken), expiresAtMs];
      }),
    ),
};

const refusalWalk: OffsetWalk<ScoredRow, "refusal"> = {
  kind: "refusal",
  tags,
  rows: rowsBy<ScoredRow>(READ_SCORED, [":refusals", ":refusal"]),
  record: ([key, , text], no) => {
    const { message, atMs, count } = readRefusal(text);
    return { key, body: { no, message, atMs, count } };
  },
};

/** Refused bodies, the oldest first. */
export const refusal: TransferTable<"refusal"> = {
  read: (engine, start) => walkPage(engine, refusalWalk, start),
  write: (engine, records) =>
    writeRows(engine, { script: WRITE_REFUSALS, tag: JOURNAL_TAG }, records.map(refusalArgs)),
};

function refusalArgs({ key, body }: TransferRecordOf<"refusal">): string[] {
  const [rawRef = "", reason, source] = JSON.parse(key) as string[];
  const told = JSON.stringify({ source, reason, message: body.message, rawRef });
  return [key, rawRef, `${body.count} ${body.atMs} ${told}`];
}
