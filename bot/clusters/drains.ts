import {
  type CanaryResult,
  type Cluster,
  type Drain,
  type DrainCounts,
  type DrainOrder,
  drainStep,
  type Stranding,
  strandedBy,
} from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Audit, Clock, Executor, Logger, StateStore } from "../../core/ports/index.ts";
import type { OpenRuns } from "../routing/index.ts";
import { within } from "../workers/index.ts";

export type DrainAnswer =
  | { outcome: "drained" | "drained_before"; drain: Drain; stranding: Stranding }
  | { outcome: "refused"; reason: "unknown_cluster" }
  /** These businesses would have no cluster left. */
  | { outcome: "refused"; reason: "stranded"; businesses: readonly string[] };

export type UndrainAnswer =
  | { outcome: "undrained"; canary: CanaryResult | null }
  | { outcome: "refused"; reason: "not_drained" }
  | { outcome: "refused"; reason: "canary_failed"; message: string };

/** What a drain belongs to, where it is not a person's own: these end it themselves. */
export type DrainFor = Pick<Drain, "upgrade" | "release">;

/** What people have drained, as every process sees it. */
export interface Drains {
  /** Those in force as of the last look, by cluster. */
  current(): ReadonlyMap<string, Drain>;
  /** Looks whether anybody changed them. What cannot be looked at stays as it was, and is logged. */
  refresh(): Promise<void>;
  /** What draining a cluster would do to the businesses that it serves. */
  stranding(name: string): Stranding;
  /** From now on nothing new starts there; `by` is an actor's name. Who drained it before keeps it. */
  order(name: string, order: DrainOrder & DrainFor, by: string): Promise<DrainAnswer>;
  /** Lets it take starts again, once a canary has passed; `skip`: why none is run. */
  lift(name: string, by: string, skip?: string): Promise<UndrainAnswer>;
  /** What still runs there; of what others started nothing where the cluster lets a person wait too long. */
  counts(name: string): Promise<DrainCounts>;
  /** Takes each drain one step further. */
  round(): Promise<void>;
}

export interface DrainsDeps {
  clusters: () => readonly Cluster[];
  /** Businesses of rules. */
  businesses: () => readonly string[];
  /** Clusters that take no starts because they are down. */
  isDown: (name: string) => boolean;
  runs: Pick<OpenRuns, "of" | "tasksOn">;
  executor: Pick<Executor, "busy" | "canary">;
  state: StateStore;
  audit: Pick<Audit, "append">;
  /** Orders the cancel of a task of ours. */
  cancel: (taskId: string, drain: Drain) => Promise<void>;
  /** Tells people what became of a drain. */
  tell: (name: string, drain: Drain, counts: DrainCounts) => Promise<void>;
  clock: Clock;
  log: Logger;
}

/** How long a canary may take. */
export const CANARY_MS = 30_000;

export function createDrains(deps: DrainsDeps): Drains {
  const { state, log } = deps;
  let seen = -1;
  let drains: ReadonlyMap<string, Drain> = new Map();
  const refresh = async (): Promise<void> => {
    try {
      const version = await state.version();
      if (version === seen) return;
      drains = new Map((await state.list("drain")).map(({ name, body }) => [name, body]));
      seen = version;
    } catch (error) {
      log.warn({ reason: errorText(error) }, "drains could not be read, those read before stay in force");
    }
  };
  const stranding = (name: string): Stranding => {
    const clusters = deps.clusters();
    const out = clusters.filter((one) => drains.has(one.name) || deps.isDown(one.name));
    return strandedBy(name, {
      clusters,
      businesses: deps.businesses(),
      out: new Set(out.map((one) => one.name)),
    });
  };
  return {
    current: () => drains,
    refresh,
    stranding,
    counts: async (name) => {
      const counted = await within(countsOf(name, deps));
      return "value" in counted ? counted.value : { ...ownRuns(name, deps), all: null };
    },
    order: async (name, order, by) => {
      await refresh();
      const answer = await drainCluster(name, order, { by, stranding: stranding(name), ...deps });
      await refresh();
      return answer;
    },
    lift: async (name, by, skip) => {
      const answer = await undrain(name, { by, skip }, deps);
      await refresh();
      return answer;
    },
    round: async () => {
      await refresh();
      for (const { name, revision, body } of drains.size > 0 ? await state.list("drain") : []) {
        await oneStep({ name, revision, body }, deps).catch((error: unknown) => {
          log.warn({ cluster: name, reason: errorText(error) }, "a drain could not be taken further");
        });
      }
    },
  };
}

async function countsOf(name: string, deps: DrainsDeps): Promise<DrainCounts> {
  const { executor, log } = deps;
  const all = await executor.busy(name).catch((error: unknown) => {
    log.debug({ cluster: name, reason: errorText(error) }, "what runs could not be counted");
    return null;
  });
  return { ...ownRuns(name, deps), all };
}

