import { isUpgradeOver } from "../../core/clusters/index.ts";
import type { Clock, StateDocument, StateStore } from "../../core/ports/index.ts";
import { isReleaseOver, lastAt, type Release } from "../../core/releases/index.ts";

export type ReleaseDocument = StateDocument<"release">;

export interface HoldDeps {
  state: StateStore;
  clock: Clock;
}

/** `held`: that cluster is in another release, or in an upgrade. */
export type Held = { outcome: "held" } | { outcome: "taken"; cluster: string; by: string };

/** Whoever placed a hold and died before its release was stored is not waited for any longer. */
const ORPHAN_MS = 60_000;
/** The document that upgrades have, as `bot/clusters` names it. */
const UPGRADE = "clusters";
const KEPT = 100;

/** Has clusters for one release alone, all or none, until they are freed. The same release again changes nothing. */
export async function hold(clusters: readonly string[], release: string, deps: HoldDeps): Promise<Held> {
  // In one order for everybody, so that of two one gets all.
  for (const cluster of [...clusters].sort()) {
    const other = await holdOne(cluster, release, deps);
    if (other === null) continue;
    await free(release, deps);
    return { outcome: "taken", cluster, by: other };
  }
  // Behind the holds: whoever begins an upgrade meanwhile sees them.
  const found = (await deps.state.get("upgrade", UPGRADE))?.body;
  const cluster =
    found && !isUpgradeOver(found) ? clusters.find((one) => found.clusters.includes(one)) : undefined;
  if (found === undefined || cluster === undefined) return { outcome: "held" };
  await free(release, deps);
  return { outcome: "taken", cluster, by: found.id };
}

/** Null where it is held; else by which other release. */
async function holdOne(cluster: string, release: string, deps: HoldDeps): Promise<string | null> {
  const { state, clock } = deps;
  const found = await state.get("release_hold", cluster);
  if (found?.body.release === release) return null;
  if (found && !(await isOrphan(found.body, deps))) return found.body.release;
  const body = { release, at: new Date(clock.nowMs()).toISOString() };
  const expected = found?.revision ?? null;
  const put = await state.put({ kind: "release_hold", name: cluster, expected, body });
  return put.outcome === "stored" ? null : (put.current?.body.release ?? "");
}

async function isOrphan(body: { release: string; at: string }, { state, clock }: HoldDeps): Promise<boolean> {
  if (clock.nowMs() - Date.parse(body.at) < ORPHAN_MS) return false;
  const found = await state.get("release", body.release);
  return found === null || isReleaseOver(found.body);
}

/** Frees what a release holds. */
export async function free(release: string, { state }: Pick<HoldDeps, "state">): Promise<void> {
  for (const { name, revision, body } of await state.list("release_hold")) {
    if (body.release === release) await state.remove("release_hold", name, revision);
  }
}

/** Frees what a release that is over has held so far; what it was given since, for being rolled back, it keeps. */
export async function freeEnded({ id, last }: Release, { state, clock }: HoldDeps): Promise<void> {
  for (const { name, revision, body } of await state.list("release_hold")) {
    const isLeft = body.at <= last.at || clock.nowMs() - Date.parse(body.at) >= ORPHAN_MS;
    if (body.release === id && isLeft) await state.remove("release_hold", name, revision);
  }
}

/** Frees holds whose release was never stored. */
export async function freeOrphans(deps: HoldDeps): Promise<void> {
  for (const { name, revision, body } of await deps.state.list("release_hold")) {
    if (await isOrphan(body, deps)) await deps.state.remove("release_hold", name, revision);
  }
}

/** All releases, the newest first. */
export async function allReleases(state: Pick<StateStore, "list">): Promise<Release[]> {
  return (await state.list("release")).map(({ body }) => body).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Forgets the oldest that are over; the last that came to a cluster is kept for going back, and for its drift. */
export async function forgetOld({ state }: Pick<HoldDeps, "state">): Promise<void> {
  const documents = await state.list("release");
  const releases = documents.map(({ body }) => body);
  const clusters = new Set(releases.flatMap(({ places }) => Object.keys(places)));
  const last = new Set([...clusters].map((cluster) => lastAt(cluster, releases)?.id));
  const old = documents.filter(({ body }) => isReleaseOver(body) && !last.has(body.id));
  // Ids are made of time: the first by name is the oldest.
  for (const { name, revision } of old.slice(0, Math.max(0, documents.length - KEPT))) {
    await state.remove("release", name, revision);
  }
}
