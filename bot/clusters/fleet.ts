import {
  type CanaryResult,
  type Cluster,
  type ClusterHealth,
  type ClusterSight,
  type ClusterSights,
  type ClusterWords,
  findingOf,
  healthWords,
  judgeHealth,
  sightMessage,
  turnedWords,
  unseenHealth,
} from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Clock, Executor, Logger, Metrics, StateStore } from "../../core/ports/index.ts";
import type { Warning } from "../http/index.ts";
import type { OpenRuns } from "../routing/index.ts";
import { type Loop, startLoop, within } from "../workers/index.ts";
import type { Breakers } from "./breakers.ts";
import type { Drains } from "./drains.ts";
import type { Upgrades } from "./upgrades.ts";

/** How the clusters stand, and what people have ordered of them. */
export interface Fleet {
  drains: Drains;
  upgrades: Upgrades;
  /** What Whale itself has open on each. */
  runs: OpenRuns;
  /** As of the last look; a drain that a person ordered comes before what was seen. */
  sights(): ClusterSights;
  /** The same of one cluster, which is looked at now where that was never done. A person waits: not for long. */
  sightOf(name: string): Promise<ClusterSight>;
  /** Looks at a cluster that was never looked at, however long that takes. */
  firstLook(name: string): Promise<void>;
  warnings(): Warning[];
  /** Looks from time to time, and takes drains and the upgrade further. */
  start(): Loop;
  /** One round of that. */
  round(): Promise<void>;
}

export interface FleetDeps {
  clusters: () => readonly Cluster[];
  drains: Drains;
  upgrades: Upgrades;
  runs: OpenRuns;
  breakers: Breakers;
  executor: Pick<Executor, "probe" | "canary">;
  state: StateStore;
  /** Tells people that a cluster has turned. */
  tell: (key: string, words: ClusterWords, cluster: string) => Promise<void>;
  clock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "gauge">;
}

const ROUND_MS = 2_000;
const LOOK_MS = 15_000;
/** While it is not up, or not sure. */
const SOON_MS = 3_000;
/** It must have held for so long before people are told. */
const TELL_AFTER_MS = 30_000;
const TELL_AGAIN_MS = 300_000;
/** When nobody could be told. */
const RETELL_MS = 30_000;
const STATES = ["up", "degraded", "draining", "down", "unknown"] as const;

interface Looking {
  health: ClusterHealth;
  nextMs: number;
  /** The look under way. */
  under: Promise<void> | null;
  /** When nobody could be told of its turn; null once that worked. */
  untoldMs: number | null;
}

type Keeping = FleetDeps & { seen: Map<string, Looking> };

/** Keeps looking at all clusters. `seen` is shared with who must know what is down. */
export function createFleet(deps: FleetDeps, seen: Map<string, Looking> = new Map()): Fleet {
  const { drains, upgrades } = deps;
  const keeping: Keeping = { ...deps, seen };
  deps.breakers.onOpen((name) => {
    const one = seen.get(name);
    if (one) one.nextMs = 0;
  });
  const round = async (): Promise<void> => {
    await Promise.all([drains.round(), deps.runs.refresh()]);
    for (const cluster of deps.clusters()) void lookIfDue(cluster, keeping);
    for (const { name } of deps.clusters()) await tellTurn(name, keeping);
    showGauges(keeping);
  };
  const firstLook = async (name: string): Promise<void> => {
    const cluster = deps.clusters().find((one) => one.name === name);
    if (cluster && lookingAt(name, keeping).health.state === "unknown") await lookIfDue(cluster, keeping);
  };
  return {
    drains,
    upgrades,
    runs: deps.runs,
    sights: () => new Map(deps.clusters().map(({ name }) => [name, sightOf(name, keeping)])),
    firstLook,
    sightOf: async (name) => {
      await within(firstLook(name));
      return sightOf(name, keeping);
    },
    warnings: () => deps.clusters().flatMap(({ name }) => warningOf(name, keeping)),
    round,
    start: () => startRounds(round, keeping),
  };
}

/** Each goes on by itself: the canary of an upgrade does not hold up the looks at other clusters. */
function startRounds(fleet: () => Promise<void>, keeping: Keeping): Loop {
  const { upgrades, clock, log, seen } = keeping;
  const every = (name: string, round: () => Promise<boolean>): Loop => {
    const more = async () => ({ more: await round(), nextDueAtMs: null });
    return startLoop({ name, clock, log, maxIdleMs: ROUND_MS, round: more });
  };
  const guide = every("upgrade", () => upgrades.round());
  upgrades.onMoved(() => guide.wake());
  const loops = [every("fleet", () => fleet().then(() => false)), guide];
  return {
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([...seen.values()].map(({ under }) => under));
    },
  };
}

export type FleetSeen = Map<string, Looking>;

function lookingAt(name: string, { seen, clock }: Keeping): Looking {
  const unseen = { health: unseenHealth(clock.nowMs()), nextMs: 0, under: null, untoldMs: null };
  const known = seen.get(name) ?? unseen;
  seen.set(name, known);
  return known;
}

