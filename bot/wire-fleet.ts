import { type ClusterWords, type Drain, type DrainCounts, reportGroups } from "../core/clusters/index.ts";
import { type People, personNamed, rolesGranting } from "../core/people/index.ts";
import type { Clock, Directory, Executor, Ids, Logger, Metrics } from "../core/ports/index.ts";
import { type Texts, textsOf } from "../core/texts/index.ts";
import {
  type Breakers,
  createBreakers,
  createDrains,
  createFleet,
  createUpgrades,
  type Drains,
  type Fleet,
  type FleetSeen,
  guardedExecutor,
  type Upgrades,
  upgradeCardCloser,
  upgradeTeller,
} from "./clusters/index.ts";
import type { InForce } from "./in-force.ts";
import type { Languages } from "./languages/index.ts";
import { createOpenRuns } from "./routing/index.ts";
import type { Stores } from "./stores.ts";
import type { Advancer } from "./workers/index.ts";

/** The executor behind its breakers. */
export function guardedOver(
  executor: Executor,
  common: { clock: Clock; log: Logger },
): { breakers: Breakers; executor: Executor } {
  const breakers = createBreakers(common);
  return { breakers, executor: guardedExecutor(executor, breakers) };
}

export interface FleetParts {
  breakers: Breakers;
  executor: Executor;
  inForce: () => InForce;
  store: Stores["store"];
  /** Whether no other process works on the store. */
  isAlone: boolean;
  /** Names this process in leases. */
  holder: string;
  advancer: Advancer;
  directory: Directory;
  textsFor: Languages["textsFor"];
  plain: (text: string) => string;
  /** Who is told; whoever may drain the cluster when nobody is named. */
  admin: People | null;
  ids: Ids;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** The keeper of all clusters. */
export function fleetOver(parts: FleetParts): Fleet {
  const { executor, inForce, store, advancer, isAlone, clock, log, metrics } = parts;
  const { state, audit, tasks } = store;
  const clusters = () => inForce().clusters;
  const runs = createOpenRuns({ tasks, advancer, isAlone, clock, log });
  const seen: FleetSeen = new Map();
  const tell = tellerOver(parts);
  const drains = createDrains({
    ...{ clusters, runs, executor, state, audit, clock, log },
    businesses: () => [...new Set(inForce().rules.map(({ business }) => business))],
    isDown: (name) => seen.get(name)?.health.state === "down",
    cancel: (taskId, drain) => cancel(taskId, drain, parts),
    tell: async (name, drain, counts) => {
      // An upgrade or a release tells in its own words that its cluster is drained.
      if ((drain.upgrade !== undefined || drain.release !== undefined) && drain.done) return;
      const key = `drain:${name}:${drain.at}:${drain.done ? "done" : "deadline"}`;
      return tell(key, drainWords(name, drain, counts), name);
    },
  });
  const { breakers } = parts;
  const upgrades = upgradesOver(parts, drains);
  return createFleet(
    { clusters, drains, upgrades, runs, breakers, executor, state, tell, clock, log, metrics },
    seen,
  );
}

/** The keeper of the upgrade over clusters. */
function upgradesOver(parts: FleetParts, drains: Drains): Upgrades {
  const { executor, inForce, store, holder, directory, textsFor, plain, admin, ids, clock, log } = parts;
  const { state, audit, leases, outbox } = store;
  const roles = () => inForce().roles;
  const close = upgradeCardCloser({ directory, textsFor, outbox, clock });
  const clusters = () => inForce().clusters;
  const groupsOf = (names: readonly string[]) => reportGroups(clusters(), names);
  const groups = { groupsOf, groupTexts: () => textsFor("") };
  const tell = upgradeTeller({ roles, directory, admin, textsFor, plain, outbox, clock, ...groups });
  return createUpgrades({
    ...{ close, clusters, drains, executor, state, leases, holder, audit, tell, ids, clock, log },
  });
}

async function cancel(taskId: string, drain: Drain, { store, advancer }: FleetParts): Promise<void> {
  const task = await store.tasks.get(taskId);
  if (task?.state !== "running") return;
  const order = {
    ...{ by: personNamed(drain.by) ?? drain.by, entitlement: { outcome: "entitled" as const, groups: [] } },
    key: `drain:${drain.at}:${taskId}`,
  };
  await advancer.advance(task, { kind: "control", what: "cancel", order });
}

function drainWords(name: string, { done, atDeadline }: Drain, counts: DrainCounts): ClusterWords {
  const words = ({ fleet }: Texts) => {
    const what = done ? fleet.ends[done.how] : fleet.deadline(fleet.atDeadline[atDeadline]);
    return fleet.told({ name, what, ...counts });
  };
  return { zh: words(textsOf("zh")), en: words(textsOf("en")) };
}

function tellerOver({ inForce, store, directory, textsFor, plain, admin, clock }: FleetParts) {
  return async (key: string, words: ClusterWords, cluster: string): Promise<void> => {
    const roles = rolesGranting(inForce().roles, "clusters.write", { clusters: [cluster] });
    const groups = admin === null ? roles.map(({ of }) => of) : [admin];
    const people = new Set((await Promise.all(groups.map((of) => directory.expand(of)))).flat());
    const dueAtMs = clock.nowMs();
    const items = [...people].map(async (to) => {
      const text = plain((await textsFor(to)).wordsOf(words));
      const body = { kind: "answer" as const, to, text };
      return { key: `notice:${key}:${to}`, taskId: null, lane: 4 as const, body, dueAtMs };
    });
    await store.outbox.add(await Promise.all(items));
  };
}
