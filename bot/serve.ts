import type Router from "koa-router";
import type { HomeFolder } from "../adapters/files/index.ts";
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
  eventTypeRoutes,
  guardOver,
  type HttpServer,
  onceEach,
  type ReadJson,
  rateGate,
  replayRoutes,
  type ServerDeps,
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
  clock: Clock;
  log: Logger;
  metrics: Metrics & ServerDeps["metrics"];
  onStep: StepObserver;
}

/** The HTTP server over everything that it may ask. `warnings` are told by `/readyz`. */
export function serverOver(parts: Serving, warnings: () => Warning[]): HttpServer {
  const { store, inForce, wecom, metrics, log, cloud, config } = parts;
  const { journal, tasks, outbox, inbox } = store;
  const { maxBodyBytes, timeZone, trustProxyHops } = config;
  const sources = () => inForce.current().sources;
  return createHttpServer({
    hooks: {
      ...{ ...parts, journal, sources, maxBodyBytes, timeZone, trustProxyHops },
      ...{ rates: rateGate(), certificates: certificatesOver(cloud.fetchCertificate) },
      ...{ confirm: onceEach(cloud.confirm), parse: (bytes: Buffer) => parsedJson(bytes, parts.readJson) },
    },
    callbacks: { ...parts, callback: wecom.callback, inbox },
    health: {
      ...{ journal, tasks, outbox, warnings },
      storeBytes: () => store.sizeBytes(),
      checkStore: () => store.check(),
      pressureFault: () => parts.pressure.fault(),
    },
    api: (router) => apiOver(router, parts),
    metrics,
    log,
  });
}

/** What is below `/api/v1`. */
function apiOver(router: Router, parts: Serving): void {
  const { keeper, store, log, readJson, folder, archive, ids, clock, inForce } = parts;
  const access = accessOver(parts);
  const common = { guard: guardOver(access), log };
  const { configs, replays, audit } = store;
  const set = () => inForce.current().set;
  const { definition } = folder;
  whoamiRoutes(router, access);
  eventTypeRoutes(router, { ...common, configs, changeType: keeper.changeType, definition, readJson });
  configRoutes(router, { ...common, reload: keeper.reload });
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
