import type { WhaleEvent } from "../../core/events/index.ts";
import { showingRuns } from "../../core/pages/index.ts";
import { personNamed } from "../../core/people/index.ts";
import type { Archive, TaskStore } from "../../core/ports/index.ts";
import {
  judgeAgain,
  type Replay,
  type ReplayOutcome,
  type ReplayProgress,
  type Tally,
  tallyFrom,
  type VirtualThrottle,
  virtualThrottle,
} from "../../core/replays/index.ts";
import {
  type ElementVerdict,
  elementVerdict,
  type Firing,
  firedVerdict,
  type Judgement,
  takeOf,
  type Verdict,
} from "../../core/rules/index.ts";
import { type MachineSettings, madeFact, taskOfRule, withOutbox } from "../../core/tasks/index.ts";
import { type JudgingDeps, judgingNow } from "./rules-in-force.ts";
import { slices } from "./slices.ts";
import type { StepObserver } from "./steps.ts";

export interface ReplayTurnDeps extends JudgingDeps {
  archive: Pick<Archive, "search">;
  /** Asked for real alone. */
  tasks: Pick<TaskStore, "make">;
  settings: MachineSettings;
  onStep: StepObserver;
}

/** A replay as far as it has come in memory; what is stored of it may be older. */
export interface RunningReplay {
  /** As it is stored. */
  replay: Replay;
  cursor: string | null;
  /** Receipt of the last event that was judged, in milliseconds. */
  atMs: number;
  tally: Tally;
  throttle: VirtualThrottle;
}

/** What a turn has come to: there is more, or why there is not. */
export type Turned = "more" | "all_judged" | "max_events" | "max_tasks";

type Fires = Extract<Judgement, { outcome: "fires" }>;

/** The most events of one turn. */
const PAGE = 100;
/** So long the process works on a replay before everything else has its turn, in milliseconds. */
const SLICE_MS = 2;
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Takes a replay up where its stored progress is. */
export function runningReplay(replay: Replay, { secrecy }: Pick<ReplayTurnDeps, "secrecy">): RunningReplay {
  const { progress } = replay;
  const { cursor, buckets } = progress;
  const tally = tallyFrom(progress, showingRuns(secrecy));
  return { replay, cursor, atMs: 0, tally, throttle: virtualThrottle(buckets) };
}

/** What is to be stored of it now. */
export function progressOf({ tally, cursor, throttle, atMs }: RunningReplay): ReplayProgress {
  return { ...tally.progress(), cursor, buckets: throttle.buckets(atMs) };
}

/** How many events one turn reads, and how long a turn takes at least, by the replay's rate. */
export function paceOf({ perSecond }: Pick<Replay["order"], "perSecond">): {
  events: number;
  turnMs: number;
} {
  if (perSecond === null) return { events: PAGE, turnMs: 0 };
  const events = Math.min(PAGE, perSecond);
  return { events, turnMs: (events * 1000) / perSecond };
}

/**
 * Reads one page of the archive and judges its events; for real, tasks are made. Read again from the same
 * stored progress, it makes no task twice. When it throws, what is running in memory is to be thrown away.
 */
export async function replayTurn(running: RunningReplay, deps: ReplayTurnDeps): Promise<Turned> {
  const { order } = running.replay;
  const { cursor, tally } = running;
  const room = (order.maxEvents ?? UNBOUNDED) - tally.events();
  if (room <= 0) return "max_events";
  const limit = Math.min(paceOf(order).events, room);
  const after = cursor === null ? {} : { after: cursor };
  const page = await deps.archive.search({ ...order.filter, ...after, order: "oldest", limit });
  if (!(await judgePage(page.events, running, deps))) return "max_tasks";
  running.cursor = page.next;
  if (page.next === null) return "all_judged";
  return room <= limit ? "max_events" : "more";
}

/** False when it ended because no more tasks may be made. */
async function judgePage(
  events: readonly WhaleEvent[],
  running: RunningReplay,
  deps: ReplayTurnDeps,
): Promise<boolean> {
  const sliced = slices(SLICE_MS);
  for (const event of events) {
    if (!(await judgeEvent(event, running, deps))) return false;
    running.atMs = Date.parse(event.receivedAt);
    await sliced();
  }
  return true;
}

async function judgeEvent(event: WhaleEvent, running: RunningReplay, deps: ReplayTurnDeps): Promise<boolean> {
  const { tally, replay } = running;
  const again = judgeAgain(event, replay.order, judgingNow(deps));
  if (again.outcome === "left_out") {
    tally.event(again.reason);
    return true;
  }
  for (const judgement of again.judgements) {
    const wanted = judgement.outcome === "fires" ? judgement.firings.length : 0;
    if (wanted > 0 && tally.tasks() + wanted > (replay.order.maxTasks ?? UNBOUNDED)) return false;
    const verdict = await verdictOn(judgement, event, { running, deps });
    tally.outcome(event, { judgement, verdict });
  }
  tally.event();
  return true;
}

async function verdictOn(
  judgement: ReplayOutcome["judgement"],
  event: WhaleEvent,
  { running, deps }: { running: RunningReplay; deps: ReplayTurnDeps },
): Promise<Verdict> {
  if (judgement.outcome === "held") return judgement.verdict;
  if (running.replay.order.mode === "rehearse") return rehearsed(judgement, event, running);
  return makeTasks(judgement, { event, replay: running.replay, deps });
}

/** By buckets of the rehearsal's own, at the event's receipt, as live events are judged. */
function rehearsed(judgement: Fires, event: WhaleEvent, { replay, throttle }: RunningReplay): Verdict {
  const atMs = Date.parse(event.receivedAt);
  const answers = judgement.firings.map((firing) => {
    const take = replay.order.ignoreThrottle ? null : takeOf(judgement, firing, { grantId: event.id, atMs });
    return elementVerdict(firing.index, take ? { grant: throttle.take(take) } : {});
  });
  return firedVerdict(judgement, answers);
}

interface RealReplay {
  event: WhaleEvent;
  replay: Replay;
  deps: ReplayTurnDeps;
}

async function makeTasks(judgement: Fires, real: RealReplay): Promise<Verdict> {
  const answers: ElementVerdict[] = [];
  for (const firing of judgement.firings) answers.push(await makeTask(judgement, firing, real));
  return firedVerdict(judgement, answers);
}

/** By the true buckets, at this moment: it is now that the tasks come. */
async function makeTask(
  judgement: Fires,
  firing: Firing,
  { event, replay, deps }: RealReplay,
): Promise<ElementVerdict> {
  const nowMs = deps.clock.nowMs();
  const origin = { kind: "replay" as const, replay: replay.id, by: personNamed(replay.by) };
  const making = { nowMs, settings: deps.settings, depth: 0, causes: [], origin };
  const made = taskOfRule(judgement.rule, event, firing, making);
  const { task, outbox } = withOutbox(made.task, made.effects, nowMs);
  const asked = { grantId: task.id, atMs: nowMs };
  const take = replay.order.ignoreThrottle ? null : takeOf(judgement, firing, asked);
  const answer = await deps.tasks.make({ task, outbox, fact: madeFact(task), ...(take ? { take } : {}) });
  deps.onStep("replay_task_made");
  return elementVerdict(firing.index, { taskId: task.id, grant: answer.grant });
}
