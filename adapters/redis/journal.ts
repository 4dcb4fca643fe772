import type { WhaleEvent } from "../../core/events/index.ts";
import type { Incident } from "../../core/incidents/index.ts";
import type { DoneBatch, Journal, JournalEntry, RawBody, ReaderPlace } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import { limitOf } from "./claims.ts";
import type { Engine } from "./engine.ts";
import type { Appender } from "./journal-append.ts";
import { fieldOf } from "./journal-facts.ts";
import { readRefusal, refuse } from "./journal-refusals.ts";
import { COMMIT, EVENT, LAG, LEASE, READ, REFUSALS } from "./journal-scripts.ts";
import { trimJournal } from "./journal-trim.ts";
import { JOURNAL_TAG } from "./partitions.ts";

/**
 * The journal over Redis. All of it has one hash tag, so that a delivery is one atomic write whatever partitions its
 * events fall into: nothing acknowledged is lost, a repeat is recognised, and there is never half a receipt. In a
 * Redis Cluster one master therefore takes all appends.
 */
export function redisJournal(engine: Engine, partitions: number, { append }: Appender): Journal {
  return {
    partitions,
    append,
    refuse: (refusal) => refuse(engine, refusal),
    lease: async (place, holder, ttlMs) => {
      const fence = await engine.run<string | null>(LEASE, JOURNAL_TAG, [...placeArgs(place), holder, ttlMs]);
      return fence === null ? null : Number(fence);
    },
    read: (place, limit) => read(engine, place, limit),
    commit: (place, batch) => commit(engine, place, batch),
    lag: (reader) => engine.run<number>(LAG, JOURNAL_TAG, [reader, partitions]),
    trim: (olderThanMs) => trimJournal(engine, partitions, olderThanMs),
    event: async (id) => {
      const body = await engine.run<string | null>(EVENT, JOURNAL_TAG, [id]);
      return body === null ? null : (JSON.parse(body) as WhaleEvent);
    },
    incident: async (source, key) => {
      const kept = [`${engine.base(JOURNAL_TAG)}:incident`, fieldOf(source, key)];
      const text = await engine.command<string | null>("HGET", kept);
      return text === null ? null : (JSON.parse(text) as Incident);
    },
    raw: (ref) => rawOf(engine, ref),
    refusals: async (limit) =>
      (await engine.run<string[]>(REFUSALS, JOURNAL_TAG, [limitOf(limit)])).map(readRefusal),
  };
}

function placeArgs({ reader, partition }: ReaderPlace): [reader: string, partition: number] {
  return [reader, partition];
}

async function commit(engine: Engine, place: ReaderPlace, batch: DoneBatch): Promise<boolean> {
  const { fence, first, last, verdicts = [] } = batch;
  const [one] = verdicts;
  const told = one ? [`${one.eventId}:${one.ruleId}`, JSON.stringify(verdicts)] : [];
  const args = [...placeArgs(place), fence, first, last, ...told];
  const moved = await engine.run<number>(COMMIT, JOURNAL_TAG, args);
  if (moved === 1 && one) engine.wake("journal");
  return moved >= 0;
}

type EntryRow = [id: string, kind: "event" | "verdict", body: string];

async function read(engine: Engine, place: ReaderPlace, limit: number): Promise<JournalEntry[]> {
  const rows = await engine.run<EntryRow[]>(READ, JOURNAL_TAG, [...placeArgs(place), limitOf(limit)]);
  return rows.map(entryOf);
}

/** An entry of an earlier version has one verdict. */
function entryOf([id, kind, body]: EntryRow): JournalEntry {
  const position = Number.parseInt(id, 10);
  if (kind === "event") return { kind, position, event: JSON.parse(body) as WhaleEvent };
  const told = JSON.parse(body) as Verdict | Verdict[];
  return { kind: "verdicts", position, verdicts: Array.isArray(told) ? told : [told] };
}

async function rawOf(engine: Engine, ref: string): Promise<RawBody | null> {
  const key = `${engine.base(JOURNAL_TAG)}:raw:${ref}`;
  const [type, bytes] = await engine.bytes<(Buffer | null)[]>("HMGET", [key, "type", "bytes"]);
  if (!type || !bytes) return null;
  return { ref, contentType: type.toString(), bytes: new Uint8Array(bytes) };
}
