import { RELEASE_POINTS, type Step } from "../../../bot/workers/index.ts";

/** What came of a campaign of releases, or of a part of it. */
export interface ReleaseFacts {
  /** How releases ended, by their stage. */
  ends: Record<string, number>;
  /** How many processes died at each point. */
  kills: Record<string, number>;
  /** Points that were aimed at and that the release did not come by. */
  missed: number;
  /** Asked for while another was under way, and refused. */
  rivals: number;
  /** Broken promises, each on a line. */
  wrong: string[];
}

export function noReleases(): ReleaseFacts {
  return { ends: {}, kills: {}, missed: 0, rivals: 0, wrong: [] };
}

/** What each release is killed at beside one point: there its drain waits for nothing but time. */
const ALWAYS: Step = "release_drain_done";
/** Points that a release which succeeds does not come by. */
const OF_WAY_BACK = "rollback_";
/** Behind these a release that fails is on its way back. */
const LAST_OF_FAILING = RELEASE_POINTS.indexOf("release_watch_done");

/** So many points of the way that a release will take, those that had the fewest kills, in their order. */
export function aimsOf(
  { fails, count, jumps }: { fails: boolean; count: number; jumps: boolean },
  kills: Record<string, number>,
  random: () => number,
): Step[] {
  const isOnWay = (point: Step, at: number) => {
    // Who dies between having its clusters and being stored has them for a minute.
    if (point === ALWAYS || (point === "release_held" && !jumps)) return false;
    return fails ? at <= LAST_OF_FAILING || point.startsWith(OF_WAY_BACK) : !point.startsWith(OF_WAY_BACK);
  };
  const ranked = RELEASE_POINTS.filter(isOnWay)
    .map((point) => ({ point, rank: (kills[point] ?? 0) + random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count);
  const chosen = new Set<Step>([ALWAYS, ...ranked.map(({ point }) => point)]);
  return RELEASE_POINTS.filter((point) => chosen.has(point));
}

/** The figures of a campaign of releases. */
export function releaseFigures({ ends, kills, missed, rivals, wrong }: ReleaseFacts) {
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0);
  return { ends, killed, kills, missed, rivals, wrong: wrong.length };
}

/** Tells kills by point, and what was broken. */
export function printReleases({ kills, wrong }: ReleaseFacts): void {
  for (const point of RELEASE_POINTS)
    console.log(`${String(kills[point] ?? 0).padStart(5)} kills at ${point}`);
  for (const line of wrong) console.log(`release: ${line}`);
}
