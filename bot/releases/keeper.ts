import { ChatOpsError, errorText } from "../../core/errors.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import type { Audit, Clock, Ids, Leases, Logger, StateStore } from "../../core/ports/index.ts";
import {
  isReleaseNamed,
  isReleaseOver,
  lastAt,
  moveRelease,
  type Release,
  type ReleaseDeedName,
  type ReleaseInput,
  type ReleaseMark,
  type ReleaseRefusal,
  tellingOf,
  termsHash,
} from "../../core/releases/index.ts";
import type { Decision } from "../../core/tasks/index.ts";
import { type Loop, startLoop } from "../workers/loop.ts";
import { type ReleaseDeedDeps, releaseStep, type TermsFound } from "./deeds.ts";
import type { DriftWatch } from "./drift.ts";
import { allReleases, forgetOld, freeEnded, freeOrphans, hold, type ReleaseDocument } from "./store.ts";

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

export type ReleaseTaken =
  | { outcome: "moved" | "repeated"; release: Release }
  | { outcome: "refused"; reason: ReleaseRefusal | "held" | "stale"; release: Release }
  | { outcome: "refused"; reason: "no_such"; release: null };

/** Releases of pack sets to clusters, as every process sees them. */
export interface Releases {
  /** The newest first. */
  list(): Promise<Release[]>;
  /** By its id, or the end of it. */
  find(typed: string): Promise<Release | null>;
  /** Asks for one: nothing is done until enough others have approved it. */
  ask(what: ReleaseAsk): Promise<ReleaseAsked>;
  /** Does what a person wants. */
  take(wish: ReleaseWish): Promise<ReleaseTaken>;
  /** How clusters differ from what was released to them. */
  drift: DriftWatch;
  /** Takes each release as far as it goes now. Of several processes one does. */
  round(): Promise<void>;
  start(): Loop;
}

export interface ReleasesDeps extends ReleaseDeedDeps {
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  audit: Pick<Audit, "append">;
  /** Tells people where it stands, and asks those who are to decide. */
  tell: (release: Release) => Promise<void>;
  drift: DriftWatch;
  state: StateStore;
  ids: Ids;
  clock: Clock;
  log: Logger;
}

const LEASE = "releases";
/** Longer than any deed takes that is not given up. */
const LEASE_MS = 300_000;
const ROUND_MS = 2_000;
const MAX_TRIES = 8;
/** So many steps of one release in one round, so that others have their turn. */
const MOST_STEPS = 20;
const MACHINE = "whale";

export function createReleases(deps: ReleasesDeps): Releases {
  const { state, clock, log } = deps;
  return {
    list: () => allReleases(state),
    find: async (typed) => (await findNamed(typed, deps))?.body ?? null,
    ask: (what) => ask(what, deps),
    take: (wish) => take(wish, deps),
    drift: deps.drift,
    round: () => round(deps),
    start: () =>
      startLoop({
        ...{ name: "releases", clock, log, maxIdleMs: ROUND_MS },
        round: async () => {
          await round(deps);
          return { more: false, nextDueAtMs: null };
        },
      }),
  };
}

async function findNamed(typed: string, { state }: ReleasesDeps): Promise<ReleaseDocument | null> {
  const found = await state.get("release", typed.toLowerCase());
  if (found) return found;
  const meant = (await allReleases(state)).find((release) => isReleaseNamed(release, typed));
  return meant ? state.get("release", meant.id) : null;
}

