import type Router from "koa-router";
import type { HomeFolder } from "../adapters/files/index.ts";
import type { SourceAdapter } from "../adapters/sources/index.ts";
import type { Wecom } from "../adapters/wecom/index.ts";
import { type Secrecy, showingRuns, shownRun } from "../core/pages/index.ts";
import { tokenHash } from "../core/people/index.ts";
import type { ActionLists, Clock, Directory, Executor, Ids, Logger, Metrics } from "../core/ports/index.ts";
import type { RunDesk, RunGrants } from "../core/runs/index.ts";
import { createCatalogue } from "./actions/index.ts";
import type { GroupPosts } from "./channels/index.ts";
import type { Fleet } from "./clusters/index.ts";
import type { Config } from "./config/index.ts";
import type { DelegationKeeper } from "./delegations/index.ts";
import type { Explainer } from "./explain/index.ts";
import { createGateway, type Door } from "./gateway/index.ts";
import type { HomeKeeper } from "./home/index.ts";
import {
  type AccessDeps,
  actionRoutes,
  auditRoutes,
  buildRoutes,
  type Cloud,
  callbackRoom,
  certificatesOver,
  clusterRoutes,
  configRoutes,
  createHealthServer,
  createHttpServer,
  deadLetterRoutes,
  delegationRoutes,
  dutyRoutes,
  eventRoutes,
  eventTypeRoutes,
  explainRoutes,
  guardOver,
  type HealthDeps,
  type HookDeps,
  type HttpServer,
  inquiryRoutes,
  type LongAnswers,
  muteRoutes,
  onceEach,
  openApiRoutes,
  outboxRoutes,
  type PackSources,
  type ReadJson,
  rateGate,
  refusalRoutes,
  releaseRoutes,
  replayRoutes,
  ruleRoutes,
  runRoutes,
  type ServerDeps,
  sendEventRoutes,
  stopRoutes,
  taskOutputRoutes,
  taskReadRoutes,
  taskRoutes,
  throttleRoutes,
  upgradeRoutes,
  whoamiRoutes,
} from "./http/index.ts";
import { type InForceHolder, usesIn } from "./in-force.ts";
import type { Answerer } from "./inquiries/index.ts";
import type { Languages } from "./languages/index.ts";
import { type MuteKeeper, muteObjectOver } from "./mutes/index.ts";
import type { TaskOrders } from "./orders/index.ts";
import type { RoleFinder } from "./people.ts";
import type { PressureGate } from "./pressure/index.ts";
import type { Builds } from "./releases/builds/index.ts";
import type { RosterKeeper } from "./rosters/index.ts";
import type { AliasBook } from "./runs/index.ts";
import { releaseHeld, type StopKeeper } from "./stops/index.ts";
import type { Stores } from "./stores.ts";
import { pagesOver } from "./wire-pages.ts";
import type { ReleaseDesk } from "./wire-release.ts";
import { type Advancer, budgetLeft, type StepObserver } from "./workers/index.ts";

/** What the HTTP side stands on. */
export interface Serving {
  config: Config;
  folder: HomeFolder;
  inForce: InForceHolder;
  keeper: HomeKeeper;
  mutes: MuteKeeper;
  stops: StopKeeper;
  fleet: Fleet;
  builds: Builds;
  packs: PackSources;
  delegations: DelegationKeeper;
  releases: ReleaseDesk;
  rosters: Pick<RosterKeeper, "view">;
  explainer: Explainer;
  orders: TaskOrders;
  /** Brings answers of people to workflows. */
  answerer: Answerer;
  runs: RunDesk & RunGrants;
  aliases: AliasBook;
  /** Shared by all that moves tasks in this process. */
  advancer: Advancer;
  /** Whose people may be named by duty rosters too. */
  directory: Directory;
  executor: Pick<Executor, "output" | "result" | "children" | "control" | "tail">;
  actionLists: ActionLists;
  /** Passes requests on to clusters as they came; null where the engine has no such door. */
  door: Door | null;
  secrecy: Secrecy;
  languages: Pick<Languages, "stated">;
  rolesOf: RoleFinder;
  stores: Stores;
  wecom: Wecom;
  posts: Pick<GroupPosts, "bot">;
  pressure: PressureGate;
  longAnswers: LongAnswers;
  /** Whether the process was told to end. */
  leaving: () => boolean;
  cloud: Cloud;
  ids: Ids;
  localToken: string;
  readJson: ReadJson;
  forms: Record<"generic" | "cloudevents", SourceAdapter>;
  clock: Clock;
  log: Logger;
  metrics: Metrics & ServerDeps["metrics"];
  onStep: StepObserver;
}

