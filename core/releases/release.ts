import { approvalIdentity } from "../approvals/approval.ts";
import type { Ballot } from "../approvals/quorum.ts";
import { hashOf, type JsonObject } from "../ids/index.ts";
import type { RegisteredPack } from "../ports/pack-registry.ts";
import type { LivePart } from "../ports/rollouts.ts";
import type { Decision } from "../tasks/task.ts";
import type { PackImage } from "./image.ts";
import type { ContentKind } from "./pack-content.ts";
import type { PackSet, Strategy } from "./pack-set.ts";

/**
 * What is done on each cluster, in this order. The way back takes the same steps with what was there before, all
 * but `checking`; where nothing was changed yet, `undraining` alone.
 */
export const RELEASE_STEPS = [
  ...(["draining", "checking"] as const),
  ...(["workers", "workers_wait", "others", "others_wait"] as const),
  ...(["registering", "removing", "canary", "undraining"] as const),
] as const;
export type ReleaseStep = (typeof RELEASE_STEPS)[number];

/**
 * Where a release stands. `starting`: approved, and to be compared once more with what was approved. `rolling` and
 * `back`: at one of the steps, forward or backward. `paused`: a person let it wait before the next cluster.
 * `stopped`: the way back failed, a person is needed.
 */
export const RELEASE_STAGES = [
  ...(["asked", "starting", "rolling", "paused", "back", "stopped"] as const),
  ...(["done", "rolled_back", "rejected", "expired", "aborted"] as const),
] as const;
export type ReleaseStage = (typeof RELEASE_STAGES)[number];

/** What will change, and what of Whale uses it, in words that people approve. */
export interface ShownPlan {
  lines: readonly { zh: string; en: string }[];
}

/** A thing of a pack, by its kind and `pack.name`. */
export interface PackThing {
  kind: ContentKind;
  ref: string;
}

/** Everything that an approval is bound to. */
export interface ReleaseTerms {
  image: PackImage;
  strategy: Strategy;
  plan: ShownPlan;
  /** What the image holds. */
  packs: readonly RegisteredPack[];
  /** In their order. */
  clusters: readonly string[];
  /** How long each drain may take; null: as long as it needs. */
  drainMs: number | null;
  canary?: PackSet["canary"];
  approval: PackSet["approval"];
}

/** How one cluster was before the release came to it, and how it stands now. */
export interface ReleasePlace {
  parts: readonly LivePart[];
  /** Of the packs that the release touches alone. */
  packs: readonly RegisteredPack[];
  /** What is gone from these packs. */
  vanished: readonly PackThing[];
  /** `touched`: changes may have begun. `new`: it has the release. `old`: it has again what it had. */
  stands: "touched" | "new" | "old";
  /** When it came to stand so. */
  at: string;
}

/** What brought a release to where it is, and who. */
export interface ReleaseMark {
  what: "ask" | ReleaseInput["kind"];
  /** As actors are named, or `whale` for the machine itself. */
  by: string;
  at: string;
  /** Of the message or click that it came by: the same again does nothing. */
  key?: string;
  /** The audit log has it. */
  audited?: true;
}

/** How a way back goes on: over all clusters that have the release, or this one alone; and what it ends as. */
export interface WayBack {
  whole: boolean;
  ends: "rolled_back" | "aborted";
}

/** A release of one image to some clusters. Everything that is needed to go on with it after a crash is in here. */
export interface Release extends ReleaseTerms {
  /** `r_` and a ULID. */
  id: string;
  set: string;
  title: string;
  /** Who asked for it, as actors are named; somebody else has to approve. */
  by: string;
  at: string;
  why: string;
  /** Of the message or request that asked for it: the same again gives this one. */
  key?: string;
  /** Of the terms: what decisions are bound to. */
  hash: string;
  /** Which asking it is; terms that have changed need new decisions. */
  round: number;
  decisions: readonly Decision[];
  /** So many steps of the approval's escalation were asked. */
  escalated: number;
  /** When this round was asked. */
  askedAtMs: number;
  stage: ReleaseStage;
  /** Of `rolling`, `back` and `stopped`. */
  step: ReleaseStep;
  /** The cluster that it is at. */
  index: number;
  /** When it came to this stage and step. No two of them have one instant. */
  since: string;
  /** Somebody wants it to wait before the next cluster. */
  pausing: boolean;
  /** Of `back` and `stopped`; null before. */
  back: WayBack | null;
  /** By cluster; those that it has not looked at yet are absent. */
  places: Readonly<Record<string, ReleasePlace>>;
  /** Why it went no further, or is asked anew, and where; null where nothing was in its way. */
  problem: { cluster: string; stage: ReleaseStage; step: ReleaseStep; message: string } | null;
  last: ReleaseMark;
  /** The `tellingOf` of what people were told of last. */
  told?: string;
}

