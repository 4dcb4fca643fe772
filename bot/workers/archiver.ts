import type {
  Archive,
  Clock,
  CopiedEntries,
  EntryCopier,
  Journal,
  JournalEntry,
  Logger,
} from "../../core/ports/index.ts";
import type { Crew } from "./crew.ts";
import { giveWay } from "./give-way.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createPlaces, givingBack, type Places } from "./places.ts";

export interface ArchiverDeps {
  journal: Journal;
  archive: Archive;
  /** The archive itself where it reaches the journal. Without it, entries go from one to the other by here. */
  copier: EntryCopier | null;
  clock: Clock;
  log: Logger;
  holder: string;
  crew: Crew;
  /** Whether intake has so much to do that this waits. */
  crowded: () => boolean;
}

/** Small enough that all partitions together hold the process up for a few milliseconds only. */
const BATCH = 150;
/** What goes by itself holds nothing up, and each write has a cost of its own; but intake wants the processor. */
const COPIED = { quiet: 500, crowded: 150 };
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
    const { copier } = deps;
    const copied = copier
      ? await copier.copy(partitions, COPIED[deps.crowded() ? "crowded" : "quiet"])
      : await copyByHere(partitions, places, deps);
    await allOf(copied.map((entries) => commitCopied(entries, places, deps)));
    return { more: copied.some(({ more }) => more), nextDueAtMs: null };
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

/** All to their end, so that the next round meets none of this one. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** One batch of each partition, at the same time, since the archive stores what comes at once at less cost. */
async function copyByHere(
  partitions: readonly number[],
  places: Places,
  deps: ArchiverDeps,
): Promise<CopiedEntries[]> {
  const copied = await allOf(partitions.map((partition) => copyPartition(partition, places, deps)));
  return copied.filter((entries) => entries !== null);
}

async function copyPartition(
  partition: number,
  places: Places,
  { journal, archive }: ArchiverDeps,
): Promise<CopiedEntries | null> {
  const entries = await journal.read({ reader: "archive", partition }, BATCH);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last || (await places.fence(partition)) === null) return null;
  await archive.write(batchOf(entries));
  return { partition, first: first.position, last: last.position, more: entries.length === BATCH };
}

async function commitCopied(
  { partition, first, last }: CopiedEntries,
  places: Places,
  { journal, log }: ArchiverDeps,
): Promise<void> {
  const fence = await places.fence(partition);
  const place = { reader: "archive" as const, partition };
  if (fence !== null && (await journal.commit(place, { fence, first, last }))) return;
  places.lost(partition);
  log.warn({ partition }, "archiver lost its partition");
}

function batchOf(entries: readonly JournalEntry[]) {
  return {
    events: entries.flatMap((e) => (e.kind === "event" ? [e.event] : [])),
    verdicts: entries.flatMap((e) => (e.kind === "verdicts" ? e.verdicts : [])),
  };
}
