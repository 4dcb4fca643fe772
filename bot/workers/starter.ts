import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { approvers, startParams } from "../../core/approvals/index.ts";
import type { ClusterChoice } from "../../core/clusters/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import type { Policy } from "../../core/policies/index.ts";
import type { Clock, Executor, StartOutcome, TaskStore } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { RunGrant } from "../../core/runs/index.ts";
import { heldBy, type Stop } from "../../core/stops/index.ts";
import {
  currentDigest,
  doublingDelayMs,
  heldBefore,
  type Sighting,
  type Standing,
  type StartAnswer,
  type StartRecord,
  type Task,
} from "../../core/tasks/index.ts";
import type { ClusterChooser, OpenRuns } from "../routing/index.ts";
import type { Advancer } from "./advance.ts";
import { candidatesOf, clustersOf, executionRecord, sightBefore, sightOf } from "./sighting.ts";
import type { StepObserver } from "./steps.ts";

/** The configuration in force that a start is checked against. */
export interface InForce {
  rules: readonly Rule[];
  grants: readonly RunGrant[];
  policies: readonly Policy[];
}

export interface StarterDeps {
  tasks: TaskStore;
  advancer: Advancer;
  executor: Executor;
  inForce: () => InForce;
  /** Says on which cluster. */
  chooser: ClusterChooser;
  /** Told of what is about to start, so that no cluster gets more than it takes. */
  open: Pick<OpenRuns, "hold" | "release">;
  /** What people have stopped. */
  stops: Stops;
  clock: Clock;
  onStep: StepObserver;
}

/** The stops in force, looked at anew by `refresh`. */
export interface Stops {
  refresh(): Promise<void>;
  current(): readonly Stop[];
}

/** Starts approved tasks, and finds out about starts whose answer was lost. */
export interface Starter {
  /** Makes sure that it was not started before, stores the intent, asks for the start, stores the answer. */
  start(task: Task, fence: number): Promise<void>;
  /** Looks whether a stop still keeps a held task from starting, and lets it go on when none does. */
  recheck(task: Task, fence: number): Promise<void>;
  /** Looks for every start that this task may have made. */
  look(task: Task, fence?: number): Promise<void>;
}

/** First pause before what is known of a start is stored once more; doubles up to the longest. */
const STORE_PAUSE_MS = 100;
const STORE_PAUSE_MAX_MS = 5_000;

/** How the rule and its policy stand now, and where the task goes. */
export function standingOf(task: Task, inForce: InForce, choice: ClusterChoice): Standing {
  const { approval } = task;
  const id = approval.mode === "policy" ? approval.policy.id : null;
  return {
    digest: currentDigest(inForce, task),
    policy: inForce.policies.find((policy) => policy.id === id) ?? null,
    choice,
  };
}

/** The stop that keeps the task from starting; null where none does, or not stops alone. */
function stopOf(choice: ClusterChoice, task: Task, stops: readonly Stop[]): Stop | null {
  if (choice.outcome === "chosen") return heldBy(stops, { task, cluster: choice.cluster });
  if (choice.outcome !== "wait" || choice.reason !== "clusters_stopped") return null;
  const stopped = choice.passed.flatMap(({ cluster }) => heldBy(stops, { task, cluster }) ?? []);
  return stopped[0] ?? null;
}

