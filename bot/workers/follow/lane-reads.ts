import { errorText, isChatOpsError } from "../../../core/errors.ts";
import type { Execution } from "../../../core/ports/index.ts";
import { doublingDelayMs, isEnd } from "../../../core/tasks/index.ts";
import type { RoundResult } from "../loop.ts";
import type { Followed } from "./followed.ts";
import { type Heard, hear } from "./hear.ts";
import { type LaneState, sweep, usualPollAtMs, weighTrust } from "./lane-state.ts";
import { RESTLESS_POLL_MS } from "./poll-pace.ts";

/** Requests under way to one cluster at the same time. */
export const SLOTS = 32;
/** Ids in one request (reference/stackstorm.md section 3). */
const LIST_IDS = 100;
/** First and longest pause after what could not be read. */
const BACK_OFF_MS = { first: 1_000, longest: 30_000 };
/** A clock that goes back by more than this is not taken for its usual trembling. */
const TREMBLING_MS = 1_000;
/** An answer that holds too much, of parameters for example, which StackStorm sends along in lists. */
const TOO_LARGE = /\.too_large$/;

/** Begins to read what is due, and nothing else is looked at. */
export async function readRound(lane: LaneState): Promise<RoundResult> {
  const { queue, slots, deps } = lane;
  const nowMs = deps.clock.nowMs();
  if (nowMs < lane.roundAtMs - TREMBLING_MS) afterClockWentBack(lane);
  lane.roundAtMs = nowMs;
  weighTrust(lane, nowMs);
  if (nowMs < lane.pausedUntilMs) return { more: false, nextDueAtMs: lane.pausedUntilMs };
  // A cluster that does not answer is tried with one request, not with all at once.
  const kept = lane.failures > 0 ? SLOTS - 1 : 0;
  while (slots.free() > kept) {
    const due = queue.take(nowMs, LIST_IDS);
    if (due.length === 0) return { more: false, nextDueAtMs: queue.nextDueAtMs() };
    dispatch(due, lane);
  }
  // The next slot that is freed wakes the loop.
  return { more: false, nextDueAtMs: null };
}

/** What fell due by the old time would lie in the future now. */
function afterClockWentBack(lane: LaneState): void {
  lane.sweptAtMs = Number.NEGATIVE_INFINITY;
  sweep(lane);
}

function dispatch(due: readonly Followed[], lane: LaneState): void {
  const { slots, queue, deps } = lane;
  const listed = due.filter((one) => !one.isRestless);
  if (listed.length > 0) slots.run(() => readList(listed, lane));
  for (const one of due) {
    if (!one.isRestless) continue;
    if (slots.free() > 0) slots.run(() => readOne(one, lane));
    else queue.set(one, deps.clock.nowMs());
  }
}

async function readList(due: readonly Followed[], lane: LaneState): Promise<void> {
  const { deps } = lane;
  try {
    const seen = await deps.executor.list(
      deps.cluster,
      due.map((one) => one.executionId),
    );
    reached(lane);
    const byId = new Map(seen.map((execution) => [execution.id, execution]));
    for (const one of due) compare(one, byId.get(one.executionId) ?? null, lane);
  } catch (error) {
    if (isChatOpsError(error) && TOO_LARGE.test(error.code)) return apart(due, error, lane);
    unreached(due, error, lane);
  }
}

/** What has changed, or is missing, is heard by itself. */
function compare(one: Followed, brief: Execution | null, lane: LaneState): void {
  if (brief && brief.status === one.status && !isEnd(brief.status)) {
    one.misses = 0;
    settle(one, "goes_on", lane);
    return;
  }
  Object.assign(one, { brief, isRestless: true });
  back(one, lane.deps.clock.nowMs(), lane);
}

function apart(due: readonly Followed[], error: unknown, lane: LaneState): void {
  const { cluster, log, clock } = lane.deps;
  log.warn(
    { cluster, reason: errorText(error) },
    "a list of executions is too large; each is read by itself",
  );
  for (const one of due) {
    one.isRestless = true;
    back(one, clock.nowMs(), lane);
  }
}

async function readOne(one: Followed, lane: LaneState): Promise<void> {
  const { deps, trust } = lane;
  try {
    const heard = await hear(one, deps);
    one.failures = 0;
    const { openAtMs, endedAtMs } = one;
    if (heard === "over" && endedAtMs !== null) {
      trust.endFound(one.executionId, { openAtMs, nowMs: endedAtMs });
    }
    settle(one, heard, lane);
  } catch (error) {
    const { cluster, executionId, taskId } = one;
    one.failures++;
    const reason = errorText(error);
    const facts = { cluster, executionId, taskId, failures: one.failures, reason };
    if (one.failures === 1) deps.log.warn(facts, "execution could not be read");
    else deps.log.debug(facts, "execution could not be read");
    back(one, deps.clock.nowMs() + backOffMs(one.failures), lane);
  }
}

function settle(one: Followed, heard: Heard, lane: LaneState): void {
  const { deps, followed } = lane;
  const nowMs = deps.clock.nowMs();
  if (heard === "over" || !deps.keeps(nowMs - one.followedSinceMs)) {
    if (followed.get(one.executionId) === one) followed.delete(one.executionId);
    return;
  }
  one.brief = null;
  one.isRestless = heard === "look_soon";
  if (heard === "goes_on") one.openAtMs = nowMs;
  back(one, heard === "look_soon" ? nowMs + RESTLESS_POLL_MS : usualPollAtMs(one, nowMs, lane), lane);
}

/** Back into the queue; at once when it was hinted at while it was read. */
function back(one: Followed, dueAtMs: number, { followed, queue, deps, wake }: LaneState): void {
  if (followed.get(one.executionId) !== one) return;
  queue.set(one, one.isHinted ? Math.min(dueAtMs, deps.clock.nowMs()) : dueAtMs);
  one.isHinted = false;
  wake();
}

function reached(lane: LaneState): void {
  const { failures, deps } = lane;
  lane.failures = 0;
  if (failures > 0) deps.log.info({ cluster: deps.cluster, failures }, "executions can be read again");
}

function unreached(due: readonly Followed[], error: unknown, lane: LaneState): void {
  const { cluster, log, clock } = lane.deps;
  lane.failures++;
  lane.pausedUntilMs = Math.max(lane.pausedUntilMs, clock.nowMs() + backOffMs(lane.failures));
  const facts = { cluster, failures: lane.failures, reason: errorText(error) };
  if (lane.failures === 1) log.warn(facts, "executions could not be read");
  else log.debug(facts, "executions could not be read");
  // Spread, so that one that spoils a list is not together with the same others each time.
  for (const one of due) back(one, lane.pausedUntilMs + lane.deps.random() * BACK_OFF_MS.first, lane);
}

function backOffMs(failures: number): number {
  return doublingDelayMs(failures - 1, BACK_OFF_MS.first, BACK_OFF_MS.longest);
}
