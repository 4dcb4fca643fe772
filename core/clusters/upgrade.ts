import type { AtDeadline } from "./drain.ts";

/**
 * Where an upgrade of clusters, one after the other, stands. Of its present cluster: `draining` until it is empty,
 * `upgrading` until a person says that it is done, `checking` its version and a canary.
 */
export const UPGRADE_STAGES = [
  ...(["asked", "draining", "upgrading", "checking", "stopped"] as const),
  ...(["done", "aborted", "refused"] as const),
] as const;
export type UpgradeStage = (typeof UPGRADE_STAGES)[number];

/** An upgrade over clusters. Everything that is needed to go on with it after a crash is in here. */
export interface Upgrade {
  /** `u_` and a ULID. */
  id: string;
  /** Who asked for it, as actors are named; somebody else has to approve. */
  by: string;
  at: string;
  why: string;
  /** In their order. */
  clusters: readonly string[];
  /** How long each drain may take; null: without a deadline. */
  forMs: number | null;
  atDeadline: AtDeadline;
  /** Why a business may be left without any cluster; absent: it may not. */
  force?: string;
  approvedBy?: string;
  stage: UpgradeStage;
  /** The cluster that it is at. */
  index: number;
  /** When it came to this stage. */
  since: string;
  /** The cluster whose drain was seen in force: who ends that does not want it drained. Null to drain it anew. */
  drained?: string | null;
  /** Versions before and after, by cluster. */
  before: Readonly<Record<string, string>>;
  after: Readonly<Record<string, string>>;
  /** Why it stopped, and at what. `unchanged`: the cluster that still had the version of before. */
  problem?: { stage: "draining" | "checking"; message: string; unchanged?: string };
  /** What brought it to its stage. */
  last?: UpgradeStep;
  /** The `since` of the stage that people were told of last. */
  told?: string;
  /** Cards with buttons that lie open with people, to be shown anew when the step that they ask about is over. */
  cards?: readonly UpgradeCardSent[];
}

/** A card that somebody got. */
export interface UpgradeCardSent {
  to: string;
  cardId: string;
  /** For one later update. */
  code: string;
}

/** What brought an upgrade to its stage, and who. */
export interface UpgradeStep {
  what: "ask" | UpgradeInput["kind"];
  /** As actors are named, or `whale` for the machine itself. */
  by: string;
  /** Of the message or click that it came by: the same again does nothing. */
  key?: string;
  /** The audit log has it. */
  audited?: true;
}

export type UpgradeInput =
  | { kind: "approve" | "reject" | "confirm" | "retry"; by: string }
  | { kind: "abort"; by: string; why: string }
  | { kind: "expire" }
  | { kind: "drained" | "checked"; version?: string }
  /** `unchanged`: because the cluster still has the version of before. */
  | { kind: "fail"; message: string; unchanged?: true };

export type UpgradeRefusal = "wrong_stage" | "own_upgrade" | "no_person";
export type UpgradeMove =
  | { outcome: "moved"; reason: UpgradeInput["kind"]; upgrade: Upgrade }
  | { outcome: "refused"; reason: UpgradeRefusal; upgrade: Upgrade };

/** Nobody has approved for so long: silence means no. */
export const UPGRADE_ASKED_MS = 86_400_000;

const ENDED: readonly UpgradeStage[] = ["done", "aborted", "refused"];
const TAKEN_IN: Record<UpgradeInput["kind"], readonly UpgradeStage[]> = {
  approve: ["asked"],
  reject: ["asked"],
  expire: ["asked"],
  drained: ["draining"],
  confirm: ["upgrading"],
  checked: ["checking"],
  fail: ["draining", "upgrading", "checking"],
  retry: ["stopped"],
  abort: ["asked", "draining", "upgrading", "checking", "stopped"],
};

/** Whether it is over, whatever became of it. */
export function isUpgradeOver({ stage }: Pick<Upgrade, "stage">): boolean {
  return ENDED.includes(stage);
}

/** The cluster that an upgrade is at; null when it is at none. */
export function clusterAt({ clusters, index }: Pick<Upgrade, "clusters" | "index">): string | null {
  return clusters[index] ?? null;
}

/** What people type for one: the end of its id, which its cards show. */
export function upgradeCode(id: string): string {
  return id.slice(-6);
}

/** Whether somebody who typed this, its whole id or its end, means it. */
export function isUpgradeNamed({ id }: Pick<Upgrade, "id">, typed: string): boolean {
  const word = typed.toLowerCase();
  return word === id || (word.length >= 4 && id.endsWith(word));
}

/**
 * Whether the cluster that is said to be upgraded looks as if it were not: it has the version of before, and not all
 * clusters before it kept theirs. Who goes on after having been told that accepts it.
 */
