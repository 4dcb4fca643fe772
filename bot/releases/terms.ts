import type { RegisteredPack } from "../../core/ports/index.ts";
import type { Build, PackSet, PlannedPack, ShownPlan } from "../../core/releases/index.ts";
import type { TermsFinder } from "./step.ts";

export interface TermsDeps {
  /** The pack sets in force. */
  sets: () => readonly PackSet[];
  /** A build of a set by its id, the newest finished one where none is named; null where there is none. */
  buildOf: (set: string, build: string | null) => Promise<Build | null>;
  /** Whether a cluster says how new packs reach its workers. */
  takesReleases: (cluster: string) => boolean;
  /** Names of the packs that releases of a set have left on a cluster. */
  packsLeft: (cluster: string, set: string) => Promise<readonly string[]>;
  /** What a cluster has of these packs now. */
  packsOn: (cluster: string, packs: readonly string[]) => Promise<readonly PlannedPack[]>;
  /** What changes on a cluster that has the first and shall have the second. */
  planOf: (before: readonly PlannedPack[], after: readonly PlannedPack[]) => ShownPlan;
}

/** Makes the terms of a release out of its set and build as they are now, and of what its clusters know of its packs. */
export function termsFinder({
  sets,
  buildOf,
  takesReleases,
  packsLeft,
  packsOn,
  planOf,
}: TermsDeps): TermsFinder {
  return async (id, wanted) => {
    const set = sets().find((one) => one.id === id);
    if (!set) return { outcome: "refused", zh: `没有共享 Pack ${id}`, en: `there is no pack set ${id}` };
    const closed = set.clusters.find((name) => !takesReleases(name));
    if (closed !== undefined) return { outcome: "refused", ...noDeploy(closed) };
    const build = await buildOf(id, wanted);
    const image = build?.set === id ? build.image : undefined;
    const held = build?.packs;
    if (!image || !held) {
      const name = wanted ?? id;
      return { outcome: "refused", zh: `${name} 没有构建好的镜像`, en: `${name} has no finished image` };
    }
    const packs = held.map(named);
    const refs = held.map(({ ref }) => ref);
    const { title, strategy, clusters, drainMs, canary, approval } = set;
    const plans = await Promise.all(
      clusters.map(async (cluster) => {
        // What is gone from the set goes from its clusters too.
        const all = [...new Set([...refs, ...(await packsLeft(cluster, id))])];
        return { cluster, plan: planOf(await packsOn(cluster, all), held) };
      }),
    );
    const plan = joinedPlan(plans);
    const terms = {
      image,
      strategy,
      plan,
      packs,
      clusters,
      drainMs,
      approval,
      ...(canary ? { canary } : {}),
    };
    return { outcome: "found", terms, title };
  };
}

function noDeploy(cluster: string) {
  return {
    zh: `集群 ${cluster} 的文件里没有 deploy，不能发布到它`,
    en: `the file of cluster ${cluster} has no deploy: nothing can be released to it`,
  };
}

function named({ ref, version, items }: PlannedPack): RegisteredPack {
  return { ref, version, items: items.map(({ kind, ref: of }) => ({ kind, ref: of })) };
}

/** Said once where it is the same on all clusters, else of each by name. */
function joinedPlan(plans: readonly { cluster: string; plan: ShownPlan }[]): ShownPlan {
  const [first, ...others] = plans.map(({ plan }) => JSON.stringify(plan.lines));
  if (others.every((lines) => lines === first)) return { lines: plans[0]?.plan.lines ?? [] };
  const lines = plans.flatMap(({ cluster, plan }) => [
    { zh: `集群 ${cluster}：`, en: `cluster ${cluster}:` },
    ...plan.lines,
  ]);
  return { lines };
}
