import type { Journal, ReaderPlace, Receipt } from "../../core/ports/index.ts";
import type { SqliteStoreConfig } from "./config.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";
import type { Wake } from "./group-commit.ts";
import { appendDelivery } from "./journal-append.ts";
import { incidentKey, incidentOf } from "./journal-keys.ts";
import { type PackedEntries, readPacked, unpackedEntries } from "./journal-packed.ts";
import { insertVerdicts, lagOf, leasePlace, movePlace } from "./journal-readers.ts";
import { refusals, refuse } from "./journal-refusals.ts";
import { eventOf, rawOf, trimJournal } from "./journal-shelf.ts";
import { type TextBatch, type TextDelivery, textBatch, textDelivery } from "./journal-text.ts";

/** A journal that also takes and gives content as JSON. */
export interface TextJournal extends Journal {
  appendText(delivery: TextDelivery): Promise<Receipt[]>;
  readPacked(place: ReaderPlace, limit: number): Promise<PackedEntries>;
  commitText(place: ReaderPlace, batch: TextBatch): Promise<boolean>;
}

/** The journal over SQLite. Of entries that are too large to be read at once, `announce` tells that some are left. */
export function sqliteJournal(engine: Engine, config: SqliteStoreConfig, announce: Wake): TextJournal {
  const { db, index, clock, read, write, writeUnsynced } = engine;
  const partitions = partitionsOf(db, config);
  const { dedupeWindowMs } = config;
  const append = (delivery: () => TextDelivery) =>
    write((wake) =>
      appendDelivery(delivery(), { db, index, partitions, dedupeWindowMs, nowMs: clock.nowMs(), wake }),
    );
  const packed = async (place: ReaderPlace, limit: number): Promise<PackedEntries> => {
    const entries = await read(() => readPacked(db, place, limit));
    if (entries.shortened) announce("journal");
    return entries;
  };
  const commitText = (place: ReaderPlace, batch: TextBatch): Promise<boolean> =>
    writeUnsynced((wake) => {
      const moved = movePlace(db, place, batch);
      if (moved === "moved" && batch.told) {
        insertVerdicts(db, batch.told, { partition: place.partition, nowMs: clock.nowMs() });
        wake("journal");
      }
      return moved !== "refused";
    });
  return {
    partitions,
    appendText: (delivery) => append(() => delivery),
    append: (delivery) => append(() => textDelivery(delivery)),
    refuse: (refusal) => write(() => refuse(db, refusal, clock.nowMs())),
    lease: (place, holder, ttlMs) =>
      writeUnsynced(() => leasePlace(db, place, { holder, ttlMs, nowMs: clock.nowMs() })),
    readPacked: packed,
    read: async (place, limit) => unpackedEntries(await packed(place, limit)),
    commitText,
    commit: (place, batch) => commitText(place, textBatch(batch)),
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
