import type { JsonObject } from "../../core/ids/index.ts";
import type { Audit, Clock, Ids, Leases, Logger, StateStore } from "../../core/ports/index.ts";
import {
  isReleaseNamed,
  moveRelease,
  type Release,
  type ReleaseInput,
  type ReleaseMark,
  type ReleaseRefusal,
} from "../../core/releases/index.ts";
import type { DriftWatch } from "./drift.ts";
import type { ReleaseDeedDeps } from "./step.ts";
import { allReleases, type ReleaseDocument } from "./store.ts";

export interface ReleasesDeps extends ReleaseDeedDeps {
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  audit: Pick<Audit, "append">;
  /** Tells people where it stands, and asks those who are to decide. */
  tell: (release: Release) => Promise<void>;
  drift: DriftWatch;
  /** Calls again and again until told to stop. */
  every: (ms: number, look: () => Promise<void>) => () => void;
  state: StateStore;
  ids: Ids;
  clock: Clock;
  log: Logger;
}

export type ReleaseTaken =
  | { outcome: "moved" | "repeated"; release: Release }
  | { outcome: "refused"; reason: ReleaseRefusal | "held" | "stale"; release: Release }
  | { outcome: "refused"; reason: "no_such"; release: null };

/** By its id, or the end of it. */
export async function findNamed(typed: string, { state }: ReleasesDeps): Promise<ReleaseDocument | null> {
  const found = await state.get("release", typed.toLowerCase());
  if (found) return found;
  const meant = (await allReleases(state)).find((release) => isReleaseNamed(release, typed));
  return meant ? state.get("release", meant.id) : null;
}

interface Moving {
  input: ReleaseInput;
  by: string;
  key?: string;
}

/** Moves it, audited. Null when somebody else has changed it meanwhile. */
export async function move(
  found: ReleaseDocument,
  { input, by, key }: Moving,
  deps: ReleasesDeps,
): Promise<Extract<ReleaseTaken, { release: Release }> | null> {
  const { state, clock, log, onStep } = deps;
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
  onStep("release_stored");
  const facts = { release: id, stage, step, cluster: clusters[index], by, reason: input.kind };
  log.info({ ...facts, problem: release.problem?.message }, "a release went on");
  await recorded(put.document, deps);
  return { outcome: "moved", release };
}

/** Has the audit log know of the last step before there is another. Null when somebody else has changed it. */
export async function recorded(
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

/** Stores it; null when somebody else has changed it. */
export async function changed(
  { revision, body }: Pick<ReleaseDocument, "revision" | "body">,
  state: StateStore,
): Promise<ReleaseDocument | null> {
  const put = await state.put({ kind: "release", name: body.id, expected: revision, body });
  return put.outcome === "stored" ? put.document : null;
}
