import { errorText, isChatOpsError } from "../../core/errors.ts";
import type { Audit, Journal, Logger, Metrics, ReplayStore } from "../../core/ports/index.ts";
import {
  changed,
  endOf,
  REPLAY_MODES,
  type Replay,
  type ReplayMode,
  type ReplayReason,
} from "../../core/replays/index.ts";
import { type Loop, type RoundResult, startLoop } from "./loop.ts";
import {
  paceOf,
  progressOf,
  type ReplayTurnDeps,
  type RunningReplay,
  replayTurn,
  runningReplay,
  type Turned,
} from "./replay-turn.ts";

export interface ReplayWorkerDeps extends ReplayTurnDeps {
  replays: ReplayStore;
  journal: Pick<Journal, "lag">;
  audit: Pick<Audit, "append">;
  /** Whether intake is crowded, or short of something. */
  busy: () => boolean;
  /** When the last live event came, in milliseconds. */
  liveAtMs: () => number;
  log: Logger;
  metrics: Metrics;
}

const LEASE_MS = 60_000;
/** Progress of a rehearsal is stored this often: it can be done again, and live events need the disk. */
const SAVE_EACH_MS = 1_000;
/** For so long after a live event a replay leaves most of the machine to what that sets going. */
const LIVE_MS = 1_000;
/** Then it rests for so many times what its turn took. */
const REST_SHARE = 2;
/** While live events wait, they are looked at again after this. */
const WAIT_MS = 10;
const MAX_IDLE_MS = 5_000;

/** What a worker of one mode has in hand. */
interface Hands {
  mode: ReplayMode;
  held: Held | null;
}

interface Held {
  running: RunningReplay;
  fence: number;
  savedAtMs: number;
  /** Not before this does the next turn begin. */
  turnAtMs: number;
}

/**
 * Replays stored events, behind live ones: each turn waits until the rules have read everything that came. One
 * replay of each mode at a time, so that a slow real one holds up no rehearsal.
 */