/** Never two looks at one cluster at a time, and none that holds up another cluster's. */
function lookIfDue(cluster: Cluster, keeping: Keeping): Promise<void> {
  const one = lookingAt(cluster.name, keeping);
  if (one.under) return one.under;
  const leftMs = one.nextMs - keeping.clock.nowMs();
  // The next look is never further away than that but where the clock was set back.
  if (leftMs > 0 && leftMs <= LOOK_MS) return Promise.resolve();
  one.under = look(cluster, one, keeping)
    .catch((error: unknown) => {
      const reason = errorText(error);
      keeping.log.error({ cluster: cluster.name, reason }, "a cluster could not be looked at");
    })
    .finally(() => {
      one.under = null;
      const isCalm = one.health.state === "up" && one.health.worse === 0;
      one.nextMs = keeping.clock.nowMs() + (isCalm ? LOOK_MS : SOON_MS);
    });
  return one.under;
}

async function look(cluster: Cluster, one: Looking, keeping: Keeping): Promise<void> {
  const { executor, breakers, clock, log, metrics } = keeping;
  const { name } = cluster;
  const isCut = breakers.isOpen(name);
  const probe = await executor.probe(name);
  metrics.gauge("cluster_probe_seconds", probe.tookMs / 1000, { cluster: name });
  const canary = probe.outcome === "up" ? await lastCanary(cluster, keeping) : null;
  const failedStarts = breakers.failedStarts(name);
  const finding = findingOf({ probe, failedStarts, isCut, ...(canary ? { canary } : {}) });
  const before = one.health;
  const judged = judgeHealth(before, finding, clock.nowMs());
  one.health = judged.health;
  if (judged.outcome === "stays") return;
  const { state, reason, message } = judged.health;
  const turned = { cluster: name, from: before.state, to: state, reason, message };
  log[state === "up" ? "info" : "warn"](turned, "a cluster turned");
}

/** Of several processes one runs it, and all read what came of it. */
async function lastCanary(
  cluster: Cluster,
  { state, executor, clock }: Keeping,
): Promise<CanaryResult | null> {
  const { name, canary } = cluster;
  if (!canary) return null;
  const stored = await state.get("canary", name);
  const nowMs = clock.nowMs();
  if (stored && Math.abs(nowMs - Date.parse(stored.body.at)) < canary.everyMs)
    return stored.body.result ?? null;
  const at = new Date(nowMs).toISOString();
  const claim = { kind: "canary" as const, name, expected: stored?.revision ?? null, body: { at } };
  const claimed = await state.put(claim);
  if (claimed.outcome === "conflict") return stored?.body.result ?? null;
  const result = await executor.canary(name, canary.withinMs);
  await state.put({ ...claim, expected: claimed.document.revision, body: { at, result } });
  return result;
}

function sightOf(name: string, keeping: Keeping): ClusterSight {
  const { health } = lookingAt(name, keeping);
  const { open } = keeping.runs.of(name);
  const version = health.version === undefined ? {} : { version: health.version };
  const drain = keeping.drains.current().get(name);
  const words = healthWords(health.reason, health.message);
  const ill = words.en === "" ? {} : { ill: words };
  const standing = drain
    ? { state: "draining" as const, sinceMs: Date.parse(drain.at) }
    : { state: health.state, sinceMs: health.sinceMs };
  return { ...standing, open, ...ill, ...version };
}

function warningOf(name: string, keeping: Keeping): Warning[] {
  const sight = sightOf(name, keeping);
  const { state } = sight;
  if (state === "up" || state === "unknown") return [];
  const message = sightMessage(sight, keeping.drains.current().get(name) ?? null);
  return [{ about: `cluster ${name}`, message: `${state}: ${message}` }];
}

function showGauges(keeping: Keeping): void {
  for (const [cluster, sight] of keeping
    .clusters()
    .map(({ name }) => [name, sightOf(name, keeping)] as const)) {
    for (const state of STATES) {
      keeping.metrics.gauge("cluster_state", sight.state === state ? 1 : 0, { cluster, state });
    }
    keeping.metrics.gauge("cluster_open", sight.open, { cluster });
  }
}

/** Told once it has held, by the process that stores it, and not again soon. Said before it is remembered as said. */
async function tellTurn(name: string, keeping: Keeping): Promise<void> {
  const { state, clock, log, tell } = keeping;
  const one = lookingAt(name, keeping);
  const { health, untoldMs } = one;
  const nowMs = clock.nowMs();
  if (health.state === "unknown" || Math.abs(nowMs - health.sinceMs) < TELL_AFTER_MS) return;
  if (untoldMs !== null && Math.abs(nowMs - untoldMs) < RETELL_MS) return;
  try {
    const stored = await state.get("health", name);
    if ((stored?.body.state ?? "up") === health.state) return;
    if (stored && Math.abs(nowMs - Date.parse(stored.body.at)) < TELL_AGAIN_MS) return;
    const why = healthWords(health.reason, health.message);
    await tell(
      `cluster:${name}:${stored?.revision ?? 0}`,
      turnedWords(name, { state: health.state, why }),
      name,
    );
    const body = { at: new Date(nowMs).toISOString(), state: health.state };
    await state.put({ kind: "health", name, expected: stored?.revision ?? null, body });
    one.untoldMs = null;
  } catch (error) {
    one.untoldMs = nowMs;
    log.warn({ cluster: name, reason: errorText(error) }, "nobody could be told how a cluster is");
  }
}
