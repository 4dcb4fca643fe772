import { errorText } from "../../core/errors.ts";
import { hashOf } from "../../core/ids/index.ts";
import type { Clock, Executor, Logger, TaskStore } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import { ALONE, type Crew } from "./crew.ts";
import { type Lane, startLane } from "./follow/lane.ts";
import { createStrangers, type Strangers } from "./follow/strangers.ts";
import { createStreams, type Streams } from "./follow/streams.ts";
import { type Loop, startLoop } from "./loop.ts";
import type { StepObserver } from "./steps.ts";

export interface FollowerDeps {
  tasks: TaskStore;
  advancer: Advancer;
  executor: Executor;
  /** Names of all clusters as they are configured now, each of which has its stream of hints. */
  clusters: () => readonly string[];
  /**
   * How often running tasks are listed anew, in milliseconds, where other processes start some too and may be gone
   * afterwards; null where there is no other process.
   */
  relistMs: number | null;
  /** Who shares the clusters; nobody when absent. */
  crew?: Crew;
  /** A number in [0, 1), of which nothing but the spreading of requests depends. */
  random?: () => number;
  clock: Clock;
  log: Logger;
  onStep: StepObserver;
}

const FOLLOWED_STATES = ["running", "paused", "canceling"] as const;
const MOST_TASKS = 1_000_000;
/** How soon a cluster that was added, or whose follower is gone, gets its stream. */
const LOOK_MS = 1_500;
/** So much less often running tasks are listed where every stream tells of what others start. */
const RELIST_RARELY = 4;
/** What this process has started it follows for so many listings, until whoever has the cluster does. */
const HAND_OVER = 2;

/**
 * Follows executions: lists by id are the truth, the event stream only says when to look. Of several processes each
 * cluster has one that follows what runs there; whoever started something follows it as well until that one does.
 * News that two bring is the same news.
 */
export interface Follower {
  follow(task: Task): void;
  following(): number;
  stop(): Promise<void>;
}

export async function startFollower(deps: FollowerDeps): Promise<Follower> {
  const { tasks, advancer } = deps;
  const parts = partsOf(deps);
  const { follow, lanes, strangers, streams } = parts;
  advancer.onMoved(follow);
  // Before anything is started here: a start of this process is told by the advancer.
  for (const task of await tasks.list({ states: [...FOLLOWED_STATES], limit: MOST_TASKS })) follow(task);
  const loops = startLooks(parts, deps);
  return {
    follow,
    following: () => [...lanes.values()].reduce((sum, lane) => sum + lane.following(), 0),
    stop: async () => {
      await Promise.all([streams.stop(), strangers.stop(), ...loops.map((loop) => loop.stop())]);
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
    },
  };
}

interface Parts {
  lanes: Map<string, Lane>;
  streams: Streams;
  strangers: Strangers;
  follow(task: Task): void;
  /** Whether this process is the one that follows a cluster's executions, as far as it knows who else is there. */
  isHome(cluster: string): boolean;
}

function partsOf(deps: FollowerDeps): Parts {
  const { crew = ALONE, relistMs, executor, log } = deps;
  const lanes = new Map<string, Lane>();
  const isHome = (cluster: string) => crew.isMine(partitionOf(cluster));
  const follow = (task: Task) => {
    if (task.execution) laneOf(task.execution.cluster).follow(task);
  };
  const strangers = createStrangers({ ...deps, follow });
  const laneOf = (cluster: string): Lane => {
    const known = lanes.get(cluster);
    if (known) return known;
    const lane = startLane({
      ...{ ...deps, cluster, random: deps.random ?? Math.random },
      keeps: (forMs) => relistMs === null || isHome(cluster) || forMs < HAND_OVER * relistMs,
      // Alone, everything that this process did not start is none of ours.
      onStranger: relistMs === null ? () => undefined : strangers.met,
    });
    lanes.set(cluster, lane);
    return lane;
  };
  const streams = createStreams({ executor, log, hearerOf: laneOf });
  return { lanes, streams, strangers, follow, isHome };
}

function partitionOf(cluster: string): number {
  return Number.parseInt(hashOf(cluster).slice(0, 8), 16);
}

/** What is looked at from time to time: which clusters are this process's, and what runs there that it does not know. */
function startLooks(parts: Parts, deps: FollowerDeps): Loop[] {
  const { clock, log, relistMs } = deps;
  let home: readonly string[] = deps.clusters().filter(parts.isHome);
  parts.streams.keep(home);
  const listing =
    relistMs === null
      ? null
      : startLoop({
          ...{ name: "follower list", clock, log, maxIdleMs: relistMs * RELIST_RARELY },
          round: async () => {
            await followOthers(parts, home, deps);
            const areTold = home.every((cluster) => parts.lanes.get(cluster)?.isTold() ?? false);
            return { more: false, nextDueAtMs: areTold ? null : clock.nowMs() + relistMs };
          },
        });
  const looking = startLoop({
    ...{ name: "follower clusters", clock, log, maxIdleMs: LOOK_MS },
    round: async () => {
      const before = home;
      home = deps.clusters().filter(parts.isHome);
      parts.streams.keep(home);
      // Whoever followed a cluster before may have gone without a word.
      if (home.some((cluster) => !before.includes(cluster))) listing?.wake();
      return { more: false, nextDueAtMs: null };
    },
  });
  return listing ? [looking, listing] : [looking];
}

async function followOthers(
  { follow }: Parts,
  home: readonly string[],
  { tasks, log }: FollowerDeps,
): Promise<void> {
  if (home.length === 0) return;
  try {
    const running = await tasks.list({ states: [...FOLLOWED_STATES], limit: MOST_TASKS });
    for (const task of running) if (home.includes(task.execution?.cluster ?? "")) follow(task);
  } catch (error) {
    log.warn({ reason: errorText(error) }, "running tasks could not be listed");
  }
}
