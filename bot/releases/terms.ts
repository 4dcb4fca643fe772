import type { PackRegistry, RegisteredPack } from "../../core/ports/index.ts";
import type { Build, PackSet, ShownPlan } from "../../core/releases/index.ts";
import type { TermsFinder } from "./step.ts";

export interface TermsDeps {
  /** The pack sets in force. */
  sets: () => readonly PackSet[];
  /** A build of a set by its id, the newest finished one where none is named; null where there is none. */
  buildOf: (set: string, build: string | null) => Promise<Build | null>;
  /** What the image of a build holds. */
  packsOf: (build: Build) => Promise<readonly RegisteredPack[]>;
  registry: Pick<PackRegistry, "registered">;
  /** What changes on a cluster that has the first and shall have the second. */
  planOf: (before: readonly RegisteredPack[], after: readonly RegisteredPack[]) => ShownPlan;
}

/** Makes the terms of a release out of its set and build as they are now, and of what its clusters know of its packs. */
export function termsFinder({ sets, buildOf, packsOf, registry, planOf }: TermsDeps): TermsFinder {
  return async (id, wanted) => {
    const set = sets().find((one) => one.id === id);
    if (!set) return { outcome: "refused", zh: `没有 Pack 集 ${id}`, en: `there is no pack set ${id}` };
    const build = await buildOf(id, wanted);
    const image = build?.set === id ? build.image : undefined;
    if (!build || !image) {
      const name = wanted ?? id;
      return { outcome: "refused", zh: `${name} 没有构建好的镜像`, en: `${name} has no finished image` };
    }
    const packs = await packsOf(build);
    const refs = packs.map(({ ref }) => ref);
    const { title, strategy, clusters, drainMs, canary, approval } = set;
    const plans = await Promise.all(
      clusters.map(async (cluster) => {
        return { cluster, plan: planOf(await registry.registered(cluster, refs), packs) };
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

/** Said once where it is the same on all clusters, else of each by name. */
function joinedPlan(plans: readonly { cluster: string; plan: ShownPlan }[]): ShownPlan {
  const rules = [...new Set(plans.flatMap(({ plan }) => plan.rules))];
  const [first, ...others] = plans.map(({ plan }) => JSON.stringify(plan.lines));
  if (others.every((lines) => lines === first)) return { lines: plans[0]?.plan.lines ?? [], rules };
  const lines = plans.flatMap(({ cluster, plan }) => [
    { zh: `集群 ${cluster}：`, en: `cluster ${cluster}:` },
    ...plan.lines,
  ]);
  return { lines, rules };
}
