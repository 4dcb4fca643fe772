import { systemIds } from "../adapters/telemetry/index.ts";
import { markdownText } from "../adapters/wecom/index.ts";
import type { ClusterWords } from "../core/clusters/index.ts";
import type { Secrecy } from "../core/pages/index.ts";
import { type PeopleGroups, rolesGranting } from "../core/people/index.ts";
import type { Clock, Directory, Executor, Logger, PackRegistry, Rollouts } from "../core/ports/index.ts";
import type { ChatReleaseDeps, Denier } from "./chat/index.ts";
import type { Fleet } from "./clusters/index.ts";
import type { Config } from "./config/index.ts";
import type { DelegationKeeper } from "./delegations/index.ts";
import type { InForce } from "./in-force.ts";
import type { Languages } from "./languages/index.ts";
import {
  createDriftWatch,
  createReleases,
  handleReleaseClick,
  type Releases,
  releaseTeller,
  type TermsFinder,
} from "./releases/index.ts";
import type { Stores } from "./stores.ts";
import { repeatedly } from "./wire-builds.ts";
import type { Ground } from "./work.ts";
import { createViewer, type StepObserver, type Viewer } from "./workers/index.ts";

/** Where releases go, and what they are made of. */
export interface ReleaseTarget {
  rollouts: Rollouts;
  registry: PackRegistry;
  terms: TermsFinder;
  /** Clusters that a set is released to; null where there is no such set. */
  clustersOf: (set: string) => readonly string[] | null;
  /** Whether any cluster says now how new packs reach its workers. */
  isThere: () => boolean;
}

/** The keeper of releases, and what may be asked for. */
export interface ReleaseDesk extends Pick<ReleaseTarget, "clustersOf"> {
  /** Null while no cluster says how new packs reach its workers: to be read anew, for files of clusters change. */
  readonly keeper: Releases | null;
  /** Goes on with what was asked for; absent where nothing ever is. */
  start?: Releases["start"];
}

export interface ReleaseParts {
  fleet: Fleet;
  executor: Executor;
  inForce: () => InForce;
  stores: Stores;
  directory: Directory;
  delegations: DelegationKeeper;
  languages: Pick<Languages, "of" | "textsFor">;
  secrecy: Secrecy;
  config: Config;
  clock: Clock;
  log: Logger;
  onStep: StepObserver;
}

/** Releases to a target. */
export function releasesOver(target: ReleaseTarget, parts: ReleaseParts): ReleaseDesk {
  const made = keeperOver(target, parts);
  return {
    get keeper() {
      return target.isThere() ? made : null;
    },
    start: made.start,
    clustersOf: target.clustersOf,
  };
}

function keeperOver({ rollouts, registry, terms }: ReleaseTarget, parts: ReleaseParts): Releases {
  const { fleet, executor, inForce, stores, directory, delegations, languages, clock, log, config } = parts;
  const { state, audit, outbox, leases, journal } = stores.store;
  const { archive } = stores;
  const { timeZone } = config;
  const { secrecy } = parts;
  const view = createViewer({
    directory,
    journal,
    archive,
    languages,
    timeZone,
    secrecy,
    plain: markdownText,
  });
  const common = { rollouts, registry, state, audit, clock, log };
  const drift = createDriftWatch({
    ...common,
    clusters: () => inForce().clusters.map(({ name }) => name),
    tell: (key, words, cluster) => tellReleasers({ key, words, cluster }, parts),
  });
  return createReleases({
    ...{
      ...common,
      terms,
      executor,
      drains: fleet.drains,
      drift,
      leases,
      holder: stores.holder,
      ids: systemIds,
      every: repeatedly,
      onStep: parts.onStep,
    },
    tell: releaseTeller({
      ...{ outbox, directory, delegations, view, clock, log },
      inCharge: (names) => inCharge(names, parts),
    }),
  });
}

/** Whoever may release to some clusters; the administrators where they are named. */
function inCharge(clusters: readonly string[], { inForce, config }: ReleaseParts): PeopleGroups {
  const { people: admin } = config.admin;
  if (admin !== null) return [admin];
  return rolesGranting(inForce().roles, "releases.write", { clusters }).map(({ of }) => of);
}

async function tellReleasers(
  { key, words, cluster }: { key: string; words: ClusterWords; cluster: string },
  parts: ReleaseParts,
): Promise<void> {
  const { directory, languages, stores, clock } = parts;
  const groups = inCharge([cluster], parts);
  const people = new Set((await Promise.all(groups.map((of) => directory.expand(of)))).flat());
  const items = [...people].map(async (to) => {
    const text = markdownText((await languages.textsFor(to)).wordsOf(words));
    const body = { kind: "answer" as const, to, text };
    return { key: `notice:${key}:${to}`, taskId: null, lane: 4 as const, body, dueAtMs: clock.nowMs() };
  });
  await stores.store.outbox.add(await Promise.all(items));
}

/** What messages about releases stand on. */
export function chatReleasesOver(ground: Ground, denied: Denier): ChatReleaseDeps {
  const { releases, delegations, clock } = ground;
  const { clustersOf } = releases;
  return {
    get releases() {
      return releases.keeper;
    },
    ...{ clustersOf, denied, directory: ground.wecom.directory, delegations, clock },
  };
}

/** Takes a click on a release's card; false when it is none. */
export function releaseClicksOver(ground: Ground, view: Viewer) {
  const { stores, rolesOf, delegations, clock, log, metrics } = ground;
  const { directory } = ground.wecom;
  const { outbox } = stores.store;
  return async (...[payload, key]: [Parameters<typeof handleReleaseClick>[0], string]): Promise<boolean> => {
    const { keeper: releases } = ground.releases;
    if (releases === null) return false;
    const deps = { releases, outbox, directory, delegations, rolesOf, view, clock, log, metrics };
    return handleReleaseClick(payload, key, deps);
  };
}
