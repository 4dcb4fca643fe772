import { asker, decidersOf, hasQuorum, hasRejection } from "../approvals/quorum.ts";
import { needsReason } from "../approvals/reason.ts";
import {
  ballotOf,
  isLastCluster,
  isReleaseOver,
  placeAt,
  RELEASE_STEPS,
  type Release,
  type ReleaseInput,
  type ReleasePlace,
  type ReleaseStage,
  type ReleaseStep,
  releaseCluster,
  termsHash,
} from "./release.ts";

export type ReleaseRefusal =
  | "wrong_stage"
  | "own_release"
  | "no_person"
  | "not_entitled"
  | "other_content"
  | "counted_before"
  | "reason_missing"
  /** Something of the cluster was changed already: it is to be rolled back. */
  | "not_safe"
  | "nothing_to_undo"
  | "no_next_cluster";

export type ReleaseMove =
  | { outcome: "moved"; reason: ReleaseInput["kind"]; release: Release }
  | { outcome: "refused"; reason: ReleaseRefusal; release: Release };

type Change = Partial<Release> | ReleaseRefusal;
type InputOf<K extends ReleaseInput["kind"]> = Extract<ReleaseInput, { kind: K }>;

const TAKEN_IN: Readonly<Record<ReleaseInput["kind"], readonly ReleaseStage[]>> = {
  decide: ["asked"],
  expire: ["asked", "starting"],
  escalate: ["asked"],
  begin: ["starting"],
  void: ["starting"],
  stepped: ["rolling", "back"],
  looked: ["rolling"],
  fail: ["starting", "rolling", "back"],
  pause: ["rolling"],
  resume: ["rolling", "paused"],
  retry: ["stopped"],
  rollback: ["rolling", "paused", "back", "done", "rolled_back", "aborted"],
  abort: ["asked", "starting", "rolling", "paused", "stopped"],
};

/**
 * Moves a release, or says why not. A failure on the way forward begins the way back of its cluster; clusters that
 * were done before keep the release until a person rolls all of it back.
 */
export function moveRelease(release: Release, input: ReleaseInput, nowMs: number): ReleaseMove {
  const changed = TAKEN_IN[input.kind].includes(release.stage)
    ? changeOf(release, input, nowMs)
    : "wrong_stage";
  if (typeof changed === "string") return { outcome: "refused", reason: changed, release };
  const next = { ...release, ...changed };
  const isSame = next.stage === release.stage && next.step === release.step && next.index === release.index;
  const keeps = isSame && input.kind !== "retry";
  // No two have one instant, not even where a clock was moved back: cards are told apart by it.
  const sinceMs = Math.max(nowMs, Date.parse(release.since) + 1);
  const since = keeps ? release.since : new Date(sinceMs).toISOString();
  return { outcome: "moved", reason: input.kind, release: { ...next, since } };
}

function changeOf(release: Release, input: ReleaseInput, nowMs: number): Change {
  switch (input.kind) {
    case "decide":
      return decided(release, input);
    case "expire":
      return { stage: "expired" };
    case "escalate":
      return { escalated: release.escalated + 1 };
    case "begin":
      return { stage: "rolling", index: 0, step: "draining", problem: null };
    case "void":
      return voided(release, input, nowMs);
    case "looked":
      return looked(release, input, nowMs);
    case "stepped":
      return release.stage === "back" ? backward(release, nowMs) : forward(release, nowMs);
    case "fail":
      return failed(release, input.message);
    case "pause":
      return isLastCluster(release) ? "no_next_cluster" : { pausing: true };
    case "resume":
      return resumed(release);
    case "retry":
      return { stage: "back" };
    case "rollback":
      return undone(release, input);
    case "abort":
      return aborted(release, input);
    default:
      return input satisfies never;
  }
}

function decided(release: Release, { decision }: InputOf<"decide">): Change {
  const { approval, decisions, round, hash } = release;
  const { by, onBehalfOf, verdict } = decision;
  const barred = asker(ballotOf(release));
  if (verdict === "approve" && barred !== null && [by, onBehalfOf].includes(barred)) return "own_release";
  // Who sits at the machine may be the very person who asked.
  if (by === "" || by === "local") return "no_person";
  if (decision.round !== round || decision.hash !== hash) return "other_content";
  const known = new Set(decidersOf(release).map(({ name }) => name));
  if (!decision.groups.some((name) => known.has(name))) return "not_entitled";
  if (decisions.some(({ clickKey }) => clickKey === decision.clickKey)) return "counted_before";
  if (needsReason(approval, verdict) && !decision.reason) return "reason_missing";
  const next = { ...release, decisions: [...decisions, decision] };
  const ballot = ballotOf(next);
  if (hasRejection(ballot)) return { decisions: next.decisions, stage: "rejected" };
  return { decisions: next.decisions, stage: hasQuorum(ballot) ? "starting" : "asked" };
}

