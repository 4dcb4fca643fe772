import type { Clock, Journal, ReaderName } from "../../core/ports/index.ts";

export interface PlacesDeps {
  journal: Journal;
  clock: Clock;
  holder: string;
}

/** The places of one reader that this process holds. */
export interface Places {
  /** The fence of a partition, leased or renewed when half of the lease is over; null while another holds it. */
  fence(partition: number): Promise<number | null>;
  /** To be called when a commit was refused: somebody else has the place now. */
  lost(partition: number): void;
}

const LEASE_MS = 30_000;

/** Keeps leases in mind, so that reading an event costs no write for the lease. */
export function createPlaces(reader: ReaderName, { journal, clock, holder }: PlacesDeps): Places {
  const held = new Map<number, { fence: number; renewAtMs: number }>();
  return {
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
  };
}