export function startReplayWorker(deps: ReplayWorkerDeps): Loop {
  const loops = REPLAY_MODES.map((mode) => startModeLoop(mode, deps));
  return {
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}

function startModeLoop(mode: ReplayMode, deps: ReplayWorkerDeps): Loop {
  const { clock, log } = deps;
  const hands: Hands = { mode, held: null };
  const round = () => replayRound(hands, deps);
  return startLoop({ name: `replays ${mode}`, clock, log, maxIdleMs: MAX_IDLE_MS, round });
}

async function replayRound(hands: Hands, deps: ReplayWorkerDeps): Promise<RoundResult> {
  hands.held ??= await take(hands.mode, deps);
  const { held } = hands;
  if (!held) return { more: false, nextDueAtMs: null };
  const nowMs = deps.clock.nowMs();
  // A clock that went back must not stop it for longer than a turn takes.
  const { turnMs } = paceOf(held.running.replay.order);
  if (nowMs < held.turnAtMs && held.turnAtMs - nowMs <= turnMs)
    return { more: false, nextDueAtMs: held.turnAtMs };
  if (deps.busy() || (await deps.journal.lag("rules")) > 0)
    return { more: false, nextDueAtMs: nowMs + WAIT_MS };
  held.turnAtMs = nowMs + turnMs;
  if (!(await turnAndStore(held, deps).catch(beginAgain(held, deps)))) {
    hands.held = null;
    return { more: true, nextDueAtMs: null };
  }
  const restMs = restAfter(nowMs, deps);
  return { more: turnMs + restMs === 0, nextDueAtMs: Math.max(held.turnAtMs, nowMs + restMs) };
}

/** From the beginning of a turn to that of the next, in milliseconds. */
function restAfter(beganMs: number, { clock, liveAtMs }: ReplayWorkerDeps): number {
  const nowMs = clock.nowMs();
  const took = Math.max(1, nowMs - beganMs);
  return nowMs - liveAtMs() < LIVE_MS ? took * (1 + REST_SHARE) : 0;
}

/** Half a turn may be counted in memory: the next one begins with what is stored. */
function beginAgain(held: Held, deps: ReplayWorkerDeps): (error: unknown) => never {
  return (error) => {
    held.running = runningReplay(held.running.replay, deps);
    throw error;
  };
}

async function take(mode: ReplayMode, deps: ReplayWorkerDeps): Promise<Held | null> {
  const { replays, clock, log } = deps;
  const claim = await replays.claim(mode, LEASE_MS);
  if (!claim) return null;
  const { replay, fence } = claim;
  const nowMs = clock.nowMs();
  const held: Held = { running: runningReplay(replay, deps), fence, savedAtMs: nowMs, turnAtMs: nowMs };
  log.info({ replayId: replay.id, mode, by: replay.by, events: replay.progress.events }, "replay goes on");
  return (await store(held, { state: "running", reason: "begun" }, deps)) ? held : null;
}

/** Whether there is more to do. What fails for good ends the replay; else its next turn begins as stored. */
async function turnAndStore(held: Held, deps: ReplayWorkerDeps): Promise<boolean> {
  const turned = await tryTurn(held, deps);
  if (turned.outcome === "failed") return end(held, turned, deps);
  if (turned.outcome === "ended") return end(held, { state: "done", reason: turned.reason }, deps);
  const { replay } = held.running;
  const isDue = Math.abs(deps.clock.nowMs() - held.savedAtMs) >= SAVE_EACH_MS;
  if (replay.order.mode === "rehearse" && !isDue) return true;
  return store(held, {}, deps);
}

type Tried =
  | { outcome: "more" }
  | { outcome: "ended"; reason: Exclude<Turned, "more"> }
  | { outcome: "failed"; state: "failed"; reason: "bad_filter" | "gave_up"; message: string };

async function tryTurn(held: Held, deps: ReplayWorkerDeps): Promise<Tried> {
  try {
    const turned = await replayTurn(held.running, deps);
    return turned === "more" ? { outcome: "more" } : { outcome: "ended", reason: turned };
  } catch (error) {
    if (isChatOpsError(error) && error.retryable) throw error;
    held.running = runningReplay(held.running.replay, deps);
    deps.log.error(
      { replayId: held.running.replay.id, err: error, reason: errorText(error) },
      "replay failed",
    );
    const badFilter = isChatOpsError(error) && error.code === "archive.bad_query";
    const reason = badFilter ? "bad_filter" : "gave_up";
    return { outcome: "failed", state: "failed", reason, message: errorText(error) };
  }
}

interface Change {
  state?: Replay["state"];
  reason?: ReplayReason;
  message?: string;
}

/** False when it is no longer this worker's: somebody canceled it, or it went to another. */
async function store(held: Held, change: Change, deps: ReplayWorkerDeps): Promise<boolean> {
  const { running, fence } = held;
  const nowMs = deps.clock.nowMs();
  const { replay } = running;
  const next = changed(replay, { ...change, progress: progressOf(running) }, nowMs);
  const lease = { fence, ttlMs: LEASE_MS };
  const saved = await deps.replays.save({ replay: next, expected: replay.revision, lease });
  deps.onStep("replay_saved");
  if (saved === "conflict") {
    deps.log.info({ replayId: replay.id }, "replay is no longer this worker's");
    return false;
  }
  Object.assign(held, { savedAtMs: nowMs });
  running.replay = next;
  return true;
}

/** The record comes first: a crash in between tells the end twice, never not at all. */
async function end(
  held: Held,
  change: Required<Pick<Change, "state" | "reason">> & Change,
  deps: ReplayWorkerDeps,
) {
  const { state, reason, message } = change;
  const { replay } = held.running;
  const last = changed(replay, { state, reason, progress: progressOf(held.running) }, deps.clock.nowMs());
  await deps.audit.append({
    at: new Date(deps.clock.nowMs()).toISOString(),
    who: replay.by,
    what: "events.replay",
    object: replay.id,
    detail: endOf(last),
  });
  const ended = await store(held, { state, reason, ...(message === undefined ? {} : { message }) }, deps);
  const { events, tasks } = last.progress;
  if (!ended) return false;
  deps.log.info({ replayId: replay.id, state, reason, events, tasks }, "replay ended");
  deps.metrics.count("replays", { mode: replay.order.mode, reason });
  return false;
}
