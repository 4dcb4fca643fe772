import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Context } from "koa";
import { cronFault, cronTimes } from "../../../../adapters/cron/index.ts";
import { createHomeFolder } from "../../../../adapters/files/index.ts";
import { readJson, sourceKinds, standardForms } from "../../../../adapters/sources/index.ts";
import { openArchive } from "../../../../adapters/sqlite/archive/index.ts";
import { openStore, type SqliteStore } from "../../../../adapters/sqlite/index.ts";
import { createMetrics } from "../../../../adapters/telemetry/index.ts";
import { createExplainer } from "../../../../bot/explain/index.ts";
import { createHomeKeeper, type HomeKeeper } from "../../../../bot/home/index.ts";
import {
  auditRoutes,
  configRoutes,
  createHttpServer,
  deadLetterRoutes,
  eventRoutes,
  eventTypeRoutes,
  explainRoutes,
  type Guard,
  muteRoutes,
  outboxRoutes,
  refusalRoutes,
  ruleRoutes,
  sendEventRoutes,
  stopRoutes,
  taskOutputRoutes,
  taskReadRoutes,
  taskRoutes,
  throttleRoutes,
} from "../../../../bot/http/index.ts";
import type { ServerDeps } from "../../../../bot/http/server.ts";
import { holdInForce, type InForceHolder, prepareHome } from "../../../../bot/in-force.ts";
import { createMuteKeeper, muteObjectOver } from "../../../../bot/mutes/index.ts";
import { createRetryPlanner, createTaskOrders } from "../../../../bot/orders/index.ts";
import { createStopKeeper } from "../../../../bot/stops/index.ts";
import { budgetLeft, createAdvancer } from "../../../../bot/workers/index.ts";
import { compileMutes } from "../../../../core/mutes/index.ts";
import { DEFAULT_BUDGETS } from "../../../../core/outbox/index.ts";
import {
  type AccessObject,
  type Actor,
  authorise,
  RIGHTS,
  type Role,
  scopeOf,
} from "../../../../core/people/index.ts";
import type { ActionCatalog, Archive, ConfigStore, Executor } from "../../../../core/ports/index.ts";
import { DEFAULT_SETTINGS } from "../../../../core/tasks/index.ts";
import { aHomeDir, type Files, NOW_MS } from "../../../adapters/files/home-dir.ts";
import { movableClock } from "../../../support/clock.ts";
import { type RecordingLog, recordingLog } from "../../../support/log.ts";
import { NO_SECRETS, shownAll } from "../../../support/secrecy.ts";
import { tempFolder } from "../../../support/sqlite.ts";
import { hooksOver } from "../hook-server.ts";

export interface Answer {
  status: number;
  etag: string | null;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  body: any;
}

interface Call {
  body?: unknown;
  /** Name of the caller; nobody with an empty one. */
  who?: string;
  headers?: Record<string, string>;
}

/** REST and the hooks of a process over real files and a real store, without chat and workers. */
export interface ApiServer {
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Posts an event of a type to the open source. */
  post(type: string, detail: object): Promise<Answer>;
  origin(): string;
  /** Settles when the hooks next look for a source. */
  sourcesAsked(): Promise<void>;
  keeper(): HomeKeeper;
  inForce(): InForceHolder;
  store(): SqliteStore;
  archive(): Archive;
  log: RecordingLog;
  /** What the guard was asked, as "who right object". */
  asked: string[];
  file(path: string): string;
  /** Writes a file as a person with an editor would; null removes it. */
  edit(path: string, text: string | null): void;
  /** Puts a link to itself in the place of a folder. */
  loop(folder: string): void;
  /** Closes server and store and opens both anew on what is stored. */
  restart(): Promise<void>;
}

export interface ApiServerOptions {
  files?: Files;
  /** Stands in front of the store's own. */
  configs?: (own: ConfigStore) => ConfigStore;
  archive?: (own: Archive) => Archive;
  /** What StackStorm knows of executions; nothing when absent. */
  executor?: Partial<Pick<Executor, "get" | "output" | "result" | "tail" | "children" | "reruns">>;
  /** What clusters say of actions; unreachable when absent. */
  readAction?: ActionCatalog["readAction"];
}

