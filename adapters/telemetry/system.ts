import { randomFillSync } from "node:crypto";
import { monotonicFactory } from "ulid";
import type { Clock, Ids } from "../../core/ports/index.ts";

const POOL_BYTES = 1024;

/** Fractions from a pool of random bytes: asking the system for each of an id's characters is slow. */
function pooledRandom(): () => number {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = POOL_BYTES;
  return () => {
    if (at === POOL_BYTES) {
      randomFillSync(pool);
      at = 0;
    }
    return pool.readUInt8(at++) / 256;
  };
}

// One factory for the process: ids made within one millisecond, or after the clock went back, still sort.
const nextUlid = monotonicFactory(pooledRandom());

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** ULIDs of this machine's clock and randomness, in growing order within the process. */
export const systemIds: Ids = { ulid: () => nextUlid() };
