import type { Clock, Journal, ReaderName } from "../../core/ports/index.ts";
import type { Crew } from "./crew.ts";
import type { Loop } from "./loop.ts";

export interface PlacesDeps {
  journal: Journal;
  clock: Clock;
  holder: string;
  crew: Crew;
}

/** The places of one reader that this process holds. */
export interface Places {
  /** The partitions that this process should read now; those that others should are given back before. */
  toRead(): Promise<number[]>;
  /** The fence of a partition, leased or renewed when half of the lease is over; null while another holds it. */
  fence(partition: number): Promise<number | null>;
  /** To be called when a commit was refused: somebody else has the place now. */
  lost(partition: number): void;
  /** Lets others have them at once. What cannot be given back ends by itself. */
  giveBack(): Promise<void>;
}

const LEASE_MS = 30_000;
/** As good as over: a lease of no time at all cannot be asked for. */
const OVER_MS = 1;

/** Keeps leases in mind, so that reading an event costs no write for the lease. */
export function createPlaces(reader: ReaderName, { journal, clock, holder, crew }: PlacesDeps): Places {
  const held = new Map<number, { fence: number; renewAtMs: number }>();
  const giveBack = async (partitions: number[]) => {
    for (const partition of partitions) held.delete(partition);
    await Promise.allSettled(
      partitions.map((partition) => journal.lease({ reader, partition }, holder, OVER_MS)),
    );
  };
  return {
    toRead: async () => {
      await giveBack([...held.keys()].filter((partition) => !crew.isMine(partition)));
      return Array.from({ length: journal.partitions }, (_, partition) => partition).filter(crew.isMine);
    },
    fence: async (partition) => {
      const nowMs = clock.nowMs();
      const known = held.get(partition);
      // A clock that went back must not make a lease look fresh for longer than it is.
      if (known && nowMs < known.renewAtMs && nowMs >= known.renewAtMs - LEASE_MS / 2) return known.fence;
      const fence = await journal.lease({ reader, partition }, holder, LEASE_MS);
      if (fence === null) held.delete(partition);
      else held.set(partition, { fence, renewAtMs: nowMs + LEASE_MS / 2 });
      return fence;
    },
    lost: (partition) => void held.delete(partition),
    giveBack: () => giveBack([...held.keys()]),
  };
}

/** The same worker, which gives its places back when it has ended. */
export function givingBack(loop: Loop, places: Pick<Places, "giveBack">): Loop {
  const stop = async () => {
    await loop.stop();
    await places.giveBack();
  };
  return { wake: () => loop.wake(), stop };
}