/** New terms need new decisions; those before stay readable, of a round that is over. */
function voided(release: Release, { terms, why }: InputOf<"void">, nowMs: number): Change {
  const problem = { cluster: "", stage: release.stage, step: release.step, message: why };
  return {
    ...{ ...terms, hash: termsHash(terms), round: release.round + 1, escalated: 0, askedAtMs: nowMs },
    ...{ stage: "asked", index: 0, step: "draining", problem },
  };
}

function looked(release: Release, { parts, packs, vanished }: InputOf<"looked">, nowMs: number): Change {
  if (release.step !== "checking") return "wrong_stage";
  // Marked before anything is changed, so that a crash in between leads to a way back that is too long, never too short.
  const place: ReleasePlace = { parts, packs, vanished, stands: "touched", at: isoOf(nowMs) };
  return { step: "workers", places: { ...release.places, [releaseCluster(release)]: place } };
}

function forward(release: Release, nowMs: number): Change {
  const { step } = release;
  if (step === "checking") return "wrong_stage";
  if (step !== "undraining") return { step: stepAfter(step) };
  const places = standing(release, "new", nowMs);
  if (isLastCluster(release)) return { places, stage: "done", pausing: false };
  if (release.pausing) return { places, stage: "paused", pausing: false };
  return { places, index: release.index + 1, step: "draining" };
}

function backward(release: Release, nowMs: number): Change {
  const { step, back } = release;
  if (step === "draining") return { step: "workers" };
  if (step !== "undraining") return { step: stepAfter(step) };
  const places = placeAt(release) ? standing(release, "old", nowMs) : release.places;
  const next = back?.whole ? lastNew({ ...release, places }) : null;
  if (next !== null) return { places, index: next, step: "draining" };
  return { places, stage: back?.ends ?? "rolled_back", pausing: false };
}

function failed(release: Release, message: string): Change {
  const { stage, step } = release;
  const cluster = stage === "starting" ? "" : releaseCluster(release);
  const problem = { cluster, stage, step, message };
  if (stage === "starting") return { stage: "aborted", problem };
  if (stage === "back") return { stage: "stopped", problem };
  return { problem, ...wayBack(release, { whole: false, ends: "rolled_back" }) };
}

function resumed(release: Release): Change {
  if (release.stage === "paused") {
    return { stage: "rolling", index: release.index + 1, step: "draining", pausing: false };
  }
  return release.pausing ? { pausing: false } : "wrong_stage";
}

function undone(release: Release, { why }: InputOf<"rollback">): Change {
  const { stage, step } = release;
  const back = { whole: true, ends: "rolled_back" } as const;
  const problem = { cluster: releaseCluster(release), stage, step, message: why };
  if (stage === "back") return release.back?.whole ? "wrong_stage" : { back };
  if (stage === "rolling") return { problem, ...wayBack(release, back) };
  const index = lastNew(release);
  return index === null ? "nothing_to_undo" : { problem, stage: "back", index, step: "draining", back };
}

/** From `stopped` the cluster is left drained, in people's hands. */
function aborted(release: Release, { why }: InputOf<"abort">): Change {
  const { stage, step } = release;
  const problem = { cluster: releaseCluster(release), stage, step, message: why };
  if (stage !== "rolling") return { stage: "aborted", problem, pausing: false };
  if (placeAt(release)) return "not_safe";
  return { problem, ...wayBack(release, { whole: false, ends: "aborted" }) };
}

/** The way back of the cluster that it is at: a short one where nothing was changed. */
function wayBack(release: Release, back: NonNullable<Release["back"]>): Change & object {
  const step: ReleaseStep = placeAt(release) ? "draining" : "undraining";
  return { stage: "back", step, back, pausing: false };
}

/** The last of the clusters that have the release; null when none has. */
function lastNew({ clusters, places }: Release): number | null {
  const index = clusters.findLastIndex((name) => places[name]?.stands === "new");
  return index < 0 ? null : index;
}

function stepAfter(step: ReleaseStep): ReleaseStep {
  return RELEASE_STEPS[RELEASE_STEPS.indexOf(step) + 1] ?? step;
}

function standing(release: Release, stands: ReleasePlace["stands"], nowMs: number): Release["places"] {
  const place = placeAt(release);
  const name = releaseCluster(release);
  return place ? { ...release.places, [name]: { ...place, stands, at: isoOf(nowMs) } } : release.places;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Whether a roll-back by a person would do anything now. */
export function canRollBack(release: Release): boolean {
  if (release.stage === "rolling") return true;
  return (isReleaseOver(release) || release.stage === "paused") && lastNew(release) !== null;
}
