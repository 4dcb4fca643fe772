import type { Delivery, Receipt } from "../../core/ports/index.ts";
import type { Arg, Engine } from "./engine.ts";
import { contendedError, undecidedError } from "./errors.ts";
import { type Decision, decide, decisionArgs, type Settings } from "./journal-decide.ts";
import { type FactKind, FactSheet, fieldOf } from "./journal-facts.ts";
import { APPEND, FACTS } from "./journal-scripts.ts";
import { JOURNAL_TAG } from "./partitions.ts";

/** How many events and bytes one script stores, unless one delivery has more, so that the server is never long at one thing. */
const BATCH_EVENTS = 256;
const BATCH_BYTES = 1_048_576;
/** Two, so that this process decides one batch while the server stores another. */
const BATCHES_AT_ONCE = 2;
const MAX_TRIES = 50;

interface Waiting {
  delivery: Delivery;
  /** Events of the delivery that turned out to be stored already. */
  known: Set<string>;
  tries: number;
  resolve: (receipts: Receipt[]) => void;
  reject: (error: unknown) => void;
}

/** Stores deliveries in groups. */
export interface Appender {
  append(delivery: Delivery): Promise<Receipt[]>;
  /** Settles once what was asked before is stored. */
  finish(): Promise<void>;
}

/**
 * Stores deliveries, each in one atomic write with all that it brings. The decision is made here, on facts read
 * before; the script stores a delivery only while those facts stand, else it is decided again. Deliveries that
 * come while others are being stored share the next write.
 */
export function appender(engine: Engine, partitions: number): Appender {
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();
  let planned = false;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const again = await storeBatch(engine, takeBatch(waiting), partitions);
      waiting.unshift(...again);
    }
  };
  const start = (): void => {
    planned = false;
    const one = run().finally(() => running.delete(one));
    running.add(one);
  };
  const plan = (): void => {
    if (planned || running.size >= BATCHES_AT_ONCE) return;
    planned = true;
    setImmediate(start);
  };
  return {
    append: (delivery) =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, known: new Set(), tries: 0, resolve, reject });
        plan();
      }),
    finish: async () => {
      if (planned) await new Promise((resolve) => setImmediate(resolve));
      await Promise.all(running);
    },
  };
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let events = 0;
  let count = 0;
  for (const { delivery } of waiting) {
    // A body is sent once as it came, and about once more as its events.
    bytes += 2 * delivery.raw.bytes.byteLength;
    events += Math.max(1, delivery.drafts.length);
    if (count > 0 && (events > BATCH_EVENTS || bytes > BATCH_BYTES)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Settles what could be stored. Returns the deliveries to be decided again. */
async function storeBatch(engine: Engine, batch: Waiting[], partitions: number): Promise<Waiting[]> {
  try {
    const { sheet, nowMs } = await readFacts(engine, batch);
    const settings = { partitions, dedupeWindowMs: engine.config.dedupeWindowMs, nowMs };
    const decided = batch.flatMap((one) => decideOne(one, sheet, settings));
    const args = decided.flatMap(({ made }) => decisionArgs(made));
    const outcomes = await engine.write<(number | string)[]>(APPEND, JOURNAL_TAG, [decided.length, ...args]);
    return decided.flatMap((one, index) => settleOne(engine, one, outcomes[index] ?? 0));
  } catch (error) {
    for (const one of batch) one.reject(error);
    return [];
  }
}

/** A delivery that cannot be decided fails alone. */
function decideOne(one: Waiting, sheet: FactSheet, settings: Settings): { one: Waiting; made: Decision }[] {
  for (const id of one.known) sheet.note("event", id, "");
  try {
    return [{ one, made: decide(one.delivery, sheet.view(), settings) }];
  } catch (error) {
    one.reject(undecidedError(error));
    return [];
  }
}

function settleOne(
  engine: Engine,
  { one, made }: { one: Waiting; made: Decision },
  outcome: number | string,
): Waiting[] {
  if (outcome === 1) {
    if (made.events.length > 0) engine.wake("journal");
    one.resolve(made.receipts);
    return [];
  }
  if (typeof outcome === "string") one.known.add(outcome);
  one.tries += 1;
  if (one.tries < MAX_TRIES) return [one];
  one.reject(contendedError());
  return [];
}

/** Reads all that the decisions about a batch may rest on. */
async function readFacts(
  engine: Engine,
  batch: readonly Waiting[],
): Promise<{ sheet: FactSheet; nowMs: number }> {
  const fields = fieldsOf(batch.map((one) => one.delivery));
  const lists = [fields.first, fields.incident, fields.signature];
  const args: Arg[] = [...lists.map((list) => list.length), ...lists.flat()];
  const [nowMs, ...texts] = await engine.run<[string, ...(string | null)[][]]>(FACTS, JOURNAL_TAG, args);
  const sheet = new FactSheet();
  for (const [index, kind] of (["first", "incident", "signature"] as const).entries()) {
    for (const [place, field] of fields[kind].entries())
      sheet.note(kind, field, texts[index]?.[place] ?? null);
  }
  return { sheet, nowMs: Number(nowMs) };
}

function fieldsOf(deliveries: readonly Delivery[]): Record<Exclude<FactKind, "event">, string[]> {
  const first = new Set<string>();
  const incident = new Set<string>();
  const signature = new Set<string>();
  for (const { source, replay, drafts } of deliveries) {
    if (replay) signature.add(fieldOf(source, replay.signature));
    for (const { event, dedupeKey } of drafts) {
      if (dedupeKey !== undefined) first.add(fieldOf(event.source, dedupeKey));
      incident.add(fieldOf(event.source, event.incident));
    }
  }
  return { first: [...first], incident: [...incident], signature: [...signature] };
}