/** The HTTP server over everything that it may ask. `warnings` are told by `/readyz`. */
export function serverOver(parts: Serving, warnings: HealthDeps["warnings"]): HttpServer {
  const { stores, wecom, metrics, log } = parts;
  const health = healthOver(parts, warnings);
  const limits = { perAddress: connectionsPerAddress(parts.config) };
  if (!parts.config.roles.includes("web")) return createHealthServer({ health, metrics, log, limits });
  const hooks = hooksOver(parts);
  return createHttpServer({
    ...{ hooks, longAnswers: parts.longAnswers },
    callbacks: { ...parts, callback: wecom.callback, inbox: stores.store.inbox, reading: callbackRoom() },
    health,
    api: (router) => {
      apiOver(router, parts, hooks);
      pagesOver(router, parts);
    },
    ...(parts.door ? { gateway: gatewayOver(parts, parts.door) } : {}),
    ...{ metrics, log, limits },
  });
}

/** Behind proxies every connection is theirs. */
function connectionsPerAddress({ trustProxyHops, maxConnectionsPerAddress }: Config): number {
  return trustProxyHops > 0 ? Number.POSITIVE_INFINITY : maxConnectionsPerAddress;
}

function gatewayOver(parts: Serving, door: Door) {
  const { executor, inForce, stores, orders, runs: desk, aliases, ids, readJson } = parts;
  const { log, metrics } = parts;
  const { tasks, audit } = stores.store;
  return createGateway({
    ...{ door, clusters: () => inForce.current().clusters, identity: accessOver(parts) },
    sights: parts.fleet.sights,
    longAnswers: parts.longAnswers,
    shown: showingRuns(parts.secrecy),
    ...{ tasks, orders, executor, desk, aliases, audit, ids, readJson, log, metrics },
  });
}

function healthOver(parts: Serving, warnings: HealthDeps["warnings"]): HealthDeps {
  const { stores, pressure, leaving, posts } = parts;
  const { kind, store } = stores;
  const { journal, tasks, outbox } = store;
  return {
    ...{ journal, tasks, outbox, warnings, leaving },
    storeKind: kind,
    storeBytes: () => store.sizeBytes(),
    checkStore: () => store.check(),
    pressureFault: () => pressure.fault(),
    botStatus: () => posts.bot?.status() ?? null,
  };
}

function hooksOver(parts: Serving): HookDeps {
  const { stores, inForce, cloud, config, readJson } = parts;
  const { maxBodyBytes, timeZone, trustProxyHops } = config;
  const sources = () => inForce.current().sources;
  return {
    ...{ ...parts, journal: stores.store.journal, sources, maxBodyBytes, timeZone, trustProxyHops },
    ...{ rates: rateGate(), certificates: certificatesOver(cloud.fetchCertificate) },
    ...{ confirm: onceEach(cloud.confirm), parse: (bytes: Buffer) => parsedJson(bytes, readJson) },
  };
}