export type ReleaseInput =
  | { kind: "decide"; decision: Decision }
  | { kind: "expire" | "escalate" | "begin" | "stepped" }
  /** What is to be released is not what was approved any more. */
  | { kind: "void"; terms: ReleaseTerms; why: string }
  /** The cluster as it was found, before anything of it is changed. */
  | {
      kind: "looked";
      parts: readonly LivePart[];
      packs: readonly RegisteredPack[];
      vanished: readonly PackThing[];
    }
  | { kind: "fail"; message: string }
  | { kind: "pause" | "resume" | "retry"; by: string }
  | { kind: "rollback"; by: string; why: string }
  | { kind: "abort"; by: string; why: string };

/** Releases that were asked for and are over. */
const ENDED: readonly ReleaseStage[] = ["done", "rolled_back", "rejected", "expired", "aborted"];

/** Whether it is over, whatever became of it. */
export function isReleaseOver({ stage }: Pick<Release, "stage">): boolean {
  return ENDED.includes(stage);
}

/** The cluster that a release is at. */
export function releaseCluster({ clusters, index }: Pick<Release, "clusters" | "index">): string {
  return clusters[index] ?? "";
}

/** Whether the cluster that a release is at is its last. */
export function isLastCluster({ clusters, index }: Pick<Release, "clusters" | "index">): boolean {
  return index + 1 >= clusters.length;
}

/** How the cluster stands that a release is at; undefined where that was not looked at yet. */
export function placeAt(release: Pick<Release, "clusters" | "index" | "places">): ReleasePlace | undefined {
  return release.places[releaseCluster(release)];
}

/** The hash that decisions are bound to. Where a card is shown is not covered. */
export function termsHash({ image, plan, approval, canary, ...terms }: ReleaseTerms): string {
  const { strategy, packs, clusters, drainMs } = terms;
  return hashOf({
    ...{ digest: image.digest, reference: image.reference, lock: image.lock, plan: hashOf(plan) },
    ...{ strategy, packs, clusters, drainMs, canary: canary ?? null, approval: approvalIdentity(approval) },
  });
}

/** The terms of a release. */
export function termsOf(release: ReleaseTerms): ReleaseTerms {
  const { image, strategy, plan, packs, clusters, drainMs, canary, approval } = release;
  return { image, strategy, plan, packs, clusters, drainMs, ...(canary ? { canary } : {}), approval };
}

/** What people decide about; whoever asked is no approver. */
export function ballotOf(release: Release): Ballot {
  const { approval, hash, round, escalated, decisions, by } = release;
  const asker = by.startsWith("user:") ? by.slice("user:".length) : null;
  return { approval, hash, round, escalated, decisions, origin: { kind: "run", by: asker } };
}

/** Names what people are to be told of it now: another one is told anew. */
export function tellingOf({ since, escalated }: Pick<Release, "since" | "escalated">): string {
  return `${since}+${escalated}`;
}

/** What people type for one: the end of its id, which its cards show. */
export function releaseCode(id: string): string {
  return id.slice(-6);
}

/** Whether somebody who typed this, its whole id or its end, means it. */
export function isReleaseNamed({ id }: Pick<Release, "id">, typed: string): boolean {
  const word = typed.toLowerCase();
  return word === id || (word.length >= 4 && id.endsWith(word));
}

/** The parameters of a set's canary. */
export function canaryParams({ canary }: Pick<ReleaseTerms, "canary">): JsonObject {
  return { ...(canary?.parameters as JsonObject | undefined) };
}
