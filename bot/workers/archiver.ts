import type { Archive, Clock, Journal, JournalEntry, Logger } from "../../core/ports/index.ts";
import type { Crew } from "./crew.ts";
import { giveWay } from "./give-way.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createPlaces, givingBack, type Places } from "./places.ts";

export interface ArchiverDeps {
  journal: Journal;
  archive: Archive;
  clock: Clock;
  log: Logger;
  holder: string;
  crew: Crew;
  /** Whether intake has so much to do that this waits. */
  crowded: () => boolean;
}

/** Small enough that all partitions together hold the process up for a few milliseconds only. */
const BATCH = 150;
/** What comes within this is archived together, and not in the way of the card that it makes. */
const GATHER_MS = 100;
/** The longest that a round waits for a crowded intake. */
const GIVE_WAY_MS = 1_000;

/** Brings what is in the journal to the archive, in order, at least once; behind, it catches up by itself. */
export function startArchiver(deps: ArchiverDeps): Loop {
  const { clock, log } = deps;
  const places = createPlaces("archive", deps);
  const round = async () => {
    await giveWay(deps.crowded, GIVE_WAY_MS);
    const partitions = await places.toRead();
    // At the same time, since the archive stores what comes at once at less cost.
    const rounds = partitions.map((one) => archivePartition(one, places, deps));
    // All to their end, so that the next round meets none of this one.
    await Promise.allSettled(rounds);
    return { more: (await Promise.all(rounds)).includes(true), nextDueAtMs: null };
  };
  return gathering(givingBack(startLoop({ name: "archiver", clock, log, maxIdleMs: 2_000, round }), places));
}

/** The same worker, woken once for all the wakes of a while. */
function gathering(loop: Loop): Loop {
  let timer: NodeJS.Timeout | null = null;
  const wake = () => {
    timer = null;
    loop.wake();
  };
  return {
    wake: () => {
      timer ??= setTimeout(wake, GATHER_MS);
    },
    stop: () => {
      if (timer) clearTimeout(timer);
      return loop.stop();
    },
  };
}

/** One batch of one partition; whether it was full, so that there is more. */
async function archivePartition(partition: number, places: Places, deps: ArchiverDeps): Promise<boolean> {
  const { journal, archive, log } = deps;
  const place = { reader: "archive" as const, partition };
  const entries = await journal.read(place, BATCH);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return false;
  const fence = await places.fence(partition);
  if (fence === null) return false;
  await archive.write(batchOf(entries));
  const committed = await journal.commit(place, { fence, first: first.position, last: last.position });
  if (!committed) {
    places.lost(partition);
    log.warn({ partition }, "archiver lost its partition");
  }
  return entries.length === BATCH;
}

function batchOf(entries: readonly JournalEntry[]) {
  return {
    events: entries.flatMap((e) => (e.kind === "event" ? [e.event] : [])),
    verdicts: entries.flatMap((e) => (e.kind === "verdicts" ? e.verdicts : [])),
  };
}