function ownRuns(name: string, { runs }: Pick<DrainsDeps, "runs">): Pick<DrainCounts, "own" | "paused"> {
  const { open, paused } = runs.of(name);
  return { own: open - paused, paused };
}

async function drainCluster(
  name: string,
  order: DrainOrder & DrainFor,
  deps: DrainsDeps & { by: string; stranding: Stranding },
): Promise<DrainAnswer> {
  const { clusters, state, audit, clock, log, by, stranding } = deps;
  if (!clusters().some((one) => one.name === name)) return { outcome: "refused", reason: "unknown_cluster" };
  const { stranded } = stranding;
  if (stranded.length > 0 && !order.force) {
    return { outcome: "refused", reason: "stranded", businesses: stranded };
  }
  const nowMs = clock.nowMs();
  const { forMs, atDeadline, why, upgrade, release } = order;
  const at = new Date(nowMs).toISOString();
  const until = forMs === null ? null : new Date(nowMs + forMs).toISOString();
  const whose = {
    ...(upgrade === undefined ? {} : { upgrade }),
    ...(release === undefined ? {} : { release }),
  };
  const body: Drain = { by, at, until, atDeadline, why, ...whose };
  const before = await state.get("drain", name);
  if (before) return { outcome: "drained_before", drain: before.body, stranding };
  const detail = {
    until,
    atDeadline,
    why,
    force: order.force,
    upgrade: upgrade ?? null,
    release: release ?? null,
  };
  // What is not written down does not happen: who dies in between is found in the log, never the other way round.
  await audit.append({ at, who: by, what: "cluster.drain", object: name, detail });
  const put = await state.put({ kind: "drain", name, expected: null, body });
  if (put.outcome === "conflict") {
    return { outcome: "drained_before", drain: put.current?.body ?? body, stranding };
  }
  log.warn({ by, cluster: name, until, atDeadline, why }, "a cluster is drained: nothing new starts there");
  return { outcome: "drained", drain: body, stranding };
}

async function undrain(
  name: string,
  { by, skip }: { by: string; skip: string | undefined },
  { state, executor, audit, clock, log }: DrainsDeps,
): Promise<UndrainAnswer> {
  const found = await state.get("drain", name);
  if (!found) return { outcome: "refused", reason: "not_drained" };
  const canary = skip === undefined ? await executor.canary(name, CANARY_MS) : null;
  if (canary?.outcome === "failed") {
    log.warn({ by, cluster: name, message: canary.message }, "a cluster stays drained: its canary failed");
    return { outcome: "refused", reason: "canary_failed", message: canary.message };
  }
  const at = new Date(clock.nowMs()).toISOString();
  const detail = { canary: canary?.outcome ?? "skipped", why: skip ?? "" };
  await audit.append({ at, who: by, what: "cluster.undrain", object: name, detail });
  if (!(await removed(found, state))) return { outcome: "refused", reason: "not_drained" };
  log.warn({ by, cluster: name, ...detail }, "a cluster takes starts again");
  return { outcome: "undrained", canary };
}

/** A drain may be moved on, by its own round, while its canary runs; another one that was ordered meanwhile stays. */
async function removed({ name, revision, body }: Stored, state: StateStore): Promise<boolean> {
  if (await state.remove("drain", name, revision)) return true;
  const now = await state.get("drain", name);
  const isSame = now?.body.at === body.at && now.body.by === body.by;
  return isSame && state.remove("drain", name, now.revision);
}

interface Stored {
  name: string;
  revision: number;
  body: Drain;
}

/** Whatever is done is stored by compare-and-set: of several processes one tells it. */
async function oneStep({ name, revision, body }: Stored, deps: DrainsDeps): Promise<void> {
  if (body.done) return;
  const { runs, state, clock, log, cancel, tell } = deps;
  const counts = await countsOf(name, deps);
  const nowMs = clock.nowMs();
  const at = new Date(nowMs).toISOString();
  const step = drainStep(body, counts, nowMs);
  switch (step.outcome) {
    case "waits":
    case "over":
      return;
    case "deadline": {
      log.warn({ cluster: name, ...counts, atDeadline: step.reason }, "the deadline of a drain has come");
      if (step.reason === "cancel") for (const id of runs.tasksOn(name)) await cancel(id, body);
      const met = { ...body, deadlineMetAt: at };
      const put = await state.put({ kind: "drain", name, expected: revision, body: met });
      if (put.outcome === "stored") await tell(name, met, counts);
      return;
    }
    case "done": {
      const done = { ...body, done: { at, how: step.reason } };
      const put = await state.put({ kind: "drain", name, expected: revision, body: done });
      if (put.outcome === "conflict") return;
      log.info({ cluster: name, ...counts, how: step.reason }, "a drain is done");
      return tell(name, done, counts);
    }
    default:
      return step satisfies never;
  }
}
