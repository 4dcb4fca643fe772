import { ChatOpsError } from "../../core/errors.ts";
import {
  isReleaseOver,
  lastAt,
  type Release,
  type ReleaseDeedName,
  type ReleaseInput,
  termsHash,
} from "../../core/releases/index.ts";
import type { Decision } from "../../core/tasks/index.ts";
import { findNamed, move, type ReleasesDeps, type ReleaseTaken, recorded } from "./moves.ts";
import type { TermsFound } from "./step.ts";
import { allReleases, type Held, hold } from "./store.ts";

/** What somebody wants released. */
export interface ReleaseAsk {
  set: string;
  /** Absent: the newest build of the set. */
  build?: string;
  /** An actor's name. */
  by: string;
  why: string;
  key?: string;
}

export type ReleaseAsked =
  | { outcome: "asked" | "asked_before"; release: Release }
  | { outcome: "refused"; reason: "no_terms"; zh: string; en: string }
  /** `by`: the release or upgrade that has the cluster. */
  | { outcome: "refused"; reason: "held"; cluster: string; by: string };

/** What a person wants of a release that is there, whoever may that. */
export interface ReleaseWish {
  id: string;
  input:
    | { kind: Exclude<ReleaseDeedName, "approve" | "reject" | "rollback" | "abort">; by: string }
    | { kind: "rollback" | "abort"; by: string; why: string }
    /** Made of the release as it is stored at this moment; null where its person saw another one. */
    | { kind: "decide"; by: string; decision: (release: Release) => Decision | null };
  /** Of the message or click: the same again does nothing. */
  key?: string;
}

const MAX_TRIES = 8;

/** Asks for one; the same key again gives the same one. */
export async function ask(what: ReleaseAsk, deps: ReleasesDeps): Promise<ReleaseAsked> {
  const { terms, state, ids, clock, log, onStep } = deps;
  const { set, build = null, key, by } = what;
  const before = key === undefined ? undefined : (await allReleases(state)).find((one) => one.key === key);
  if (before) return { outcome: "asked_before", release: before };
  const found = await terms(set, build);
  if (found.outcome === "refused") return { ...found, reason: "no_terms" };
  const id = `r_${ids.ulid().toLowerCase()}`;
  const held = await hold(found.terms.clusters, id, deps);
  if (held.outcome === "taken") return refusedBy(held);
  onStep("release_held");
  const release = askedOf(what, { id, found, nowMs: clock.nowMs() });
  const put = await state.put({ kind: "release", name: id, expected: null, body: release });
  // Until it was stored, whoever found us slow took the holds for those of somebody who had died.
  const still = await hold(release.clusters, id, deps);
  if (still.outcome === "taken") {
    if (put.outcome === "stored") await state.remove("release", id, put.document.revision);
    return refusedBy(still);
  }
  log.info({ by, release: id, set, digest: release.image.digest }, "a release was asked for");
  if (put.outcome === "stored") await recorded(put.document, deps);
  return { outcome: "asked", release };
}

function refusedBy({ cluster, by }: Extract<Held, { outcome: "taken" }>): ReleaseAsked {
  return { outcome: "refused", reason: "held", cluster, by };
}

function askedOf(
  { set, by, why, key }: ReleaseAsk,
  { id, found, nowMs }: { id: string; found: Extract<TermsFound, { outcome: "found" }>; nowMs: number },
): Release {
  const at = new Date(nowMs).toISOString();
  const { terms, title } = found;
  return {
    ...{ ...terms, id, set, title, by, at, why, hash: termsHash(terms), round: 1, decisions: [] },
    ...{ escalated: 0, askedAtMs: nowMs, stage: "asked", step: "draining", index: 0, since: at },
    ...{ pausing: false, back: null, places: {}, problem: null },
    ...(key === undefined ? {} : { key }),
    last: { what: "ask", by, at, ...(key === undefined ? {} : { key }) },
  };
}

/** Does what a person wants of one. */
export async function take(wish: ReleaseWish, deps: ReleasesDeps): Promise<ReleaseTaken> {
  const { key, input: wanted } = wish;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = await findNamed(wish.id, deps);
    if (!found) return { outcome: "refused", reason: "no_such", release: null };
    const { body: release } = found;
    if (key !== undefined && release.last.key === key) return { outcome: "repeated", release };
    const input = inputOf(wanted, release);
    if (!input) return { outcome: "refused", reason: "other_content", release };
    const barred = input.kind === "rollback" ? await barredFromUndoing(release, deps) : null;
    if (barred) return { outcome: "refused", reason: barred, release };
    const moved = await move(found, { input, by: wanted.by, ...(key === undefined ? {} : { key }) }, deps);
    if (moved !== null) return moved;
  }
  throw new ChatOpsError("the release keeps being changed by others", {
    code: "release.contended",
    retryable: true,
  });
}

function inputOf(wanted: ReleaseWish["input"], release: Release): ReleaseInput | null {
  if (wanted.kind !== "decide") return wanted;
  const decision = wanted.decision(release);
  return decision && { kind: "decide", decision };
}

/** One that is over holds its clusters no longer: they are had again first, where nothing came to them since. */
async function barredFromUndoing(release: Release, deps: ReleasesDeps): Promise<"held" | "stale" | null> {
  if (!isReleaseOver(release)) return null;
  const changed = release.clusters.filter((name) => release.places[name]?.stands === "new");
  if (changed.length === 0) return null;
  const releases = await allReleases(deps.state);
  if (changed.some((name) => lastAt(name, releases)?.id !== release.id)) return "stale";
  return (await hold(changed, release.id, deps)).outcome === "taken" ? "held" : null;
}
