import { errorText } from "../../core/errors.ts";
import type { Clock, Execution, Executor, Hint, Logger, TaskStore } from "../../core/ports/index.ts";
import { isEnd, type Task } from "../../core/tasks/index.ts";
import { type Advancer, isFollowed } from "./advance.ts";
import { type Loop, startLoop } from "./loop.ts";
import { judgeEnd } from "./run-end.ts";
import { executionRecord } from "./sighting.ts";
import type { StepObserver } from "./steps.ts";

export interface FollowerDeps {
  tasks: TaskStore;
  advancer: Advancer;
  executor: Executor;
  /** Names of all clusters, each of which has its stream of hints. */
  clusters: () => readonly string[];
  /**
   * How often running tasks are listed anew, in milliseconds, where other processes start some too and may be gone
   * afterwards; null where there is no other process.
   */
  relistMs: number | null;
  clock: Clock;
  log: Logger;
  onStep: StepObserver;
}

interface Followed {
  taskId: string;
  cluster: string;
  executionId: string;
  status: string;
  sinceMs: number;
  nextPollMs: number;
  misses: number;
  /** When its end was first seen; null before. */
  endedAtMs: number | null;
}

const YOUNG_MS = 30_000;
const MIDDLE_MS = 300_000;
const RESTLESS_POLL_MS = 1_000;
const MIDDLE_POLL_MS = 5_000;
const OLD_POLL_MS = 30_000;
const MISSES_UNTIL_GONE = 3;
const FOLLOWED_STATES = ["running", "paused", "canceling"] as const;

/** How long until an execution of this age is asked about again (reference/stackstorm.md section 8). */
export function pollDelayMs(ageMs: number): number {
  if (ageMs < YOUNG_MS) return RESTLESS_POLL_MS;
  return ageMs < MIDDLE_MS ? MIDDLE_POLL_MS : OLD_POLL_MS;
}

/** Follows executions: lists by id are the truth, the event stream only says when to look. */
export interface Follower {
  follow(task: Task): void;
  following(): number;
  stop(): Promise<void>;
}

export async function startFollower(deps: FollowerDeps): Promise<Follower> {
  const { tasks, clock, log } = deps;
  const followed = new Map<string, Followed>();
  const abort = new AbortController();

  const follow = (task: Task) => {
    const { execution } = task;
    if (!execution) return;
    const key = `${execution.cluster}/${execution.id}`;
    if (!isFollowed(task)) {
      followed.delete(key);
      return;
    }
    if (followed.has(key)) return;
    const nowMs = clock.nowMs();
    // A start that was answered as finished already must not wait for its first poll.
    const nextPollMs = isEnd(execution.status) ? nowMs : nowMs + RESTLESS_POLL_MS;
    const { id: executionId, cluster, status } = execution;
    followed.set(key, {
      taskId: task.id,
      cluster,
      executionId,
      status,
      sinceMs: nowMs,
      nextPollMs,
      misses: 0,
      endedAtMs: null,
    });
    // The loop may be asleep for as long as nothing was followed, and must learn of the new poll.
    loop.wake();
  };

  const drop = (one: Followed) => void followed.delete(`${one.cluster}/${one.executionId}`);

  const hinted = (hint: Hint) => {
    const nowMs = clock.nowMs();
    if (hint.executionId === "*") {
      for (const one of followed.values()) if (one.cluster === hint.cluster) one.nextPollMs = nowMs;
    } else {
      const one = followed.get(`${hint.cluster}/${hint.executionId}`);
      if (!one || one.status === hint.status) return;
      one.nextPollMs = nowMs;
    }
    loop.wake();
  };

  const round = async () => {
    const nowMs = clock.nowMs();
    const due = [...followed.values()].filter((one) => one.nextPollMs <= nowMs);
    for (const one of due) one.nextPollMs = nowMs + pollDelayMs(nowMs - one.sinceMs);
    const clusters = new Set(due.map((one) => one.cluster));
    await Promise.all(
      [...clusters].map((cluster) =>
        poll(
          cluster,
          due.filter((one) => one.cluster === cluster),
          { ...deps, follow, drop },
        ),
      ),
    );
    let nextDueAtMs: number | null = null;
    for (const one of followed.values())
      nextDueAtMs = Math.min(nextDueAtMs ?? one.nextPollMs, one.nextPollMs);
    return { more: false, nextDueAtMs };
  };

  const loop: Loop = startLoop({ name: "follower", clock, log, maxIdleMs: 30_000, round });
  deps.advancer.onMoved(follow);
  const followAll = async () => {
    for (const task of await tasks.list({ states: [...FOLLOWED_STATES], limit: 1_000_000 })) follow(task);
    return { more: false, nextDueAtMs: null };
  };
  await followAll();
  const { relistMs } = deps;
  const relisting =
    relistMs === null
      ? null
      : startLoop({ name: "follower list", clock, log, maxIdleMs: relistMs, round: followAll });
  const watches = deps.clusters().map((cluster) => deps.executor.watch(cluster, hinted, abort.signal));
  return {
    follow,
    following: () => followed.size,
    stop: async () => {
      abort.abort();
      await Promise.all([loop.stop(), relisting?.stop()]);
      await Promise.all(watches);
    },
  };
}

