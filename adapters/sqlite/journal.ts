import type { Journal, Receipt } from "../../core/ports/index.ts";
import type { SqliteStoreConfig } from "./config.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";
import { appendDelivery } from "./journal-append.ts";
import { incidentKey, incidentOf } from "./journal-keys.ts";
import { entryOf, insertVerdicts, lagOf, leasePlace, movePlace, readPlace } from "./journal-readers.ts";
import { refusals, refuse } from "./journal-refusals.ts";
import { eventOf, rawOf, trimJournal } from "./journal-shelf.ts";
import { type TextDelivery, textDelivery } from "./journal-text.ts";

/** A journal that also takes deliveries whose events are JSON already. */
export interface TextJournal extends Journal {
  appendText(delivery: TextDelivery): Promise<Receipt[]>;
}

/** The journal over SQLite. */
export function sqliteJournal(engine: Engine, config: SqliteStoreConfig): TextJournal {
  const { db, index, clock, read, write, writeUnsynced } = engine;
  const partitions = partitionsOf(db, config);
  const { dedupeWindowMs } = config;
  const append = (delivery: () => TextDelivery) =>
    write((wake) =>
      appendDelivery(delivery(), { db, index, partitions, dedupeWindowMs, nowMs: clock.nowMs(), wake }),
    );
  return {
    partitions,
    appendText: (delivery) => append(() => delivery),
    append: (delivery) => append(() => textDelivery(delivery)),
    refuse: (refusal) => write(() => refuse(db, refusal, clock.nowMs())),
    lease: (place, holder, ttlMs) =>
      writeUnsynced(() => leasePlace(db, place, { holder, ttlMs, nowMs: clock.nowMs() })),
    read: (place, limit) => read(() => readPlace(db, place, limit).map(entryOf)),
    commit: (place, batch) =>
      writeUnsynced((wake) => {
        const moved = movePlace(db, place, batch);
        const { verdicts = [] } = batch;
        if (moved === "moved" && verdicts.length > 0) {
          insertVerdicts(db, verdicts, { partition: place.partition, nowMs: clock.nowMs() });
          wake("journal");
        }
        return moved !== "refused";
      }),
    lag: (reader) => read(() => lagOf(db, reader, partitions)),
    trim: (olderThanMs) => trimJournal(engine, olderThanMs),
    event: (id) => read(() => eventOf(engine, id)),
    incident: (source, key) => read(() => incidentOf(engine, incidentKey(source, key))?.incident ?? null),
    raw: (ref) => read(() => rawOf(engine, ref)),
    refusals: (limit) => read(() => refusals(db, limit)),
  };
}

/** Fixed by the first opening: another number would tear the order of things that are stored already. */
function partitionsOf(db: Database, config: SqliteStoreConfig): number {
  db.run("INSERT INTO meta VALUES ('partitions', ?) ON CONFLICT DO NOTHING", config.partitions);
  const sql = "SELECT value FROM meta WHERE name = 'partitions'";
  const stored = db.get<{ value: number }>(sql)?.value ?? config.partitions;
  if (stored !== config.partitions) {
    config.log.warn({ stored, asked: config.partitions }, "the journal keeps its number of partitions");
  }
  return stored;
}
