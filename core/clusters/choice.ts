import { hashOf } from "../ids/index.ts";
import type { Cluster } from "./cluster.ts";
import type { PackFault } from "./pack-need.ts";
import type { ClusterSight } from "./sight.ts";

/** Why a cluster is not the one. Closed. The first group may not take the task now, the second could have. */
export const PASS_REASONS = [
  "not_configured",
  "not_serving",
  "lacks_action",
  "lacks_pack",
  "pack_unread",
  "stopped",
  "draining",
  "down",
  "full",
  "refused_lately",
  "reserve",
  "degraded",
  "lower_priority",
  "smaller_share",
  "not_kept",
] as const;
export type PassReason = (typeof PASS_REASONS)[number];

/** Why a cluster is the one: what told it from the others. Closed. */
export const CHOICE_REASONS = [
  "only_one",
  "kept",
  "others_refused",
  "reserve_serves",
  "own_first",
  "others_degraded",
  "highest_priority",
  "by_share",
] as const;
export type ChoiceReason = (typeof CHOICE_REASONS)[number];

/** Why none can take the task at this moment, though one may later. Closed. */
export const WAIT_REASONS = [
  "clusters_stopped",
  "clusters_full",
  "clusters_draining",
  "clusters_down",
  "packs_unread",
  "clusters_unusable",
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** A cluster that was passed over. */
export interface Passed {
  cluster: string;
  reason: PassReason;
  /** For people: what is there in the place of what is asked for. */
  found?: string;
}

/** What became of choosing, with a reason for every cluster of the allowed set. */
export type ClusterChoice =
  | { outcome: "chosen"; cluster: string; reason: ChoiceReason; passed: readonly Passed[] }
  /** None now; to be asked again. */
  | { outcome: "wait"; reason: WaitReason; passed: readonly Passed[] }
  /** None of them can ever take it as things stand. */
  | { outcome: "none"; reason: NowhereReason; passed: readonly Passed[] };

/** Why none of them can ever take it. Closed. */
export type NowhereReason = "no_allowed_cluster" | "action_on_no_cluster" | "pack_on_no_cluster";

/** The task as far as it decides. */
export interface Choosing {
  /** The same id chooses the same among equals. */
  taskId: string;
  /** The allowed set. */
  allowed: readonly string[];
  /** Those of it that serve only while none of the others is usable. */
  reserve: readonly string[];
  /** The cluster chosen before; kept while it is usable. */
  before?: string;
}

/** What is known of the clusters at this moment. */
export interface Surroundings {
  clusters: readonly Cluster[];
  /** Whether the configuration as it is now lets the task run there: it may have been narrowed since the approval. */
  mayServe: (cluster: string) => boolean;
  /** Undefined where it was never looked at. */
  sightOf: (cluster: string) => Pick<ClusterSight, "state" | "open"> | undefined;
  /** Whether it is known that the cluster has not got the action, or has switched it off. */
  lacksAction: (cluster: string) => boolean;
  /** What of the packs that the task needs the cluster is not known to have; null when nothing. */
  packFault: (cluster: string) => PackFault | null;
  /** Whether people have stopped it for this task. */
  isStopped: (cluster: string) => boolean;
  /** Whether it refused this task's start so lately that others go first. */
  refusedLately: (cluster: string) => boolean;
}

/**
 * Chooses from the allowed set at the moment of starting. Who cannot take the task is passed over; among the others go
 * first: who did not just refuse it, its own clusters before the reserve, who is not degraded, the higher priority, and
 * then by weight, where the task's id decides. Pure: the same surroundings give the same cluster.
 */
export function chooseCluster(task: Choosing, around: Surroundings): ClusterChoice {
  const judged = [...new Set(task.allowed)].sort().map((name) => ({ name, fault: faultOf(name, around) }));
  const passed = judged.flatMap(({ name, fault }) => (fault ? [{ cluster: name, ...fault }] : []));
  const ranked = judged
    .filter(({ fault }) => fault === null)
    .map(({ name }) => rankOf(name, task, around))
    .sort(compareRanks);
  const [first, ...others] = ranked;
  if (!first) return nobody(passed);
  const [second] = others;
  const rest = others.map((other) => ({ cluster: other.name, reason: passReason(first, other) }));
  const ownsPassed = passed.some(({ cluster }) => !task.reserve.includes(cluster));
  const reason = choiceReason(first, second, ownsPassed);
  return { outcome: "chosen", cluster: first.name, reason, passed: [...passed, ...rest] };
}

/** Why a cluster cannot take the task; null when it can. */
function faultOf(name: string, around: Surroundings): Omit<Passed, "cluster"> | null {
  const cluster = around.clusters.find((one) => one.name === name);
  if (!cluster) return { reason: "not_configured" };
  if (!around.mayServe(name)) return { reason: "not_serving" };
  if (around.lacksAction(name)) return { reason: "lacks_action" };
  if (around.isStopped(name)) return { reason: "stopped" };
  const { state = "unknown", open = 0 } = around.sightOf(name) ?? {};
  if (state === "draining" || state === "down") return { reason: state };
  // Only now: what is draining may be getting the pack, and what is down cannot tell.
  const pack = around.packFault(name);
  if (pack) return pack;
  return cluster.capacity !== undefined && open >= cluster.capacity ? { reason: "full" } : null;
}

interface Rank {
  name: string;
  refused: boolean;
  kept: boolean;
  reserve: boolean;
  degraded: boolean;
  priority: number;
  share: number;
}

function rankOf(name: string, task: Choosing, around: Surroundings): Rank {
  const cluster = around.clusters.find((one) => one.name === name);
  return {
    name,
    refused: around.refusedLately(name),
    kept: task.before === name,
    reserve: task.reserve.includes(name),
    degraded: around.sightOf(name)?.state === "degraded",
    priority: cluster?.priority ?? 0,
    share: shareOf(task.taskId, name, cluster?.weight ?? 1),
  };
}

function compareRanks(a: Rank, b: Rank): number {
  return (
    Number(a.refused) - Number(b.refused) ||
    Number(b.kept) - Number(a.kept) ||
    Number(a.reserve) - Number(b.reserve) ||
    Number(a.degraded) - Number(b.degraded) ||
    b.priority - a.priority ||
    b.share - a.share ||
    (a.name < b.name ? -1 : 1)
  );
}

const HASH_DIGITS = 13;

/**
 * Weighted rendezvous hashing: of all clusters the one with the highest number is chosen, which is each one with a
 * probability in proportion to its weight; when one goes, only its own tasks choose anew.
 */
function shareOf(taskId: string, cluster: string, weight: number): number {
  const digits = Number.parseInt(hashOf([taskId, cluster]).slice(0, HASH_DIGITS), 16);
  const drawn = (digits + 1) / (16 ** HASH_DIGITS + 1);
  return weight / -Math.log(drawn);
}

/** What tells a chosen one from the best of the others. */
function choiceReason(first: Rank, second: Rank | undefined, ownsPassed: boolean): ChoiceReason {
  if (second && first.refused !== second.refused) return "others_refused";
  if (first.kept) return "kept";
  if (first.reserve && ownsPassed) return "reserve_serves";
  if (!second) return "only_one";
  if (first.reserve !== second.reserve) return "own_first";
  if (first.degraded !== second.degraded) return "others_degraded";
  return first.priority === second.priority ? "by_share" : "highest_priority";
}

function passReason(first: Rank, other: Rank): PassReason {
  if (other.refused && !first.refused) return "refused_lately";
  if (first.kept) return "not_kept";
  if (other.reserve !== first.reserve) return "reserve";
  if (other.degraded !== first.degraded) return "degraded";
  return other.priority === first.priority ? "smaller_share" : "lower_priority";
}

/** Nobody can take it: for the moment, or as long as nobody changes something. */
function nobody(passed: readonly Passed[]): ClusterChoice {
  const hopes = passed.map(({ reason }) => HOPES[reason]).filter((hope) => hope !== undefined);
  const [first] = hopes;
  if (first !== undefined) {
    const reason = hopes.every((hope) => hope === first) ? first : "clusters_unusable";
    return { outcome: "wait", reason, passed };
  }
  const isPassedFor = (wanted: PassReason) => passed.some(({ reason }) => reason === wanted);
  if (isPassedFor("lacks_pack")) return { outcome: "none", reason: "pack_on_no_cluster", passed };
  const reason = isPassedFor("lacks_action") ? "action_on_no_cluster" : "no_allowed_cluster";
  return { outcome: "none", reason, passed };
}

/** What passes by itself or by a person's word, and what a task is told that waits for it. */
const HOPES: Partial<Record<PassReason, WaitReason>> = {
  stopped: "clusters_stopped",
  full: "clusters_full",
  draining: "clusters_draining",
  down: "clusters_down",
  pack_unread: "packs_unread",
};
