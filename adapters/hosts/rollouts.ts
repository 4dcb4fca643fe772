import { ChatOpsError, errorText } from "../../core/errors.ts";
import type {
  Clock,
  Executor,
  Ids,
  LivePart,
  Logger,
  RolloutState,
  Rollouts,
  SetOutcome,
} from "../../core/ports/index.ts";
import { ROLES, type Role } from "../../core/releases/index.ts";
import { HOSTS_DEFAULTS, type HostsCluster, type HostsOptions, type Order } from "./config.ts";
import { type HostParts, type HostWork, lookUp, startOn } from "./host-work.ts";
import { type HostState, lookAt } from "./live.ts";

/** What it is made of. */
export interface HostsParts {
  clusters: readonly HostsCluster[];
  executor: Pick<Executor, "start" | "find" | "get">;
  clock: Clock;
  ids: Ids;
  log: Logger;
  options?: Partial<HostsOptions>;
}

/** An order with how each of its hosts stands. */
interface Job {
  order: Order;
  hosts: Map<string, HostWork>;
  /** The order before, whose runs must have ended before a host is changed again. */
  before: Job | undefined;
}

interface Site {
  parts: HostParts;
  jobs: Map<Role, Job>;
  /** One after the other: two that ask at the same time must not both find a host free. */
  turn: Promise<unknown>;
}

/**
 * Roll-outs on plain hosts, by actions that a cluster runs. What goes on with an order is `state`: each time it is asked,
 * the next hosts are started as others have ended. One host that fails stops the order.
 */
export function createHostRollouts({ clusters, options, log, ...rest }: HostsParts): Rollouts {
  const sites = new Map(
    clusters.map(({ name, deploy }): [string, Site] => {
      const own = { ...HOSTS_DEFAULTS, ...options };
      const parts = { ...rest, deploy, via: deploy.via ?? name, options: own };
      return [name, { parts, jobs: new Map(), turn: Promise.resolve() }];
    }),
  );
  return {
    read: async (cluster) => {
      const site = sites.get(cluster);
      if (!site) throw unknownCluster(cluster);
      return readAll(site.parts);
    },
    set: async ({ dryRun = false, ...order }) => {
      const site = sites.get(order.cluster);
      if (!site) return { outcome: "refused", message: unknownCluster(order.cluster).message };
      const outcome = await inTurn(site, () => set(site, order, dryRun));
      const { cluster, role, image, release } = order;
      log.info({ cluster, role, image, release, dryRun, outcome: outcome.outcome }, "roll-out ordered");
      return outcome;
    },
    state: async ({ cluster, role, image, release }) => {
      const site = sites.get(cluster);
      if (!site) return { outcome: "open", message: unknownCluster(cluster).message };
      return inTurn(site, () => goOn(site, role, { image, release, cluster }));
    },
  };
}

function unknownCluster(name: string): ChatOpsError {
  const message = `cluster ${name} has no deploy of kind hosts`;
  return new ChatOpsError(message, { code: "hosts.unknown_cluster", reached: "no" });
}

function inTurn<T>(site: Site, work: () => Promise<T>): Promise<T> {
  const done = site.turn.then(work, work);
  site.turn = done.catch(() => undefined);
  return done;
}

async function readAll(parts: HostParts): Promise<LivePart[]> {
  const live: LivePart[] = [];
  for (const role of ROLES) {
    const hosts = await looks(parts.deploy.hosts[role], parts);
    for (const [workload, state] of hosts) live.push({ role, workload, ...state, replicas: 1 });
  }
  return live;
}

async function looks(hosts: readonly string[], parts: HostParts): Promise<[string, HostState][]> {
  return Promise.all(
    hosts.map(async (host): Promise<[string, HostState]> => [host, await lookAt(host, parts)]),
  );
}