/** Opens a server that closes after its test. */
export async function apiServer(t: TestContext, options: ApiServerOptions = {}): Promise<ApiServer> {
  const dir = aHomeDir(t, options.files);
  const data = tempFolder();
  const log = recordingLog();
  const asked: string[] = [];
  const guard = fakeGuard(asked);
  let now = await open({ dir, data: data.path, log, guard, ...options });
  t.after(async () => {
    await now.close();
    data.remove();
  });
  const call: ApiServer["call"] = (method, path, given) => send(`${now.origin}${path}`, method, given);
  return {
    ...{ call, log, asked },
    post: (type, detail) => call("POST", "/hooks/open", { body: { event_type: type, title: "t", detail } }),
    origin: () => now.origin,
    sourcesAsked: () => new Promise((resolve) => now.onSources.push(resolve)),
    keeper: () => now.keeper,
    inForce: () => now.inForce,
    store: () => now.store,
    archive: () => now.archive,
    file: (path) => readFileSync(join(dir, path), "utf8"),
    edit: (path, text) => (text === null ? rmSync(join(dir, path)) : writeFileSync(join(dir, path), text)),
    loop: (folder) => {
      rmSync(join(dir, folder), { recursive: true });
      symlinkSync(folder, join(dir, folder));
    },
    restart: async () => {
      await now.close();
      now = await open({ dir, data: data.path, log, guard, ...options });
    },
  };
}

function fakeGuard(asked: string[]): Guard {
  return async (ctx, right, object) => {
    const who = ctx.get("x-who");
    asked.push([who, right, object === "some" ? "-" : (object.type ?? "whole")].join(" "));
    if (who !== "") {
      const actor = actorIn(ctx);
      const permits = (asked: AccessObject | "some") =>
        authorise(actor, right, asked).outcome === "allowed" || outside(ctx);
      if (!permits(object)) return { outcome: "answered" };
      return { outcome: "allowed", who, actor, scope: scopeOf(actor, right), permits };
    }
    ctx.status = 401;
    ctx.body = { error: { code: "unauthenticated", message: "who are you" } };
    return { outcome: "answered" };
  };
}

/** The header `x-types` bounds a caller to event types, `x-businesses` to businesses, `x-rights` to rights. */
function actorIn(ctx: Context): Actor {
  const [types, businesses, rights] = [ctx.get("x-types"), ctx.get("x-businesses"), ctx.get("x-rights")];
  if (types === "" && businesses === "" && rights === "") return { kind: "local" };
  const on = {
    ...(types === "" ? {} : { types: types.split(" ") }),
    ...(businesses === "" ? {} : { businesses: businesses.split(" ") }),
  };
  const role: Role = {
    ...{ name: "tested", of: {} },
    rights: RIGHTS.filter((right) => rights === "" || rights.split(" ").includes(right)),
    ...(Object.keys(on).length === 0 ? {} : { on }),
  };
  return { kind: "user", userId: "zhangsan", roles: [role], unsure: [], against: null };
}

function outside(ctx: Context): false {
  ctx.status = 403;
  ctx.body = { error: { code: "outside_scope", message: "not yours" } };
  return false;
}

interface Given extends ApiServerOptions {
  dir: string;
  data: string;
  log: RecordingLog;
  guard: Guard;
}