type Hearing = FollowerDeps & Pick<Follower, "follow"> & { drop(one: Followed): void };

async function poll(cluster: string, due: Followed[], deps: Hearing): Promise<void> {
  try {
    const ids = due.map((one) => one.executionId);
    const seen = new Map((await deps.executor.list(cluster, ids)).map((e) => [e.id, e]));
    await Promise.all(due.map((one) => hear(one, seen.get(one.executionId), deps)));
  } catch (error) {
    deps.log.warn({ cluster, reason: errorText(error) }, "executions could not be read");
  }
}

async function hear(one: Followed, brief: Execution | undefined, deps: Hearing): Promise<void> {
  if (!brief) return missed(one, deps);
  one.misses = 0;
  const task = await deps.tasks.get(one.taskId);
  if (!task) return;
  // Another process has heard of the end first.
  if (!isFollowed(task)) return deps.follow(task);
  // It goes on with another execution, which is followed by itself.
  if (task.execution?.id !== one.executionId) return deps.drop(one);
  const changed = brief.status !== task.execution?.status || isEnd(brief.status);
  if (!changed) return;
  const execution = isEnd(brief.status) ? await deps.executor.get(one.cluster, one.executionId) : brief;
  if (!execution) return missed(one, deps);
  deps.onStep("news_read");
  one.status = execution.status;
  if (isEnd(execution.status)) return hearEnd(one, { task, execution }, deps);
  await deps.advancer.advance(task, { kind: "news", execution: executionRecord(execution) });
}

async function hearEnd(
  one: Followed,
  { task, execution }: { task: Task; execution: Execution },
  deps: Hearing,
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  one.endedAtMs ??= nowMs;
  const end = await judgeEnd(task, execution, nowMs - one.endedAtMs, deps);
  switch (end.outcome) {
    case "wait":
      one.nextPollMs = deps.clock.nowMs() + RESTLESS_POLL_MS;
      return;
    case "goes_on": {
      const { between } = end;
      const next = executionRecord(end.execution);
      await deps.advancer.advance(task, { kind: "retried", execution: next, between });
      return deps.drop(one);
    }
    case "over": {
      const { doubles } = end;
      await deps.advancer.advance(task, { kind: "news", execution: executionRecord(execution), doubles });
      return deps.onStep("end_stored");
    }
    default:
      return end satisfies never;
  }
}

async function missed(one: Followed, deps: FollowerDeps): Promise<void> {
  one.misses++;
  if (one.misses < MISSES_UNTIL_GONE) return;
  const task = await deps.tasks.get(one.taskId);
  if (task) await deps.advancer.advance(task, { kind: "gone" });
}
