import { MAX_ASKING_MS, stepTimes } from "../approvals/approval.ts";
import type { Drain } from "../clusters/drain.ts";
import type { RegisteredPack } from "../ports/pack-registry.ts";
import type { Strategy } from "./pack-set.ts";
import { ROLES, type Role } from "./parts.ts";
import { type PackThing, placeAt, type Release, type ReleasePlace, type ReleaseStep } from "./release.ts";

/** What the world is like around the cluster that a release is at. */
export interface ReleaseFacts {
  /** Its drain; null when it takes starts. */
  drain: Pick<Drain, "by" | "upgrade" | "release" | "done"> | null;
  nowMs: number;
}

/** What one part of a cluster shall run. */
export interface PartOrder {
  role: Role;
  image: string;
  /** What it is marked with. */
  release: string;
}

/** `isLate`: what cannot be known now has had its time, and counts as failed. */
interface Timed {
  isLate: boolean;
}

/** What a release needs to have done now; the same again after a crash. */
export type ReleaseDeed =
  | { outcome: "wait"; reason: "approval" | "runs" | "person" | "over" }
  | { outcome: "move"; reason: "expire" | "escalate" | "stepped" }
  | { outcome: "fail"; reason: "drained_by_others" | "undrained" | "drain_late"; by: string }
  /** Compare what would be released now with what was approved. */
  | { outcome: "verify"; reason: "approved" }
  | { outcome: "drain"; reason: "next" | "again" }
  | ({ outcome: "look"; reason: "before"; strategy: Strategy } & Timed)
  | ({ outcome: "set"; reason: "new" | "old"; parts: readonly PartOrder[]; strategy: Strategy } & Timed)
  | ({ outcome: "watch"; reason: "new" | "old"; parts: readonly PartOrder[]; strategy: Strategy } & Timed)
  | ({ outcome: "register"; reason: "new" | "old"; packs: readonly string[] } & Timed)
  | ({ outcome: "remove"; reason: "new" | "old"; things: readonly PackThing[] } & Timed)
  | ({ outcome: "prove"; reason: "new" | "old"; packs: readonly RegisteredPack[] } & Timed)
  | ({ outcome: "undrain"; reason: "new" | "old" } & Timed)
  /** Where the drain is not the release's own to end. */
  | ({ outcome: "canary"; reason: "new" | "old" } & Timed);

const MINUTE_MS = 60_000;
/** How long a step may stay without an answer that decides it. */
const STEP_MS: Readonly<Record<Exclude<ReleaseStep, "draining">, number>> = {
  ...{ checking: 10 * MINUTE_MS, workers: 10 * MINUTE_MS, others: 10 * MINUTE_MS },
  ...{ workers_wait: 45 * MINUTE_MS, others_wait: 45 * MINUTE_MS },
  ...{ registering: 15 * MINUTE_MS, removing: 15 * MINUTE_MS },
  ...{ canary: 15 * MINUTE_MS, undraining: 15 * MINUTE_MS },
};

/** Decides what comes next. Nothing of a cluster is changed unless it is drained, and it is empty. */
export function nextReleaseDeed(release: Release, facts: ReleaseFacts): ReleaseDeed {
  switch (release.stage) {
    case "asked":
      return askedDeed(release, facts.nowMs);
    case "starting":
      return deadlineOf(release) <= facts.nowMs ? move("expire") : { outcome: "verify", reason: "approved" };
    case "rolling":
    case "back":
      return stepDeed(release, facts);
    case "paused":
    case "stopped":
      return { outcome: "wait", reason: "person" };
    case "done":
    case "rolled_back":
    case "rejected":
    case "expired":
    case "aborted":
      return { outcome: "wait", reason: "over" };
    default:
      return release.stage satisfies never;
  }
}

function move(reason: "expire" | "escalate" | "stepped"): ReleaseDeed {
  return { outcome: "move", reason };
}

/** When nobody is asked any more: silence means no. */
export function deadlineOf({ approval, askedAtMs, escalated }: Release): number {
  const step = escalated > 0 ? stepTimes(approval)[escalated - 1] : null;
  return askedAtMs + Math.min(MAX_ASKING_MS, step?.deadlineMs ?? approval.timeoutMs);
}

function askedDeed(release: Release, nowMs: number): ReleaseDeed {
  const { approval, askedAtMs, escalated } = release;
  const step = stepTimes(approval)[escalated];
  if (step && nowMs >= askedAtMs + step.atMs && step.atMs < MAX_ASKING_MS) return move("escalate");
  return nowMs >= deadlineOf(release) ? move("expire") : { outcome: "wait", reason: "approval" };
}

