import type { Hint } from "../../../core/ports/index.ts";
import { isEnd, type Task } from "../../../core/tasks/index.ts";
import { isFollowed } from "../advance.ts";
import { type Loop, startLoop } from "../loop.ts";
import { createSlots } from "../slots.ts";
import { createDueQueue } from "./due-queue.ts";
import { followedOf } from "./followed.ts";
import { readRound, SLOTS } from "./lane-reads.ts";
import { type LaneDeps, type LaneState, lookSoon, sweep } from "./lane-state.ts";
import { RESTLESS_POLL_MS } from "./poll-pace.ts";
import { createStreamTrust } from "./stream-trust.ts";

/** What is followed on one cluster. It waits for no other cluster. */
export interface Lane {
  /** Follows a task's execution, or lets it go when that is over. */
  follow(task: Task): void;
  /** Takes what the event stream says. */
  hint(hint: Hint): void;
  /** The stream is alive, or no longer. */
  proven(isAlive: boolean): void;
  /** Whether the stream is relied on. */
  isTold(): boolean;
  following(): number;
  stop(): Promise<void>;
}

/** So long hints are gathered, because they come in bursts; an end is not kept waiting. */
const GATHER_MS = { move: 250, end: 20 };

/** Begins to follow a cluster's executions: by asking, and by asking sooner where the stream gives reason to. */
export function startLane(deps: LaneDeps): Lane {
  const { cluster, clock, log } = deps;
  const wake = () => loop.wake();
  const lane: LaneState = {
    ...{ deps, wake, followed: new Map(), queue: createDueQueue(), trust: createStreamTrust() },
    ...{ slots: createSlots(SLOTS, wake), failures: 0, pausedUntilMs: 0, isTold: false },
    ...{ sweptAtMs: Number.NEGATIVE_INFINITY, roundAtMs: clock.nowMs() },
  };
  const name = `follower of ${cluster}`;
  const loop: Loop = startLoop({ name, clock, log, maxIdleMs: 30_000, round: () => readRound(lane) });
  return {
    follow: (task) => follow(task, lane),
    hint: (hint) => take(hint, lane),
    proven: (isAlive) => {
      lane.trust.proven(isAlive, clock.nowMs());
      wake();
    },
    isTold: () => lane.isTold,
    following: () => lane.followed.size,
    stop: async () => {
      await loop.stop();
      await lane.slots.drain();
    },
  };
}

function follow(task: Task, lane: LaneState): void {
  const { followed, queue, trust, deps, wake } = lane;
  const { execution } = task;
  if (!execution) return;
  const known = followed.get(execution.id);
  if (!isFollowed(task)) {
    if (known) queue.delete(known);
    followed.delete(execution.id);
    return;
  }
  if (known) {
    known.status = execution.status;
    return;
  }
  const nowMs = deps.clock.nowMs();
  const one = followedOf(task, execution, nowMs);
  one.isRestless = isEnd(execution.status) || isEnd(trust.lastTold(execution.id) ?? "");
  followed.set(execution.id, one);
  // What began long ago may have ended unseen; what was answered as finished must not wait for its first poll.
  const isLate = one.isRestless || nowMs - one.sinceMs > RESTLESS_POLL_MS;
  queue.set(one, isLate ? nowMs : nowMs + RESTLESS_POLL_MS);
  // The loop may be asleep for as long as nothing was followed, and must learn of the new poll.
  wake();
}

function take({ executionId, status, requestId }: Hint, lane: LaneState): void {
  if (executionId === "*") {
    sweep(lane);
    return;
  }
  lane.trust.told(executionId, status);
  const one = lane.followed.get(executionId);
  if (!one) {
    if (requestId !== undefined) lane.deps.onStranger(requestId);
    return;
  }
  if (one.status === status) return;
  if (isEnd(status)) one.isRestless = true;
  lookSoon(one, lane.deps.clock.nowMs() + (isEnd(status) ? GATHER_MS.end : GATHER_MS.move), lane);
  lane.wake();
}