export function createStarter(deps: StarterDeps): Starter {
  const { tasks, advancer, executor, inForce, chooser, open, stops, clock, onStep } = deps;

  /** What only this process knows of a start is kept on being stored until others look for the start themselves. */
  const persist = async (store: () => Promise<unknown>): Promise<void> => {
    const untilMs = clock.nowMs() + advancer.settings.startAnswerMs;
    for (let tries = 0; ; tries++) {
      try {
        await store();
        return;
      } catch (error) {
        const isTransient = isChatOpsError(error) && error.retryable;
        if (!isTransient || clock.nowMs() >= untilMs) throw error;
        await pause(doublingDelayMs(tries, STORE_PAUSE_MS, STORE_PAUSE_MAX_MS));
      }
    }
  };

  /**
   * The store failed while it took the intent, and may have it. Nobody but this try would send it, and this try has
   * not: without that word others would look for a start that never was, and ask a human in the end.
   */
  const giveBack = async (task: Task, sender: string): Promise<void> => {
    const stored = await tasks.get(task.id);
    if (stored?.state !== "starting" || stored.start?.sender !== sender) return;
    const { requestId } = stored.start;
    const answer: StartAnswer = { outcome: "not_sent", message: "the store failed while it took the intent" };
    await advancer.advance(stored, { kind: "start_answer", requestId, answer });
  };

  const ask = async (task: Task): Promise<StartAnswer> => {
    const { start } = task;
    if (!start) return { outcome: "not_sent", message: "no intent" };
    onStep("start_sending");
    // From this instant on others look for the start. A process that was halted for so long must not send it any more:
    // a human may have been told that it never went out.
    const isLate = task.dueAtMs !== null && clock.nowMs() >= task.dueAtMs;
    if (isLate) return { outcome: "not_sent", message: "the process was halted before it could ask" };
    const answer = await send(task, start, executor);
    onStep("start_answered");
    const isElsewhere = answer.outcome === "refused" && (await chooser.lacksNow(start.cluster, task.action));
    return answerOf(isElsewhere ? { ...answer, outcome: "not_sent" } : answer, start.cluster);
  };

  const begin = async (task: Task, sighting: Sighting): Promise<void> => {
    const { start } = task;
    if (!start) return;
    if (sighting.outcome === "found") {
      await advancer.advance(task, { kind: "look", sighting });
      return;
    }
    const answer: StartAnswer =
      sighting.outcome === "unreachable" ? { ...sighting, outcome: "not_sent" } : await ask(task);
    const { requestId } = start;
    await persist(() => advancer.advance(task, { kind: "start_answer", requestId, answer }));
    onStep("start_stored");
  };

  const hold = async (task: Task, stop: Stop, fence: number) =>
    void (await advancer.advance(task, { kind: "hold", stop }, { fence }));

  const choose = async (task: Task): Promise<{ choice: ClusterChoice; stop: Stop | null }> => {
    await stops.refresh();
    const stopped = (cluster: string) => heldBy(stops.current(), { task, cluster }) !== null;
    const choice = await chooser.choose(task, { nowMs: clock.nowMs(), isStopped: stopped });
    return { choice, stop: stopOf(choice, task, stops.current()) };
  };

  const startOn = async (task: Task, choice: ClusterChoice, fence: number): Promise<void> => {
    // Looked for before the intent, so that little lies between the intent and the request: a process that
    // dies there leaves a start that only a human can decide about. The intent's compare-and-set decides
    // who asks, whoever has looked.
    const sighting: Sighting =
      choice.outcome === "chosen" ? await sightBefore(task, choice, executor) : { outcome: "absent" };
    // The looks take their time: what was stopped meanwhile must not start any more.
    await stops.refresh();
    const stop = stopOf(choice, task, stops.current());
    if (stop) return hold(task, stop, fence);
    const sender = randomUUID();
    const standing = { ...standingOf(task, inForce(), choice), ...madeSince(task, sighting) };
    const input = { kind: "intend" as const, standing, sender };
    const result = await advancer.advance(task, input, { fence }).catch(async (error: unknown) => {
      await persist(() => giveBack(task, sender));
      throw error;
    });
    onStep("intent_stored");
    const intended = result.outcome === "moved" && result.stored && result.reason === "start_intended";
    if (intended) await begin(result.task, sighting);
  };

  return {
    start: async (task, fence) => {
      const { choice, stop } = await choose(task);
      if (stop) return hold(task, stop, fence);
      if (choice.outcome !== "chosen") return startOn(task, choice, fence);
      // From here on others that choose count it.
      open.hold(task.id, choice.cluster);
      await startOn(task, choice, fence).finally(() => open.release(task.id));
    },
    recheck: async (task, fence) => {
      const { stop } = await choose(task);
      if (stop) return hold(task, stop, fence);
      await advancer.advance(task, { kind: "release" }, { fence });
    },
    look: async (task, fence) => {
      const seen = await sightOf(task, clustersOf(task), executor);
      const sighting = seen.outcome === "absent" ? await withCandidates(task, deps) : seen;
      await advancer.advance(task, { kind: "look", sighting }, fence === undefined ? {} : { fence });
    },
  };
}

/** The one request that makes a run. */
function send(task: Task, { cluster, requestId }: StartRecord, executor: Executor): Promise<StartOutcome> {
  const { action, rerunOf } = task;
  if (rerunOf) {
    const { executionId, steps, reset } = rerunOf;
    return executor.rerun({ cluster, executionId, action, steps, requestId, ...(reset ? { reset } : {}) });
  }
  const parameters = startParams(task);
  return executor.start({
    cluster,
    action,
    parameters,
    requestId,
    taskId: task.id,
    approvedBy: approvers(task),
    ...(task.notify ? { notify: task.notify } : {}),
  });
}

/** Nothing of this task can have gone out yet, and still something was made of the run that it is to run once more. */
function madeSince(task: Task, sighting: Sighting): Pick<Standing, "rerunSince"> {
  if (!task.rerunOf || sighting.outcome !== "found" || heldBefore(task).before) return {};
  return { rerunSince: [sighting.execution.id, ...(sighting.doubles ?? [])] };
}

/** Only where a human is asked, or about to be, it is worth looking for what could be the start. */
async function withCandidates(task: Task, { executor, clock }: StarterDeps): Promise<Sighting> {
  const isAsked = task.start !== null && clock.nowMs() >= task.start.unknownAtMs;
  const candidates = isAsked ? await candidatesOf(task, executor) : undefined;
  return { outcome: "absent", ...(candidates ? { candidates } : {}) };
}

function answerOf(answer: StartOutcome, cluster: string): StartAnswer {
  switch (answer.outcome) {
    case "started":
      return { outcome: "started", execution: executionRecord(answer.execution) };
    case "not_sent":
      return { outcome: "not_sent", message: answer.message, at: cluster };
    case "refused":
    case "unknown":
      return answer;
    default:
      return answer satisfies never;
  }
}
