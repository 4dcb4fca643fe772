import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArchive } from "../../adapters/sqlite/archive/index.ts";
import { openStoreThread } from "../../adapters/sqlite/index.ts";
import { systemClock } from "../../adapters/telemetry/index.ts";
import { ALONE, startArchiver } from "../../bot/workers/index.ts";
import type { Archive, EntryCopier, Journal } from "../../core/ports/index.ts";
import { silentLog } from "../support/log.ts";
import { benchEvent } from "./archive/events.ts";
import { median } from "./stats.ts";

/** Of this many events the speed is told; the median of them counts. */
const BLOCK = 20_000;
const WARM_UP = 20_000;
/** So many events come with one delivery. */
const DELIVERED = 500;

/** How fast the archive catches up. */
export interface ArchiveFigures {
  archiveEventsPerSecond: number;
}

/** A journal and the archive behind it. */
interface Pair {
  journal: Journal;
  archive: Archive & EntryCopier;
}

/**
 * How fast the embedded archive catches up from behind: blocks of 20,000 events are stored in the journal, and the
 * archiver is started on each. The median over blocks.
 */
export async function measureArchive(events = 200_000): Promise<ArchiveFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), "whale-bench-archive-"));
  const store = await openStoreThread({ dataDir, clock: systemClock, log: silentLog });
  const archive = await openArchive({ dataDir, log: silentLog });
  const pair = { journal: store.journal, archive };
  try {
    await catchUp(pair, 0, WARM_UP);
    const speeds: number[] = [];
    for (let start = WARM_UP; start < WARM_UP + events; start += BLOCK) {
      speeds.push(await catchUp(pair, start, BLOCK));
    }
    return { archiveEventsPerSecond: Math.round(median(speeds)) };
  } finally {
    await archive.close();
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Stores one block and tells how many of its events are archived each second, once the archiver is started. */
async function catchUp({ journal, archive }: Pair, start: number, count: number): Promise<number> {
  for (let from = start; from < start + count; from += DELIVERED) await deliver(journal, from);
  const { promise, resolve } = Promise.withResolvers<void>();
  const copier: EntryCopier = {
    copy: async (...asked) => {
      const copied = await archive.copy(...asked);
      if (!copied.some(({ more }) => more)) resolve();
      return copied;
    },
  };
  const startedAt = performance.now();
  const common = { clock: systemClock, log: silentLog, holder: "bench", crew: ALONE, crowded: () => false };
  const archiver = startArchiver({ journal, archive, copier, ...common });
  await promise;
  const seconds = (performance.now() - startedAt) / 1000;
  await archiver.stop();
  return count / seconds;
}

async function deliver(journal: Journal, from: number): Promise<void> {
  const drafts = Array.from({ length: DELIVERED }, (_, i) => {
    const { id, ...event } = benchEvent(from + i);
    return { event, freshId: id, incidentWindowMs: 600_000 };
  });
  const raw = { ref: "sha256:bench", contentType: "application/json", bytes: new Uint8Array() };
  await journal.append({ source: "prometheus", drafts, raw });
}
