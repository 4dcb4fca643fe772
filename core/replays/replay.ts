import type { Asked } from "../approvals/approval.ts";
import type { JsonObject } from "../ids/index.ts";
import type { Scope } from "../people/index.ts";
import type { ArchiveFilter } from "../ports/archive.ts";
import type { Verdict, VerdictReason } from "../rules/verdict.ts";
import type { Bucket } from "../throttle/bucket.ts";

/** A rehearsal shows what would happen and does nothing; a real replay makes tasks. */
export const REPLAY_MODES = ["rehearse", "real"] as const;
export type ReplayMode = (typeof REPLAY_MODES)[number];

export const REPLAY_STATES = ["queued", "running", "done", "failed", "canceled"] as const;
/** Where a replay stands; the last three are final. */
export type ReplayState = (typeof REPLAY_STATES)[number];

/** Why a replay is in its state. Closed: each is stored, audited and told. */
export type ReplayReason =
  | "asked"
  | "begun"
  | "all_judged"
  /** So many events as it was allowed have been judged, and there are more. */
  | "max_events"
  /** So many tasks as it was allowed have been made, and more events may make more. */
  | "max_tasks"
  | "canceled_by_person"
  /** The archive does not take its filter. */
  | "bad_filter"
  /** It failed too often to go on; the message says at what. */
  | "gave_up";

/** What somebody asked to have replayed, and how. */
export interface ReplayOrder {
  mode: ReplayMode;
  /** Which events. It always has a `to`, so that a replay ends however fast events come. */
  filter: ArchiveFilter;
  /** Only these rules judge; null: all that are in force. */
  rules: readonly string[] | null;
  /** Events judged per second at most; null: as fast as live events leave room. */
  perSecond: number | null;
  /** For real, no throttle holds a task back. A rehearsal shows none. */
  ignoreThrottle: boolean;
  /** It ends after so many tasks; null: without a limit. */
  maxTasks: number | null;
  /** It ends after so many events; null: without a limit. */
  maxEvents: number | null;
  /** The events, and the rules by event type and business, on which who asked had the rights to it. */
  scope: { events: Scope; rules: Scope };
}

/** What came of one event by one rule. */
export interface ReplaySample
  extends Pick<Verdict, "eventId" | "ruleId" | "ruleVersion" | "message" | "feature"> {
  outcome: Verdict["outcome"];
  reason: VerdictReason;
  type: string;
  business: string;
  receivedAt: string;
  subject: string;
  title: string;
  /** The task that was made, for real. */
  taskId?: string;
  /** What the task does; absent when it was held before that was rendered. */
  work?: {
    action: string;
    /** Null when they are too large to be shown. */
    params: JsonObject | null;
    targets: readonly string[];
    clusters: readonly string[];
    /** Who is asked, or the policy that stands for them. */
    asks: Asked;
  };
}

/** What one rule in one version said. A rule that was changed meanwhile has one of each version. */
export interface RuleTally {
  ruleId: string;
  ruleVersion: string;
  fired: number;
  held: Partial<Record<VerdictReason, number>>;
}

/** How far a replay has come. */
export interface ReplayProgress {
  /** Where the archive is read on; null before the first page. */
  cursor: string | null;
  /** Events read; those judged are what the next two leave of them. */
  events: number;
  /** Events of a task's end: they belong to their chain and are never replayed. */
  chained: number;
  /** Events left out because who asked has no right on their type. */
  outOfScope: number;
  /** Tasks made, or that a rehearsal would make. */
  tasks: number;
  rules: readonly RuleTally[];
  samples: readonly ReplaySample[];
  /** A rehearsal's own buckets, those that are not full; empty once it has ended. */
  buckets: readonly VirtualBucket[];
}

/** A bucket of a rehearsal. */
export interface VirtualBucket extends Bucket {
  key: string;
  /** From then on it is full, so that nothing needs to be kept of it. */
  fullAtMs: number;
}

/** One order to replay stored events, and how far it has come. */
export interface Replay {
  /** `r_` and a ULID. */
  id: string;
  order: ReplayOrder;
  /** Who asked, as actors are named: `user:<userid>` or `local`. */
  by: string;
  state: ReplayState;
  reason: ReplayReason;
  /** What a person reads beside the reason. */
  message?: string;
  /** Grows by one with each stored change; the compare-and-set key. */
  revision: number;
  createdAtMs: number;
  updatedAtMs: number;
  progress: ReplayProgress;
}

const NOTHING_YET: ReplayProgress = {
  ...{ cursor: null, events: 0, chained: 0, outOfScope: 0, tasks: 0 },
  ...{ rules: [], samples: [], buckets: [] },
};

/** A replay that waits for its turn. */
export function newReplay(
  order: ReplayOrder,
  { id, by, nowMs }: { id: string; by: string; nowMs: number },
): Replay {
  const times = { createdAtMs: nowMs, updatedAtMs: nowMs };
  return { id, order, by, state: "queued", reason: "asked", revision: 1, ...times, progress: NOTHING_YET };
}

/** Whether a replay has come to its end. */
export function hasEnded({ state }: Pick<Replay, "state">): boolean {
  return state === "done" || state === "failed" || state === "canceled";
}

/** The replay after a change, as a store is to have it. Nothing of an end's buckets is kept. */
export function changed(
  replay: Replay,
  change: Partial<Pick<Replay, "state" | "reason" | "message" | "progress">>,
  nowMs: number,
): Replay {
  const next = { ...replay, ...change, revision: replay.revision + 1, updatedAtMs: nowMs };
  return hasEnded(next) ? { ...next, progress: { ...next.progress, buckets: [] } } : next;
}

/** What the audit log says of a replay that has ended. */
export function endOf({ state, reason, order, progress }: Replay): JsonObject {
  const { events, chained, outOfScope, tasks } = progress;
  return { state, reason, mode: order.mode, events, chained, outOfScope, tasks };
}