/** What is below `/api/v1`. What is sent there is taken as by the hooks. */
export function apiOver(router: Router, parts: Serving, intake: HookDeps): void {
  const { keeper, stores, log, readJson, folder, inForce, clock, pressure, forms, ids } = parts;
  const access = accessOver(parts);
  const registry = () => inForce.current().registry;
  const common = { guard: guardOver(access), log };
  const { configs, journal, replays, audit, throttle } = stores.store;
  const { archive } = stores;
  const set = () => inForce.current().set;
  const rules = () => inForce.current().rules;
  const { definition } = folder;
  const { maxBodyBytes, timeZone } = intake;
  whoamiRoutes(router, access);
  openApiRoutes(router, access);
  sendEventRoutes(router, { ...common, intake, forms, registry, pressure, maxBodyBytes, timeZone });
  const { explainer } = parts;
  eventRoutes(router, { ...common, archive, journal, registry, audit, clock, rules, explainer });
  refusalRoutes(router, { ...common, journal });
  const { changeType } = keeper;
  eventTypeRoutes(router, { ...common, configs, archive, changeType, definition, readJson });
  configRoutes(router, { ...common, reload: keeper.reload });
  const { outbox } = stores.store;
  const left = budgetLeft({ throttle, limits: parts.config.budgets, clock });
  outboxRoutes(router, { ...common, outbox, left, clock });
  throttleRoutes(router, { ...common, throttle, rules });
  ruleRoutes(router, { ...common, inForce: () => inForce.current() });
  explainRoutes(router, { ...common, explainer, shown: showingRuns(parts.secrecy), rules });
  clusterRoutes(router, {
    ...common,
    fleet: parts.fleet,
    clusters: () => inForce.current().clusters,
    readJson,
  });
  upgradeRoutes(router, { ...common, fleet: parts.fleet, readJson });
  const uses = () => usesIn(inForce.current());
  const catalogue = createCatalogue({ lists: parts.actionLists, uses, clock });
  actionRoutes(router, { ...common, catalogue, clusters: () => inForce.current().clusters });
  const objectOf = muteObjectOver(rules);
  buildRoutes(router, { ...common, builds: parts.builds, packs: parts.packs, readJson });
  muteRoutes(router, { ...common, mutes: parts.mutes, objectOf, rules, readJson });
  stopRoutes(router, {
    ...{ ...common, stops: parts.stops, stoppable: () => inForce.current(), readJson },
    release: () => releaseHeld({ ...parts, tasks: stores.store.tasks }),
  });
  taskReadRoutes(router, { ...common, tasks: stores.store.tasks, shown: showingRuns(parts.secrecy) });
  taskRoutes(router, { ...common, tasks: stores.store.tasks, orders: parts.orders, ids, readJson });
  const { directory, delegations, answerer } = parts;
  const { state, tasks } = stores.store;
  inquiryRoutes(router, { ...{ ...common, state, tasks, directory, delegations }, answerer, ids, readJson });
  runRoutes(router, { access, desk: parts.runs, ids, readJson });
  taskOutputRoutes(router, {
    ...{ ...common, tasks: stores.store.tasks, executor: parts.executor, audit, clock },
    longAnswers: parts.longAnswers,
    hideIn: (task) => shownRun(task, parts.secrecy).hide,
  });
  releaseRoutes(router, {
    ...{ ...common, access, readJson, ids, clock },
    ...{ directory: parts.directory, delegations: parts.delegations },
    get releases() {
      return parts.releases.keeper;
    },
    clustersOf: parts.releases.clustersOf,
  });
  delegationRoutes(router, { ...common, delegations: parts.delegations, readJson, clock, timeZone });
  dutyRoutes(router, { ...common, rosters: parts.rosters });
  deadLetterRoutes(router, { ...common, archive, audit, clock });
  auditRoutes(router, { ...common, archive, audit, clock });
  replayRoutes(router, { ...common, replays, archive, audit, set, ids, clock, readJson });
}

function accessOver(parts: Serving): AccessDeps {
  const { inForce, config, rolesOf } = parts;
  const localTokenHash = tokenHash(parts.localToken);
  const tokens = () => inForce.current().tokens;
  return { ...parts, rolesOf, tokens, localTokenHash, trustProxyHops: config.trustProxyHops };
}

function parsedJson(bytes: Buffer, readJson: ReadJson): unknown {
  const reading = readJson(bytes);
  return reading.outcome === "read" ? reading.value : undefined;
}
