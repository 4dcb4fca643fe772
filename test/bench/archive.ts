import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArchive } from "../../adapters/sqlite/archive/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { Archive } from "../../core/ports/index.ts";
import { silentLog } from "../support/log.ts";
import { benchEvent } from "./archive/events.ts";
import { median } from "./stats.ts";

/** The archiver's batch and the journal's partitions. */
const BATCH = 500;
const PARTITIONS = 8;
/** Of this many events the speed is told; the median of them counts. */
const BLOCK = 20_000;
const WARM_UP = 20_000;

/** How fast the archive catches up. */
export interface ArchiveFigures {
  archiveEventsPerSecond: number;
}

/**
 * How fast the embedded archive catches up from behind: batches as the archiver makes them, one of each
 * partition of the journal at a time, the next when these are stored. The median over blocks of 20,000 events.
 */
export async function measureArchive(events = 200_000): Promise<ArchiveFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), "whale-bench-archive-"));
  const archive = await openArchive({ dataDir, log: silentLog });
  try {
    await writeBlock(archive, 0, WARM_UP);
    const speeds: number[] = [];
    for (let start = WARM_UP; start < WARM_UP + events; start += BLOCK) {
      speeds.push(await writeBlock(archive, start, BLOCK));
    }
    return { archiveEventsPerSecond: Math.round(median(speeds)) };
  } finally {
    await archive.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Writes one block and tells how many events each second took. Making the events is no part of it. */
async function writeBlock(archive: Archive, start: number, count: number): Promise<number> {
  const rounds = roundsOf(start, count);
  const startedAt = performance.now();
  for (const batches of rounds) {
    await Promise.all(batches.map((events) => archive.write({ events, verdicts: [] })));
  }
  return (count * 1000) / (performance.now() - startedAt);
}

/** For each round one batch of each partition. */
function roundsOf(start: number, count: number): WhaleEvent[][][] {
  const span = BATCH * PARTITIONS;
  return Array.from({ length: count / span }, (_, round) =>
    Array.from({ length: PARTITIONS }, (_, partition) => {
      const first = start + round * span + partition;
      return Array.from({ length: BATCH }, (_, i) => benchEvent(first + i * PARTITIONS));
    }),
  );
}
