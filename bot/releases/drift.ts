import type { ClusterWords } from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import { hashOf } from "../../core/ids/index.ts";
import type { Audit, Clock, Logger, PackRegistry, Rollouts, StateStore } from "../../core/ports/index.ts";
import {
  type DriftFinding,
  driftOf,
  driftWords,
  isReleaseOver,
  type Release,
  releaseCode,
  type Wanted,
  wantedOn,
} from "../../core/releases/index.ts";
import { allReleases } from "./store.ts";

/** How one cluster stands against its last release. */
export type ClusterDrift =
  /** `held`: a release is at it now. `none`: none ever came to it. */
  | { cluster: string; outcome: "none" | "held" }
  | { cluster: string; outcome: "same" | "differs"; wanted: Wanted; findings: readonly DriftFinding[] }
  | { cluster: string; outcome: "unreadable"; wanted: Wanted; message: string };

/** Compares what runs with what was released. */
export interface DriftWatch {
  /** Looks at all clusters now. */
  look(): Promise<ClusterDrift[]>;
  /** Whether the time of the next look has come. */
  isDue(): boolean;
  /** Looks when that is due, at those that no release is at, and tells what has changed, once. */
  round(held: ReadonlySet<string>): Promise<void>;
}

export interface DriftDeps {
  /** Names of all clusters. */
  clusters: () => readonly string[];
  rollouts: Pick<Rollouts, "read">;
  registry: Pick<PackRegistry, "registered">;
  state: StateStore;
  audit: Pick<Audit, "append">;
  /** Tells whoever may release to a cluster. The same key again tells nothing. */
  tell: (key: string, words: ClusterWords, cluster: string) => Promise<void>;
  clock: Clock;
  log: Logger;
}

const LOOK_MS = 600_000;
const SHOWN = 5;

export function createDriftWatch(deps: DriftDeps): DriftWatch {
  const next = { atMs: 0 };
  const isDue = () => Math.abs(next.atMs - deps.clock.nowMs()) > LOOK_MS || deps.clock.nowMs() >= next.atMs;
  return {
    look: () => lookAll(deps),
    isDue,
    round: async (held) => {
      if (!isDue()) return;
      next.atMs = deps.clock.nowMs() + LOOK_MS;
      for (const drift of await lookAll(deps, held)) {
        await report(drift, deps).catch((error: unknown) => {
          deps.log.warn({ cluster: drift.cluster, reason: errorText(error) }, "drift could not be reported");
        });
      }
    },
  };
}

async function lookAll(deps: DriftDeps, known?: ReadonlySet<string>): Promise<ClusterDrift[]> {
  const releases = await allReleases(deps.state);
  const held = known ?? (await heldOf(releases, deps.state));
  return Promise.all(
    deps.clusters().map(async (cluster): Promise<ClusterDrift> => {
      const wanted = wantedOn(cluster, releases);
      if (wanted === null) return { cluster, outcome: held.has(cluster) ? "held" : "none" };
      return held.has(cluster) ? { cluster, outcome: "held" } : lookAt(cluster, wanted, deps);
    }),
  );
}

/** A release that is over has left its clusters, also while its holds are yet to be removed. */
async function heldOf(
  releases: readonly Release[],
  state: Pick<StateStore, "list">,
): Promise<ReadonlySet<string>> {
  const endedAt = new Map(releases.filter(isReleaseOver).map(({ id, last }) => [id, last.at]));
  const holds = await state.list("release_hold");
  return new Set(
    holds.filter(({ body }) => body.at > (endedAt.get(body.release) ?? "")).map(({ name }) => name),
  );
}

async function lookAt(
  cluster: string,
  wanted: Wanted,
  { rollouts, registry }: DriftDeps,
): Promise<ClusterDrift> {
  try {
    const parts = await rollouts.read(cluster, wanted.strategy);
    const packs = await registry.registered(
      cluster,
      wanted.packs.map(({ ref }) => ref),
    );
    const findings = driftOf(wanted, { parts, packs });
    return { cluster, outcome: findings.length > 0 ? "differs" : "same", wanted, findings };
  } catch (error) {
    return { cluster, outcome: "unreadable", wanted, message: errorText(error) };
  }
}

/** Told before it is remembered as told. What cannot be read says nothing. */
async function report(drift: ClusterDrift, { state, audit, tell, clock, log }: DriftDeps): Promise<void> {
  if (drift.outcome !== "same" && drift.outcome !== "differs") return;
  const { cluster, findings, wanted } = drift;
  const stored = await state.get("drift", cluster);
  const hash = hashOf(findings);
  if ((stored?.body.hash ?? hashOf([])) === hash) return;
  const at = new Date(clock.nowMs()).toISOString();
  await tell(`drift:${cluster}:${stored?.revision ?? 0}:${hash.slice(0, 12)}`, reportWords(drift), cluster);
  const put = await state.put({
    ...{ kind: "drift", name: cluster, expected: stored?.revision ?? null },
    body: { at, hash, findings },
  });
  if (put.outcome === "conflict") return;
  log.warn({ cluster, release: wanted.release, findings: findings.length }, "a cluster's drift has changed");
  const detail = { release: wanted.release, findings: findings.map((one) => driftWords(one).en) };
  await audit.append({ at, who: "whale", what: "cluster.drift", object: cluster, detail });
}

function reportWords({
  cluster,
  findings,
  wanted,
}: Extract<ClusterDrift, { findings: unknown }>): ClusterWords {
  const code = releaseCode(wanted.release);
  if (findings.length === 0) {
    return {
      zh: `集群 ${cluster} 与发布 ${code} 一致了`,
      en: `cluster ${cluster} is as release ${code} left it again`,
    };
  }
  const told = findings.slice(0, SHOWN).map(driftWords);
  const more = findings.length > SHOWN ? ` +${findings.length - SHOWN}` : "";
  return {
    zh: `集群 ${cluster} 与发布 ${code} 不一致：${told.map(({ zh }) => zh).join("；")}${more}`,
    en: `cluster ${cluster} is not as release ${code} left it: ${told.map(({ en }) => en).join("; ")}${more}`,
  };
}
