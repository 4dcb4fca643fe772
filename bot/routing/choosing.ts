import {
  type Cluster,
  type ClusterChoice,
  type ClusterSights,
  chooseCluster,
  type PassReason,
  packFault,
  possibleClusters,
  type Route,
} from "../../core/clusters/index.ts";
import { hasRefusedLately, type Task } from "../../core/tasks/index.ts";
import type { ActionWatch } from "../actions/index.ts";
import type { OpenRuns } from "./open-runs.ts";
import type { PackWatch } from "./pack-watch.ts";

export interface ChoosingDeps {
  inForce: () => { clusters: readonly Cluster[]; routes?: readonly Route[] };
  /** What is known of the clusters at this moment. */
  sights: () => ClusterSights;
  open: Pick<OpenRuns, "of">;
  actions: Pick<ActionWatch, "lacks" | "recheck" | "lacksNow">;
  packs: PackWatch;
}

/** What only the moment of starting knows. */
export interface Moment {
  nowMs: number;
  isStopped: (cluster: string) => boolean;
}

/** Chooses a cluster for tasks that are about to start. */
export interface ClusterChooser {
  choose(task: Task, moment: Moment): Promise<ClusterChoice>;
  /** Whether a cluster that refused a start has not got its action, as it says now: then another one may take it. */
  lacksNow(cluster: string, action: string): Promise<boolean>;
}

export function createChooser(deps: ChoosingDeps): ClusterChooser {
  const choose = (task: Task, moment: Moment) => choiceOf(task, moment, deps);
  return {
    choose: async (task, moment) => {
      const { packs: needs = [] } = task;
      await deps.packs.read(answering(task.clusters, deps), needs);
      const choice = choose(task, moment);
      const passedFor = (wanted: PassReason) =>
        choice.passed.flatMap(({ cluster, reason }) => (reason === wanted ? [cluster] : []));
      const [noAction, noPack] = [passedFor("lacks_action"), passedFor("lacks_pack")];
      // Before nobody can take it for good, they are asked: what was read minutes ago may have been mended.
      if (choice.outcome !== "none" || noAction.length + noPack.length === 0) return choice;
      await Promise.all([
        deps.actions.recheck(noAction, task.action),
        deps.packs.recheck(answering(noPack, deps), needs),
      ]);
      return choose(task, moment);
    },
    lacksNow: (cluster, action) => deps.actions.lacksNow(cluster, action),
  };
}

/** Those of some clusters that are not known to be silent: a start would wait for them in vain. */
function answering(clusters: readonly string[], { sights }: Pick<ChoosingDeps, "sights">): string[] {
  const known = sights();
  return clusters.filter((cluster) => known.get(cluster)?.state !== "down");
}

function choiceOf(task: Task, { nowMs, isStopped }: Moment, deps: ChoosingDeps): ClusterChoice {
  const { clusters, routes = [] } = deps.inForce();
  const { id: taskId, business, action, start } = task;
  const sights = deps.sights();
  const serving = new Set(possibleClusters({ clusters, routes }, { business, action }));
  return chooseCluster(
    {
      taskId,
      allowed: task.clusters,
      reserve: task.reserve ?? [],
      // A start that a person orders anew is a new one.
      ...(start?.no === task.startNo ? { before: start.cluster } : {}),
    },
    {
      clusters,
      isStopped,
      mayServe: (cluster) => serving.has(cluster),
      sightOf: (cluster) => ({
        state: sights.get(cluster)?.state ?? "unknown",
        open: deps.open.of(cluster).open,
      }),
      lacksAction: (cluster) => deps.actions.lacks(cluster, action),
      packFault: (cluster) => packFault(task.packs ?? [], cluster, deps.packs.lookup),
      refusedLately: (cluster) => hasRefusedLately(task, cluster, nowMs),
    },
  );
}