function stepDeed(release: Release, { drain, nowMs }: ReleaseFacts): ReleaseDeed {
  const { step, stage, id } = release;
  const isBack = stage === "back";
  const sinceMs = Date.parse(release.since);
  if (drain && isOfOthers(drain, id)) {
    // Nothing of it was changed: it is theirs.
    if (isBack && !placeAt(release)) return move("stepped");
    return { outcome: "fail", reason: "drained_by_others", by: drain.by };
  }
  if (step === "undraining") return undrainDeed(release, { drain, nowMs });
  if (!drain) {
    if (step === "draining") return { outcome: "drain", reason: "next" };
    return isBack ? { outcome: "drain", reason: "again" } : { outcome: "fail", reason: "undrained", by: "" };
  }
  if (!drain.done) {
    const isLate = !isBack && release.drainMs !== null && nowMs - sinceMs >= release.drainMs;
    return isLate
      ? { outcome: "fail", reason: "drain_late", by: drain.by }
      : { outcome: "wait", reason: "runs" };
  }
  if (step === "draining") return move("stepped");
  return emptyDeed(release, step, nowMs - sinceMs >= STEP_MS[step]);
}

/** Whether the drain belongs to an upgrade or to another release: those do not end at our pleasure. */
function isOfOthers({ upgrade, release }: Pick<Drain, "upgrade" | "release">, id: string): boolean {
  return upgrade !== undefined || (release !== undefined && release !== id);
}

function undrainDeed(release: Release, { drain, nowMs }: ReleaseFacts): ReleaseDeed {
  const reason = release.stage === "back" ? "old" : "new";
  const isLate = nowMs - Date.parse(release.since) >= STEP_MS.undraining;
  if (drain?.release === release.id) return { outcome: "undrain", reason, isLate };
  return placeAt(release) ? { outcome: "canary", reason, isLate } : move("stepped");
}

/** The steps on a cluster where nothing runs. */
function emptyDeed(
  release: Release,
  step: Exclude<ReleaseStep, "draining" | "undraining">,
  isLate: boolean,
): ReleaseDeed {
  const { strategy } = release;
  if (step === "checking") return { outcome: "look", reason: "before", strategy, isLate };
  const place = placeAt(release);
  // Whoever is here has looked; else there is nothing to do.
  if (!place) return move("stepped");
  const reason = release.stage === "back" ? "old" : "new";
  switch (step) {
    case "workers":
    case "others":
      return { outcome: "set", reason, parts: partsOf(release, place, step), strategy, isLate };
    case "workers_wait":
      return { outcome: "watch", reason, parts: partsOf(release, place, "workers"), strategy, isLate };
    case "others_wait":
      return { outcome: "watch", reason, parts: partsOf(release, place, "others"), strategy, isLate };
    case "registering":
      return {
        outcome: "register",
        reason,
        packs: wantedPacks(release, place).map(({ ref }) => ref),
        isLate,
      };
    case "removing":
      return { outcome: "remove", reason, things: surplus(release, place), isLate };
    case "canary":
      return { outcome: "prove", reason, packs: wantedPacks(release, place), isLate };
    default:
      return step satisfies never;
  }
}

function partsOf(release: Release, { parts }: ReleasePlace, which: "workers" | "others"): PartOrder[] {
  const roles = ROLES.filter((role) => (role === "workers") === (which === "workers"));
  return roles.flatMap((role) => {
    const part = parts.find((one) => one.role === role);
    if (!part) return [];
    return release.stage === "back"
      ? [{ role, image: part.image, release: part.release ?? release.id }]
      : [{ role, image: release.image.reference, release: release.id }];
  });
}

/** Packs as they shall be on the cluster. */
function wantedPacks(release: Release, { packs }: ReleasePlace): readonly RegisteredPack[] {
  return release.stage === "back" ? packs : release.packs;
}

/** Forward what is gone from the packs; backward what came with the release. Registering removes nothing. */
function surplus(release: Release, { packs, vanished }: ReleasePlace): readonly PackThing[] {
  return release.stage === "back" ? thingsWithout(release.packs, packs) : vanished;
}

/** What packs hold that others do not, in their order. */
export function thingsWithout(
  packs: readonly Pick<RegisteredPack, "items">[],
  others: readonly Pick<RegisteredPack, "items">[],
): PackThing[] {
  const known = new Set(others.flatMap(({ items }) => items.map(nameOf)));
  return packs.flatMap(({ items }) =>
    items.filter((item) => !known.has(nameOf(item))).map(({ kind, ref }) => ({ kind, ref })),
  );
}

function nameOf({ kind, ref }: PackThing): string {
  return `${kind} ${ref}`;
}

/**
 * What a release removes of a cluster: what its packs, and those of the release before, had there and have no more.
 * `former` is what the release before held, null where there was none; what people made by hand stays where it is known
 * what came with a release.
 */
export function vanishedOf(
  release: Pick<Release, "packs">,
  { registered, former }: { registered: readonly RegisteredPack[]; former: readonly RegisteredPack[] | null },
): PackThing[] {
  const gone = thingsWithout(registered, release.packs);
  if (former === null) return gone;
  const came = new Set(former.flatMap(({ items }) => items.map(nameOf)));
  return gone.filter((item) => came.has(nameOf(item)));
}