async function set(site: Site, order: Order, dryRun: boolean): Promise<SetOutcome> {
  const { parts, jobs } = site;
  const hosts = parts.deploy.hosts[order.role];
  if (hosts.length === 0)
    return { outcome: "refused", message: `${order.cluster} has no hosts for ${order.role}` };
  try {
    const live = await looks(hosts, parts);
    const isSo = ({ image, release }: HostState) => image === order.image && release === order.release;
    const other = live.find(([, state]) => !isSo(state));
    const before = (other ?? live[0])?.[1].image ?? "";
    if (!dryRun && !isSame(jobs.get(order.role)?.order, order))
      begin(
        site,
        order,
        new Map(live.map(([host, state]) => [host, { state: isSo(state) ? "done" : "waiting" }])),
      );
    return { outcome: "set", before };
  } catch (error) {
    return { outcome: "open", message: errorText(error) };
  }
}

function isSame(a: Order | undefined, b: Order): boolean {
  return a?.image === b.image && a.release === b.release;
}

function begin({ jobs }: Site, { cluster, role, image, release }: Order, hosts: Map<string, HostWork>): Job {
  const last = jobs.get(role);
  const before = last && { ...last, before: undefined };
  const job = { order: { cluster, role, image, release }, hosts, before };
  jobs.set(role, job);
  return job;
}

interface Asked {
  cluster: string;
  image: string | undefined;
  release: string | undefined;
}

async function goOn(site: Site, role: Role, { cluster, image, release }: Asked): Promise<RolloutState> {
  const hosts = site.parts.deploy.hosts[role];
  if (hosts.length === 0) return { outcome: "done", replicas: 0 };
  let job = site.jobs.get(role);
  // After a restart what was ordered is known from who asks, and what came of it from the engine.
  if (
    image !== undefined &&
    release !== undefined &&
    !isSame(job?.order, { cluster, role, image, release })
  ) {
    const waiting = hosts.map((host): [string, HostWork] => [host, { state: "waiting" }]);
    job = begin(site, { cluster, role, image, release }, new Map(waiting));
  }
  if (!job)
    return { outcome: "open", message: "what was ordered is not known after a restart: order it again" };
  try {
    await advance(job, site.parts);
  } catch (error) {
    return { outcome: "open", message: errorText(error) };
  }
  return stateOf(job);
}

/** Looks at each host, then starts the next ones, as many as may change at the same time. */
async function advance(job: Job, parts: HostParts): Promise<void> {
  const { hosts, order, before } = job;
  for (const [host, work] of hosts) hosts.set(host, await lookUp(host, work, order, parts));
  for (const [host, work] of hosts) {
    const all = [...hosts.values()];
    const busy = all.filter(({ state }) => state === "running" || state === "unknown").length;
    if (all.some(({ state }) => state === "failed") || busy >= parts.deploy.atOnce) return;
    if (work.state !== "waiting") continue;
    if (await isBusy(host, before, parts)) return;
    hosts.set(host, await startOn(host, order, parts));
  }
}

/** Whether the order before still has, or may have, a run there. */
async function isBusy(host: string, before: Job | undefined, parts: HostParts): Promise<boolean> {
  const work = before?.hosts.get(host);
  if (!before || !work) return false;
  const now = work.state === "waiting" ? work : await lookUp(host, work, before.order, parts);
  before.hosts.set(host, now);
  return now.state === "running" || now.state === "unknown";
}

function stateOf({ hosts }: Job): RolloutState {
  const all = [...hosts.values()];
  const ready = all.filter(({ state }) => state === "done").length;
  if (ready === all.length) return { outcome: "done", replicas: ready };
  const problems = all.flatMap((work) =>
    "problem" in work && work.problem !== undefined ? [work.problem] : [],
  );
  const failed = all.filter((work) => work.state === "failed");
  const [first] = failed;
  if (first) {
    const others = failed.slice(1).map(({ message }) => message);
    return { outcome: "failed", message: first.message, problems: [...others, ...problems] };
  }
  const unknown = all.find((work) => work.state === "unknown");
  if (unknown) return { outcome: "open", message: unknown.problem };
  return { outcome: "rolling", ready, wanted: all.length, problems };
}