async function ask(what: ReleaseAsk, deps: ReleasesDeps): Promise<ReleaseAsked> {
  const { terms, state, ids, clock, log } = deps;
  const { set, build = null, key, by } = what;
  const before = key === undefined ? undefined : (await allReleases(state)).find((one) => one.key === key);
  if (before) return { outcome: "asked_before", release: before };
  const found = await terms(set, build);
  if (found.outcome === "refused") return { ...found, reason: "no_terms" };
  const id = `r_${ids.ulid().toLowerCase()}`;
  const held = await hold(found.terms.clusters, id, deps);
  if (held.outcome === "taken") {
    return { outcome: "refused", reason: "held", cluster: held.cluster, by: held.by };
  }
  const release = askedOf(what, { id, found, nowMs: clock.nowMs() });
  const put = await state.put({ kind: "release", name: id, expected: null, body: release });
  log.info({ by, release: id, set, digest: release.image.digest }, "a release was asked for");
  if (put.outcome === "stored") await recorded(put.document, deps);
  return { outcome: "asked", release };
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

async function take(wish: ReleaseWish, deps: ReleasesDeps): Promise<ReleaseTaken> {
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

interface Moving {
  input: ReleaseInput;
  by: string;
  key?: string;
}

/** Null when somebody else has changed it meanwhile. */
async function move(
  found: ReleaseDocument,
  { input, by, key }: Moving,
  deps: ReleasesDeps,
): Promise<Extract<ReleaseTaken, { release: Release }> | null> {
  const { state, clock, log } = deps;
  const before = await recorded(found, deps);
  if (!before) return null;
  const nowMs = clock.nowMs();
  const moved = moveRelease(before.body, input, nowMs);
  if (moved.outcome === "refused") return moved;
  const at = new Date(nowMs).toISOString();
  const last: ReleaseMark = { what: input.kind, by, at, ...(key === undefined ? {} : { key }) };
  const release: Release = { ...moved.release, last };
  const { id, stage, step, index, clusters } = release;
  const put = await state.put({ kind: "release", name: id, expected: before.revision, body: release });
  if (put.outcome === "conflict") return null;
  const facts = { release: id, stage, step, cluster: clusters[index], by, reason: input.kind };
  log.info({ ...facts, problem: release.problem?.message }, "a release went on");
  await recorded(put.document, deps);
  return { outcome: "moved", release };
}

/** Has the audit log know of the last step before there is another. Null when somebody else has changed it. */
async function recorded(
  { revision, body }: Pick<ReleaseDocument, "revision" | "body">,
  { state, audit }: ReleasesDeps,
): Promise<ReleaseDocument | null> {
  const { id, last } = body;
  if (last.audited) return { name: id, revision, body };
  await audit.append({
    at: last.at,
    who: last.by,
    what: "cluster.release",
    object: id,
    detail: auditDetail(body),
  });
  return changed({ revision, body: { ...body, last: { ...last, audited: true } } }, state);
}

function auditDetail(release: Release): JsonObject {
  const { set, image, hash, stage, step, clusters, index, why, problem, round, decisions, last } = release;
  const decision = last.what === "decide" ? decisions.at(-1) : undefined;
  return {
    ...{ what: last.what, set, build: image.build, digest: image.digest, hash, round, stage, step },
    ...{ clusters: [...clusters], cluster: clusters[index] ?? null, why, problem: problem?.message ?? "" },
    ...(decision ? { verdict: decision.verdict, onBehalfOf: decision.onBehalfOf ?? null } : {}),
  };
}

async function changed(
  { revision, body }: Pick<ReleaseDocument, "revision" | "body">,
  state: StateStore,
): Promise<ReleaseDocument | null> {
  const put = await state.put({ kind: "release", name: body.id, expected: revision, body });
  return put.outcome === "stored" ? put.document : null;
}

/** Said before it is remembered as said. That nobody can be told holds nothing up. */
async function toldOf(
  found: ReleaseDocument,
  { state, tell, log }: ReleasesDeps,
): Promise<ReleaseDocument | null> {
  const { revision, body } = found;
  const told = tellingOf(body);
  if (body.told === told) return found;
  try {
    await tell(body);
  } catch (error) {
    log.warn({ release: body.id, reason: errorText(error) }, "nobody could be told of a release");
    return found;
  }
  return changed({ revision, body: { ...body, told } }, state);
}

async function round(deps: ReleasesDeps): Promise<void> {
  const { leases, holder, state, log } = deps;
  const holds = await state.list("release_hold");
  if (holds.length === 0 && !deps.drift.isDue()) return;
  const lease = await leases.acquire(LEASE, holder, LEASE_MS);
  if (lease.outcome === "taken") return;
  try {
    const ids = [...new Set(holds.map(({ body }) => body.release))];
    await Promise.all(
      ids.map((id) =>
        goOn(id, deps).catch((error: unknown) => {
          log.warn({ release: id, reason: errorText(error) }, "a release could not be taken further");
        }),
      ),
    );
    await freeOrphans(deps);
    await deps.drift.round(new Set(holds.map(({ name }) => name)));
  } finally {
    // Where the store does not answer any more, the lease ends by itself.
    await leases.release(LEASE, lease.fence).catch(() => false);
  }
}

/** Takes one release as far as it goes without waiting. */
async function goOn(id: string, deps: ReleasesDeps): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const found = await deps.state.get("release", id);
    const known = found && (await recorded(found, deps));
    const told = known && (await toldOf(known, deps));
    if (!told) return;
    if (isReleaseOver(told.body)) return ended(told.body, deps);
    if (!(await oneStep(told, deps))) return;
  }
}

/** Whether it went on. */
async function oneStep(found: ReleaseDocument, deps: ReleasesDeps): Promise<boolean> {
  const { leases, holder, state } = deps;
  const lease = await leases.acquire(LEASE, holder, LEASE_MS);
  if (lease.outcome === "taken") return false;
  // Read once more, behind the lease: who was held up for long does nothing that is not its turn any more.
  const now = await state.get("release", found.name);
  if (now?.revision !== found.revision) return now !== null;
  const input = await releaseStep(now.body, deps);
  if (!input) return false;
  return (await move(now, { input, by: MACHINE }, deps))?.outcome !== "refused";
}

async function ended(release: Release, deps: ReleasesDeps): Promise<void> {
  await freeEnded(release, deps);
  await forgetOld(deps);
}
