import type { WhaleEvent } from "../../core/events/index.ts";
import type { Journal, JournalEntry, Logger, Metrics, TaskStore } from "../../core/ports/index.ts";
import {
  type ElementVerdict,
  elementVerdict,
  type Firing,
  firedVerdict,
  type Judgement,
  judge,
  takeOf,
  type Verdict,
} from "../../core/rules/index.ts";
import { type MachineSettings, madeFact, taskOfRule, withOutbox } from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import { causesOf, depthOf, roundsOf } from "./chain.ts";
import type { Crew } from "./crew.ts";
import { giveWay } from "./give-way.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createPlaces, givingBack, type Places } from "./places.ts";
import { type JudgingDeps, judgingNow } from "./rules-in-force.ts";
import { slices } from "./slices.ts";
import type { StepObserver } from "./steps.ts";
import { withdrawRecovered } from "./withdraw.ts";

type Fires = Extract<Judgement, { outcome: "fires" }>;

export interface RulesWorkerDeps extends JudgingDeps {
  journal: Journal;
  tasks: TaskStore;
  advancer: Advancer;
  settings: MachineSettings;
  log: Logger;
  metrics: Metrics;
  holder: string;
  crew: Crew;
  onStep: StepObserver;
  /** Whether intake has so much to do that this waits. */
  crowded: () => boolean;
}

const BATCH = 100;
/** Judging gives the process a turn after this, or a request would wait for whole batches. */
const SLICE_MS = 4;
/** The longest that a round waits for a crowded intake. */
const GIVE_WAY_MS = 400;

/** Reads the journal, judges each event by the rules, makes tasks and takes them back, keeps every verdict. */
export function startRulesWorker(deps: RulesWorkerDeps): Loop {
  const { clock, log } = deps;
  const places = createPlaces("rules", deps);
  const round = async () => {
    await giveWay(deps.crowded, GIVE_WAY_MS);
    await deps.mutes.refresh();
    const partitions = await places.toRead();
    const reading = { places, sliced: slices(SLICE_MS) };
    const full = await Promise.all(partitions.map((partition) => readPartition(partition, reading, deps)));
    return { more: full.includes(true), nextDueAtMs: null };
  };
  return givingBack(startLoop({ name: "rules", clock, log, maxIdleMs: 2_000, round }), places);
}

interface Reading {
  places: Places;
  sliced: () => Promise<void>;
}

/** One batch of one partition, in order; whether it was full. */
async function readPartition(
  partition: number,
  { places, sliced }: Reading,
  deps: RulesWorkerDeps,
): Promise<boolean> {
  const { journal, onStep, log } = deps;
  const place = { reader: "rules" as const, partition };
  const entries = await journal.read(place, BATCH);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return false;
  const fence = await places.fence(partition);
  if (fence === null) return false;
  const verdicts: Verdict[] = [];
  for (const entry of entries) {
    verdicts.push(...(await judgeEntry(entry, deps)));
    await sliced();
  }
  const done = { fence, first: first.position, last: last.position, verdicts };
  const committed = await journal.commit(place, done);
  if (!committed) {
    places.lost(partition);
    log.warn({ partition }, "rules lost their partition");
  }
  onStep("rules_committed");
  return entries.length === BATCH;
}

async function judgeEntry(entry: JournalEntry, deps: RulesWorkerDeps): Promise<Verdict[]> {
  if (entry.kind !== "event") return [];
  const { event } = entry;
  const { tasks, advancer } = deps;
  const verdicts = await withdrawRecovered(event, { tasks, advancer, set: deps.inForce().set });
  const withdrawing = new Set(verdicts.map((verdict) => verdict.ruleId));
  for (const judgement of await judgements(event, deps)) {
    if (withdrawing.has(judgement.verdict.ruleId)) continue;
    verdicts.push(await carryOut(judgement, event, deps));
  }
  for (const verdict of verdicts) told(verdict, deps);
  return verdicts;
}

async function judgements(event: WhaleEvent, deps: RulesWorkerDeps): Promise<Judgement[]> {
  const { set, context } = judgingNow(deps);
  return judge(set, event, { ...context, rounds: await roundsOf(event, deps.tasks) });
}

/** Makes the tasks of a rule that fires, unless its throttle holds them back. */
async function carryOut(judgement: Judgement, event: WhaleEvent, deps: RulesWorkerDeps): Promise<Verdict> {
  if (judgement.outcome === "held") return judgement.verdict;
  const answers: ElementVerdict[] = [];
  // One after the other: a throttle that has room for some gives it to the first.
  for (const firing of judgement.firings) answers.push(await makeTask(judgement, firing, { event, deps }));
  return firedVerdict(judgement, answers);
}

interface MakingTask {
  event: WhaleEvent;
  deps: RulesWorkerDeps;
}

async function makeTask(
  judgement: Fires,
  firing: Firing,
  { event, deps }: MakingTask,
): Promise<ElementVerdict> {
  const first = await make(judgement, firing, { event, deps, recurred: false });
  const recurred = first.outcome === "exists" && (await isOfEarlier(event, first.id, deps));
  const { id, grant } = recurred ? await make(judgement, firing, { event, deps, recurred }) : first;
  deps.onStep("task_made");
  return elementVerdict(firing.index, { taskId: id, grant });
}

/** Whether a task is of an earlier event with the same id: the sender's key came again after it was forgotten. */
async function isOfEarlier(event: WhaleEvent, id: string, { tasks }: RulesWorkerDeps): Promise<boolean> {
  const task = await tasks.get(id);
  return task !== null && task.event.receivedAt !== event.receivedAt;
}

async function make(
  judgement: Fires,
  firing: Firing,
  { event, deps, recurred }: MakingTask & { recurred: boolean },
) {
  const { tasks, settings, clock } = deps;
  const nowMs = clock.nowMs();
  const making = { nowMs, settings, depth: depthOf(event), causes: causesOf(event), recurred };
  const made = taskOfRule(judgement.rule, event, firing, making);
  const { task, outbox } = withOutbox(made.task, made.effects, nowMs);
  const take = takeOf(judgement, firing, { grantId: task.id, atMs: Date.parse(event.receivedAt) });
  const answer = await tasks.make({ task, outbox, fact: madeFact(task), ...(take ? { take } : {}) });
  return { ...answer, id: task.id };
}

function told(verdict: Verdict, { log, metrics }: RulesWorkerDeps): void {
  const { eventId, ruleId, outcome, reason, taskId, withdrawn, message, elements } = verdict;
  metrics.count("verdicts", { rule: ruleId, reason });
  const fields = {
    eventId,
    ruleId,
    outcome,
    reason,
    ...(taskId ? { taskId } : {}),
    ...(withdrawn ? { withdrawn } : {}),
    ...(message ? { message } : {}),
    ...(elements ? { elements } : {}),
  };
  // What most rules say of most events; every verdict is stored and found by its reason.
  if (reason === "feature_failed") log.debug(fields, "rule judged");
  else log.info(fields, "rule judged");
}
