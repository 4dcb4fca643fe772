import type { Executor } from "../../../core/ports/index.ts";
import type { Slots } from "../slots.ts";
import type { DueQueue } from "./due-queue.ts";
import type { Followed } from "./followed.ts";
import type { HearDeps } from "./hear.ts";
import { pollAtMs, pollDelayMs } from "./poll-pace.ts";
import type { StreamTrust } from "./stream-trust.ts";

export interface LaneDeps extends HearDeps {
  executor: HearDeps["executor"] & Pick<Executor, "list">;
  cluster: string;
  /** Whether this process is to follow on what it follows since so long. */
  keeps: (followedForMs: number) => boolean;
  /** Told of the request id of an execution that is not followed here. */
  onStranger: (requestId: string) => void;
  /** A number in [0, 1). */
  random: () => number;
}

/** A lane from the inside. Whatever of `followed` is not in the `queue` is being read. */
export interface LaneState {
  deps: LaneDeps;
  followed: Map<string, Followed>;
  queue: DueQueue<Followed>;
  trust: StreamTrust;
  slots: Slots;
  /** What waits for something to be due looks anew. */
  wake(): void;
  /** How often in a row the cluster could not be read, and until when it is left alone for it. */
  failures: number;
  pausedUntilMs: number;
  /** For when everything was last ordered to be read anew. */
  sweptAtMs: number;
  isTold: boolean;
  /** When the last round was. */
  roundAtMs: number;
}

/** However often the stream breaks, all is read anew no more often than this. */
const SWEEP_GAP_MS = 10_000;

/** When something is asked about next, where nothing hints at it before. */
export function usualPollAtMs(one: Followed, nowMs: number, { isTold, deps }: LaneState): number {
  return pollAtMs(nowMs, pollDelayMs(nowMs - one.sinceMs, isTold), deps.random());
}

/** Everything is read anew, because the stream was broken and repeats nothing. */
export function sweep(lane: LaneState): void {
  const nowMs = lane.deps.clock.nowMs();
  lane.pausedUntilMs = 0;
  if (lane.sweptAtMs > nowMs && lane.sweptAtMs <= nowMs + SWEEP_GAP_MS) return;
  lane.sweptAtMs = Math.max(nowMs, Math.min(lane.sweptAtMs, nowMs) + SWEEP_GAP_MS);
  for (const one of lane.followed.values()) lookSoon(one, lane.sweptAtMs, lane);
  lane.wake();
}

/** Asked about by then; what is being read just now, once more after that. */
export function lookSoon(one: Followed, atMs: number, lane: LaneState): void {
  if (!lane.queue.pull(one, atMs)) one.isHinted = true;
}

/** Whether the stream is relied on now; where it no longer is, everything is asked about more often from here on. */
export function weighTrust(lane: LaneState, nowMs: number): void {
  const { deps, followed, trust, queue } = lane;
  const isTold = trust.holds(nowMs);
  if (isTold === lane.isTold) return;
  lane.isTold = isTold;
  const facts = { cluster: deps.cluster, followed: followed.size };
  deps.log.info(facts, isTold ? "stream is relied on" : "stream is not relied on");
  if (!isTold) for (const one of followed.values()) queue.pull(one, usualPollAtMs(one, nowMs, lane));
}
