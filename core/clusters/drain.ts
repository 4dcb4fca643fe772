import { allowedClusters, type Cluster } from "./cluster.ts";

/** What happens at its deadline with what still runs: go on waiting, cancel Whale's own runs, or leave them. */
export const AT_DEADLINE = ["wait", "cancel", "leave"] as const;
export type AtDeadline = (typeof AT_DEADLINE)[number];

/** How a drain ended: nothing runs there any more; or its deadline came and what was chosen for it is done. */
export type DrainEnd = "empty" | "left" | "canceled";

/** A person's order that nothing new starts on a cluster, in force until it is taken back. */
export interface Drain {
  /** Who ordered it, as actors are named. */
  by: string;
  /** ISO instants in UTC. */
  at: string;
  /** Null: there is no deadline. */
  until: string | null;
  atDeadline: AtDeadline;
  /** What a person reads. */
  why: string;
  /** The upgrade that it belongs to. */
  upgrade?: string;
  /** The release that it belongs to. */
  release?: string;
  /** When what was chosen for the deadline was done. */
  deadlineMetAt?: string;
  /** When and how it ended. The cluster stays without starts. */
  done?: { at: string; how: DrainEnd };
}

/** What still runs on a cluster. */
export interface DrainCounts {
  /** Whale's own, without those that are paused. */
  own: number;
  /** Whale's own that are paused: they are kept. */
  paused: number;
  /** Everything that is under way there, whoever started it; null when it cannot be counted. */
  all: number | null;
}

/** What a drain needs now. */
export type DrainStep =
  | { outcome: "waits"; reason: "just_ordered" | "runs" | "not_counted" }
  /** The deadline has come: what is chosen for it is to be done, and stored, once. */
  | { outcome: "deadline"; reason: AtDeadline }
  | { outcome: "done"; reason: DrainEnd }
  /** It has ended before. */
  | { outcome: "over"; reason: DrainEnd };

/** Other processes hear of a drain within this time; what they started meanwhile is counted afterwards. */
export const SETTLE_MS = 10_000;

/** Judges a drain by what still runs. */
export function drainStep(drain: Drain, counts: DrainCounts, nowMs: number): DrainStep {
  if (drain.done) return { outcome: "over", reason: drain.done.how };
  if (Math.abs(nowMs - Date.parse(drain.at)) < SETTLE_MS) return { outcome: "waits", reason: "just_ordered" };
  if (counts.own === 0 && counts.all === 0) return { outcome: "done", reason: "empty" };
  const isDue = drain.until !== null && nowMs >= Date.parse(drain.until);
  if (isDue && drain.deadlineMetAt === undefined) return { outcome: "deadline", reason: drain.atDeadline };
  if (isDue && drain.atDeadline === "leave") return { outcome: "done", reason: "left" };
  // What others started there is theirs to cancel: it is shown and not waited for.
  if (isDue && drain.atDeadline === "cancel" && counts.own === 0) {
    return { outcome: "done", reason: "canceled" };
  }
  return { outcome: "waits", reason: counts.all === null ? "not_counted" : "runs" };
}

/** What draining a cluster does to the businesses that it serves. */
export interface Stranding {
  /** Served by other clusters too, none of which takes starts now. */
  stranded: string[];
  /** Served by this cluster alone: their tasks wait. */
  alone: string[];
}

/** Looks what draining `name` leaves, `out` being the clusters that take no starts already. */
export function strandedBy(
  name: string,
  {
    clusters,
    businesses,
    out,
  }: { clusters: readonly Cluster[]; businesses: readonly string[]; out: ReadonlySet<string> },
): Stranding {
  const found: Stranding = { stranded: [], alone: [] };
  const named = new Set([...businesses, ...clusters.flatMap((cluster) => cluster.businesses)]);
  for (const business of [...named].sort()) {
    const serving = allowedClusters(clusters, business);
    if (!serving.includes(name)) continue;
    const others = serving.filter((other) => other !== name);
    if (others.length === 0) found.alone.push(business);
    else if (others.every((other) => out.has(other))) found.stranded.push(business);
  }
  return found;
}
