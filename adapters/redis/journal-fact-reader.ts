import { LRUCache } from "lru-cache";
import { eventId } from "../../core/ids/index.ts";
import type { Delivery } from "../../core/ports/index.ts";
import type { Arg, Engine } from "./engine.ts";
import type { Decision } from "./journal-decide.ts";
import { type FactKind, FactSheet, fieldOf } from "./journal-facts.ts";
import { FACTS } from "./journal-scripts.ts";
import { JOURNAL_TAG } from "./partitions.ts";

/** A delivery, and how often its decision turned out to rest on something wrong. */
interface Asking {
  delivery: Delivery;
  tries: number;
}

/** What decisions rest on. */
export interface FactReader {
  /** The facts for a batch, and the server's time; 0 when nothing had to be read. */
  read(batch: readonly Asking[]): Promise<{ sheet: FactSheet; nowMs: number }>;
  /** Keeps in mind what a stored decision changed. */
  remember(made: Decision): void;
}

/** So many incidents are kept in mind. */
const REMEMBERED = 10_000;

/**
 * Most deliveries are news of an incident that is new or that this process told of last. Their first decision is
 * made without asking the server: on the incidents in mind, and as if nothing else were known. That is never taken
 * on trust, so a wrong guess only costs a second decision, on facts that are read.
 */
export function factReader(engine: Engine): FactReader {
  const incidents = new LRUCache<string, string>({ max: REMEMBERED });
  return {
    read: async (batch) => {
      const sheet = new FactSheet();
      for (const field of incidentsOf(batch.filter((one) => one.tries === 0))) {
        sheet.note("incident", field, incidents.get(field) ?? null);
      }
      const doubted = batch.filter((one) => one.tries > 0);
      // Without the time a signature in the sheet, which is one of this very batch, counts as valid.
      const nowMs = doubted.length > 0 ? await readInto(sheet, engine, fieldsOf(doubted)) : 0;
      return { sheet, nowMs };
    },
    remember: (made) => {
      for (const [field, text] of made.incidents) incidents.set(field, text);
    },
  };
}

type Fields = Record<Exclude<FactKind, "event">, string[]>;

async function readInto(sheet: FactSheet, engine: Engine, fields: Fields): Promise<number> {
  const lists = [fields.first, fields.incident, fields.signature];
  const args: Arg[] = [...lists.map((list) => list.length), ...lists.flat()];
  const [nowMs, ...texts] = await engine.run<[string, ...(string | null)[][]]>(FACTS, JOURNAL_TAG, args);
  for (const [index, kind] of (["first", "incident", "signature"] as const).entries()) {
    for (const [place, field] of fields[kind].entries()) {
      sheet.note(kind, field, texts[index]?.[place] ?? null);
    }
  }
  return Number(nowMs);
}

function incidentsOf(batch: readonly Asking[]): Set<string> {
  return new Set(
    batch.flatMap(({ delivery }) =>
      delivery.drafts.map(({ event }) => fieldOf(event.source, event.incident)),
    ),
  );
}

function fieldsOf(batch: readonly Asking[]): Fields {
  const first = new Set<string>();
  const signature = new Set<string>();
  for (const { delivery } of batch) {
    const { source, replay, drafts } = delivery;
    if (replay) signature.add(fieldOf(source, replay.signature));
    for (const { event, dedupeKey } of drafts) {
      if (dedupeKey !== undefined) first.add(eventId(event.source, dedupeKey));
    }
  }
  return { first: [...first], incident: [...incidentsOf(batch)], signature: [...signature] };
}
