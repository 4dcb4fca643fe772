import type { Delivery, Receipt } from "../../core/ports/index.ts";
import type { Engine } from "./engine.ts";
import { contendedError, undecidedError } from "./errors.ts";
import { appendArgs, type Decision, decide, type Settings } from "./journal-decide.ts";
import { type FactReader, factReader } from "./journal-fact-reader.ts";
import type { FactSheet } from "./journal-facts.ts";
import { APPEND } from "./journal-scripts.ts";
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
 * Stores deliveries, each in one atomic write with all that it brings. The decision is made here, at first on what
 * this process remembers; the script stores a delivery only if that is so, else it is decided again on facts read
 * from the server. Deliveries that come while others are being stored share the next write.
 */
export function appender(engine: Engine, partitions: number): Appender {
  const waiting: Waiting[] = [];
  const facts = factReader(engine);
  const context = { engine, facts, partitions };
  const running = new Set<Promise<void>>();
  let planned = false;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const again = await storeBatch(takeBatch(waiting), context);
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

interface Context {
  engine: Engine;
  facts: FactReader;
  partitions: number;
}

/** Settles what could be stored. Returns the deliveries to be decided again. */
async function storeBatch(batch: Waiting[], { engine, facts, partitions }: Context): Promise<Waiting[]> {
  try {
    const { sheet, nowMs } = await facts.read(batch);
    const settings = { partitions, dedupeWindowMs: engine.config.dedupeWindowMs, nowMs };
    const decided = batch.flatMap((one) => decideOne(one, sheet, settings));
    const args = appendArgs(decided.map(({ made }) => made));
    const outcomes = await engine.write<(number | string)[]>(APPEND, JOURNAL_TAG, args);
    return decided.flatMap((one, index) => settleOne(one, outcomes[index] ?? 0, { engine, facts }));
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
  { one, made }: { one: Waiting; made: Decision },
  outcome: number | string,
  { engine, facts }: Pick<Context, "engine" | "facts">,
): Waiting[] {
  if (outcome === 1) {
    facts.remember(made);
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