export function isUnchanged(upgrade: Upgrade, version: string): boolean {
  const { clusters, index, before, after, problem } = upgrade;
  const cluster = clusterAt(upgrade);
  if (cluster === null || before[cluster] !== version || problem?.unchanged === cluster) return false;
  const checked = clusters.slice(0, index);
  return checked.length === 0 || checked.some((name) => before[name] !== after[name]);
}

/** Moves an upgrade, or says why not. */
export function moveUpgrade(upgrade: Upgrade, input: UpgradeInput, nowMs: number): UpgradeMove {
  const refused = (reason: UpgradeRefusal): UpgradeMove => ({ outcome: "refused", reason, upgrade });
  if (!TAKEN_IN[input.kind].includes(upgrade.stage)) return refused("wrong_stage");
  if (input.kind === "approve") {
    if (input.by === upgrade.by) return refused("own_upgrade");
    // Who sits at the machine may be the very person who asked.
    if (!input.by.startsWith("user:")) return refused("no_person");
  }
  const since = new Date(nowMs).toISOString();
  return {
    outcome: "moved",
    reason: input.kind,
    upgrade: { ...upgrade, ...changeOf(upgrade, input), since },
  };
}

function changeOf(upgrade: Upgrade, input: UpgradeInput): Partial<Upgrade> {
  switch (input.kind) {
    case "approve":
      return { stage: "draining", index: 0, approvedBy: input.by };
    case "reject":
    case "expire":
      return { stage: "refused" };
    case "abort":
      return { stage: "aborted", problem: { stage: "draining", message: input.why } };
    case "drained":
      return { stage: "upgrading", before: withVersion(upgrade, upgrade.before, input.version) };
    case "confirm":
      return { stage: "checking" };
    case "checked":
      return nextCluster({ ...upgrade, after: withVersion(upgrade, upgrade.after, input.version) });
    case "fail": {
      const stage = upgrade.stage === "draining" ? "draining" : "checking";
      const cluster = input.unchanged ? clusterAt(upgrade) : null;
      const unchanged = cluster === null ? {} : { unchanged: cluster };
      return { stage: "stopped", problem: { stage, message: input.message, ...unchanged } };
    }
    case "retry":
      return { stage: upgrade.problem?.stage ?? "draining", drained: null };
    default:
      return input satisfies never;
  }
}

function withVersion(upgrade: Upgrade, versions: Upgrade["before"], version: string | undefined) {
  const cluster = clusterAt(upgrade);
  return cluster === null || version === undefined ? versions : { ...versions, [cluster]: version };
}

function nextCluster({ clusters, index, after }: Upgrade): Partial<Upgrade> {
  if (index + 1 >= clusters.length) return { stage: "done", after };
  return { stage: "draining", index: index + 1, after };
}

/** What the world is like around the cluster that an upgrade is at. */
export interface UpgradeFacts {
  /** Its drain; null when it takes starts. */
  drain: { upgrade?: string; done?: unknown } | null;
  /** Businesses that draining it would leave without any cluster. */
  stranded: readonly string[];
  nowMs: number;
}

/** What an upgrade needs to have done now; the same again after a crash. */
export type UpgradeDeed =
  | { outcome: "wait"; reason: "approval" | "runs" | "operator" | "person" | "over" }
  | { outcome: "drain"; reason: "next" | "forced" }
  | { outcome: "move"; reason: "drained" | "expire" }
  | { outcome: "fail"; reason: "stranded" | "undrained" }
  | { outcome: "check"; reason: "confirmed" };

/** Decides what comes next. A cluster is only drained where that leaves no business without one, unless forced. */
export function nextDeed(upgrade: Upgrade, { drain, stranded, nowMs }: UpgradeFacts): UpgradeDeed {
  switch (upgrade.stage) {
    case "asked": {
      const isOld = nowMs - Date.parse(upgrade.at) >= UPGRADE_ASKED_MS;
      return isOld ? { outcome: "move", reason: "expire" } : { outcome: "wait", reason: "approval" };
    }
    case "draining":
      if (drain)
        return drain.done ? { outcome: "move", reason: "drained" } : { outcome: "wait", reason: "runs" };
      if (upgrade.drained === clusterAt(upgrade)) return { outcome: "fail", reason: "undrained" };
      if (stranded.length === 0) return { outcome: "drain", reason: "next" };
      return upgrade.force === undefined
        ? { outcome: "fail", reason: "stranded" }
        : { outcome: "drain", reason: "forced" };
    case "upgrading":
      // Somebody has let it take starts again under the hands of who upgrades it.
      return drain ? { outcome: "wait", reason: "operator" } : { outcome: "fail", reason: "undrained" };
    case "checking":
      return { outcome: "check", reason: "confirmed" };
    case "stopped":
      return { outcome: "wait", reason: "person" };
    case "done":
    case "aborted":
    case "refused":
      return { outcome: "wait", reason: "over" };
    default:
      return upgrade.stage satisfies never;
  }
}
