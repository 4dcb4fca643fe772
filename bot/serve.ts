import type Router from "koa-router";
import type { HomeFolder } from "../adapters/files/index.ts";
import type { SourceAdapter } from "../adapters/sources/index.ts";
import type { StoreThread } from "../adapters/sqlite/index.ts";
import type { Wecom } from "../adapters/wecom/index.ts";
import { tokenHash } from "../core/people/index.ts";
import type { Archive, Clock, Ids, Logger, Metrics } from "../core/ports/index.ts";
import type { Config } from "./config/index.ts";
import type { HomeKeeper } from "./home/index.ts";
import {
  type AccessDeps,
  type Cloud,
  certificatesOver,
  configRoutes,
  createHttpServer,
  eventRoutes,
  eventTypeRoutes,
  guardOver,
  type HookDeps,
  type HttpServer,
  onceEach,
  openApiRoutes,
  type ReadJson,
  rateGate,
  refusalRoutes,
  replayRoutes,
  type ServerDeps,
  sendEventRoutes,
  throttleRoutes,
  type Warning,
  whoamiRoutes,
} from "./http/index.ts";
import type { InForceHolder } from "./in-force.ts";
import { roleFinder } from "./people.ts";
import type { PressureGate } from "./pressure/index.ts";
import type { StepObserver } from "./workers/index.ts";

/** What the HTTP side stands on. */
export interface Serving {
  config: Config;
  folder: HomeFolder;
  inForce: InForceHolder;
  keeper: HomeKeeper;
  store: StoreThread;
  archive: Archive;
  wecom: Wecom;
  pressure: PressureGate;
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
export function serverOver(parts: Serving, warnings: () => Warning[]): HttpServer {
  const { store, wecom, metrics, log } = parts;
  const { journal, tasks, outbox, inbox } = store;
  const hooks = hooksOver(parts);
  return createHttpServer({
    hooks,
    callbacks: { ...parts, callback: wecom.callback, inbox },
    health: {
      ...{ journal, tasks, outbox, warnings },
      storeBytes: () => store.sizeBytes(),
      checkStore: () => store.check(),
      pressureFault: () => parts.pressure.fault(),
    },
    api: (router) => apiOver(router, parts, hooks),
    metrics,
    log,
  });
}

function hooksOver(parts: Serving): HookDeps {
  const { store, inForce, cloud, config, readJson } = parts;
  const { maxBodyBytes, timeZone, trustProxyHops } = config;
  const sources = () => inForce.current().sources;
  return {
    ...{ ...parts, journal: store.journal, sources, maxBodyBytes, timeZone, trustProxyHops },
    ...{ rates: rateGate(), certificates: certificatesOver(cloud.fetchCertificate) },
    ...{ confirm: onceEach(cloud.confirm), parse: (bytes: Buffer) => parsedJson(bytes, readJson) },
  };
}

/** What is below `/api/v1`. What is sent there is taken as by the hooks. */
export function apiOver(router: Router, parts: Serving, intake: HookDeps): void {
  const { keeper, store, archive, log, readJson, folder, inForce, clock, pressure, forms, ids } = parts;
  const access = accessOver(parts);
  const registry = () => inForce.current().registry;
  const common = { guard: guardOver(access), log };
  const { configs, journal, replays, audit } = store;
  const set = () => inForce.current().set;
  const { definition } = folder;
  const { maxBodyBytes, timeZone } = intake;
  whoamiRoutes(router, access);
  openApiRoutes(router, access);
  sendEventRoutes(router, { ...common, intake, forms, registry, pressure, maxBodyBytes, timeZone });
  eventRoutes(router, { ...common, archive, journal, registry, clock });
  refusalRoutes(router, { ...common, journal });
  const { changeType } = keeper;
  eventTypeRoutes(router, { ...common, configs, archive, changeType, definition, readJson });
  configRoutes(router, { ...common, reload: keeper.reload });
  throttleRoutes(router, { ...common, throttle: store.throttle, rules: () => inForce.current().rules });
  replayRoutes(router, { ...common, replays, archive, audit, set, ids, clock, readJson });
}

function accessOver(parts: Serving): AccessDeps {
  const { inForce, wecom, config } = parts;
  const roles = () => inForce.current().roles;
  const rolesOf = roleFinder({ ...parts, roles, directory: wecom.directory });
  const localTokenHash = tokenHash(parts.localToken);
  const tokens = () => inForce.current().tokens;
  return { ...parts, rolesOf, tokens, localTokenHash, trustProxyHops: config.trustProxyHops };
}

function parsedJson(bytes: Buffer, readJson: ReadJson): unknown {
  const reading = readJson(bytes);
  return reading.outcome === "read" ? reading.value : undefined;
}
