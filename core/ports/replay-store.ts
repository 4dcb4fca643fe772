import type { Replay, ReplayMode } from "../replays/replay.ts";

/** A replay held by the caller until the lease ends. */
export interface ReplayClaim {
  replay: Replay;
  fence: number;
}

export interface ReplayChange {
  /** The replay as it shall be; its revision is `expected` + 1. */
  replay: Replay;
  /** The revision that must be stored for the change to happen. */
  expected: number;
  /** The changer's lease, renewed for so long; absent for a person's change, which needs none. */
  lease?: { fence: number; ttlMs: number };
}

/** Orders to replay stored events, with their progress. Every write is durable when it returns. */
export interface ReplayStore {
  /** Keeps a new one. A second call with the same id changes nothing. */
  create(replay: Replay): Promise<void>;
  /** Null when there is none. */
  get(id: string): Promise<Replay | null>;
  /** The newest by the time of their making, newest first. */
  list(limit: number): Promise<Replay[]>;
  /** The oldest one of a mode that has not ended and that nobody holds, leased with a new fence; null when none waits. */
  claim(mode: ReplayMode, ttlMs: number): Promise<ReplayClaim | null>;
  /**
   * One atomic compare-and-set. `conflict`, and no change, when the stored revision is another or the fence is
   * not that of the newest lease. An end also ends the lease.
   */
  save(change: ReplayChange): Promise<"saved" | "conflict">;
  /** Forgets those that ended before an instant. Returns how many. */
  trim(olderThanMs: number): Promise<number>;
}