async function open(given: Given) {
  const { dir, data, log, guard, configs: wrap = (own) => own, archive: wrapArchive = (own) => own } = given;
  const clock = movableClock(NOW_MS);
  const kinds = Object.keys(sourceKinds);
  const env = { WECOM_SECRET: "secret-of-the-environment" };
  const folder = createHomeFolder({
    dir,
    env,
    kinds,
    cronFault,
    nowMs: clock.nowMs,
    checkOptions: () => null,
  });
  const first = await folder.load();
  if (first.outcome === "refused") throw new Error(folder.describe(first.problems));
  const store = openStore({ dataDir: data, clock, log });
  const compile = (home: typeof first.home) => prepareHome(home, { kinds: sourceKinds, cron: cronTimes });
  const inForce = holdInForce(compile(first.home));
  const configs = wrap(store.configs);
  const keeper = createHomeKeeper(first, {
    folder,
    inForce,
    compile,
    configs,
    audit: store.audit,
    clock,
    log,
  });
  await keeper.begin();
  // Nothing brings to it what comes but a test.
  const numericFields = () => inForce.current().numericFields;
  const archive = await openArchive({ dataDir: data, log, numericFields });
  const onSources: (() => void)[] = [];
  const metrics = createMetrics({ prefix: "whale" });
  const none = () => Promise.reject(new Error("no cloud here"));
  const hooks = hooksOver({
    ...{ clock, log, metrics, journal: store.journal, trustProxyHops: 0 },
    sources: () => {
      for (const tell of onSources.splice(0)) tell();
      return inForce.current().sources;
    },
    cloud: { fetchCertificate: none, confirm: none },
  });
  const api: ServerDeps["api"] = (router) => {
    const { changeType, reload } = keeper;
    const { definition } = folder;
    eventTypeRoutes(router, { guard, log, configs, archive, changeType, definition, readJson });
    configRoutes(router, { guard, log, reload });
    const { journal } = store;
    const registry = () => inForce.current().registry;
    const { audit } = store;
    const common = { guard, log, journal, registry, audit };
    const rules = () => inForce.current().rules;
    const found = wrapArchive(archive);
    const explainer = createExplainer({
      ...{ archive: found, journal, tasks: store.tasks, clock, inForce: inForce.current },
      ...{
        secrecy: NO_SECRETS,
        mutes: { current: () => compileMutes([]), refresh: async () => undefined },
      },
    });
    eventRoutes(router, { ...common, archive: found, explainer, clock, rules });
    refusalRoutes(router, common);
    const { tasks } = store;
    const advancer = createAdvancer({ tasks, clock, log, metrics }, DEFAULT_SETTINGS);
    const executor = {
      get: async () => null,
      result: async () => null,
      output: async () => "",
      tail: async () => ({ outcome: "ended" as const }),
      children: async () => [],
      reruns: async () => [],
      ...given.executor,
    };
    const away = async () => ({ outcome: "unreachable" as const, message: "down" });
    const plan = createRetryPlanner({
      ...{ executor, catalog: { readAction: given.readAction ?? away }, inForce: inForce.current, clock },
      ...{ event: archive.get, isSecretKey: (name) => name === "password" },
    });
    const ordering = { tasks, advancer, executor, plan, settings: DEFAULT_SETTINGS, clock, log };
    const ids = { ulid: () => `${NOW_MS}` };
    taskReadRoutes(router, { guard, log, tasks, shown: shownAll });
    taskRoutes(router, { guard, log, tasks, orders: createTaskOrders(ordering), ids, readJson });
    const longAnswers = { keep: () => undefined };
    const hideIn = () => (text: string) => text.replaceAll("s3cret", "********");
    taskOutputRoutes(router, { guard, log, tasks, executor, audit, clock, hideIn, longAnswers });
    throttleRoutes(router, { guard, log, throttle: store.throttle, rules });
    const left = budgetLeft({ throttle: store.throttle, limits: DEFAULT_BUDGETS, clock });
    outboxRoutes(router, { guard, log, outbox: store.outbox, left, clock });
    ruleRoutes(router, { guard, log, inForce: inForce.current });
    explainRoutes(router, { guard, log, explainer, shown: shownAll, rules });
    const { state } = store;
    const mutes = createMuteKeeper({ state, audit, ids, clock, log });
    muteRoutes(router, { guard, log, mutes, objectOf: muteObjectOver(rules), rules, readJson });
    const stops = createStopKeeper({ state, audit, clock, log });
    stopRoutes(router, { ...common, stops, stoppable: inForce.current, release: async () => 0, readJson });
    auditRoutes(router, { guard, log, archive: wrapArchive(archive), audit, clock });
    deadLetterRoutes(router, { guard, log, archive: wrapArchive(archive), audit: store.audit, clock });
    const { pressure, maxBodyBytes, timeZone } = hooks;
    sendEventRoutes(router, {
      ...{ ...common, intake: hooks, forms: standardForms, pressure, maxBodyBytes, timeZone },
    });
  };
  // Neither chat nor health is asked for here.
  const server = createHttpServer({ hooks, api, metrics, log } as unknown as ServerDeps);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const close = async () => {
    await server.close();
    await archive.close();
    await store.close();
  };
  return { keeper, inForce, store, archive, close, onSources, origin: `http://127.0.0.1:${port}` };
}

async function send(url: string, method: string, { body, who = "zhangsan", headers }: Call = {}) {
  const sent = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const json = sent === null ? {} : { "content-type": "application/json" };
  const answer = await fetch(url, { method, body: sent, headers: { ...json, "x-who": who, ...headers } });
  const text = await answer.text();
  const parsed: unknown = text.startsWith("{") ? JSON.parse(text) : text;
  return { status: answer.status, etag: answer.headers.get("etag"), headers: answer.headers, body: parsed };
}
