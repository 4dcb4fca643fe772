import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { cronFault, cronTimes } from "../../../adapters/cron/index.ts";
import { loadHome } from "../../../adapters/files/index.ts";
import { readJson, sourceKinds } from "../../../adapters/sources/index.ts";
import { openStore, type SqliteStore } from "../../../adapters/sqlite/index.ts";
import { createLogger, createMetrics, systemIds } from "../../../adapters/telemetry/index.ts";
import {
  type Cloud,
  certificatesOver,
  createHttpServer,
  onceEach,
  rateGate,
} from "../../../bot/http/index.ts";
import type { ConnectionLimits, ServerDeps } from "../../../bot/http/server.ts";
import { prepareHome } from "../../../bot/in-force.ts";
import { createPressureGate, type PressureGate } from "../../../bot/pressure/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { PressureLimits } from "../../../core/pressure/index.ts";
import { aHomeDir, type Files } from "../../adapters/files/home-dir.ts";
import { type MovableClock, movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

/** The hooks of a process with its real store, without chat and workers. */
export interface HookServer {
  clock: MovableClock;
  /** Lines of the log. */
  lines: string[];
  /** What was asked of the clouds, in order. */
  asked: string[];
  send(path: string, init: RequestInit): Promise<Response>;
  /** Address of the server as it runs now. */
  url(): string;
  store(): SqliteStore;
  /** Closes server and store, and opens both anew on what is stored. */
  restart(): Promise<void>;
  /** What the sampler would tell, and what came of it. */
  pressure(): PressureGate;
  ready(): Promise<Response>;
  metrics(): Promise<string>;
}

export interface HookServerOptions {
  /** Files of sources, by name. */
  sources: Record<string, object>;
  certificate?: string;
  /** Whether a subscription can be confirmed now. */
  confirms?: boolean;
  trustProxyHops?: number;
  connections?: Partial<ConnectionLimits>;
  /** Limits that differ from those that nothing reaches. */
  limits?: Partial<PressureLimits>;
}

/** Limits that no test of something else comes near. */
const LOOSE: PressureLimits = {
  minFreeDiskBytes: 0,
  maxBehind: 1e9,
  maxRssBytes: 1e12,
  maxHeapShare: 1,
  maxInFlightBytes: 1e9,
};

/** Opens a server that closes after its test. */
export async function hookServer(test: TestContext, options: HookServerOptions): Promise<HookServer> {
  const folder = tempFolder();
  const clock = movableClock();
  const [lines, asked]: [string[], string[]] = [[], []];
  const cloud: Cloud = {
    fetchCertificate: async (url) => {
      asked.push(url);
      if (options.certificate === undefined) throw new ChatOpsError("down", { code: "cloud.timeout" });
      return options.certificate;
    },
    confirm: async (url) => {
      asked.push(url);
      if (options.confirms === false) throw new ChatOpsError("down", { code: "cloud.timeout" });
    },
  };
  const inForce = prepareHome(await homeOf(test, options.sources), { kinds: sourceKinds, cron: cronTimes });
  const open = async () => {
    const store = openStore({ dataDir: folder.path, clock, log: silentLog });
    const log = createLogger({
      level: "debug",
      secrets: [],
      destination: { write: (line) => void lines.push(line) },
    });
    const metrics = createMetrics({ prefix: "whale" });
    const { trustProxyHops = 0 } = options;
    const sources = () => inForce.sources;
    const pressure = createPressureGate({ limits: { ...LOOSE, ...options.limits }, log, metrics });
    const parts = { clock, log, metrics, journal: store.journal, sources, trustProxyHops, cloud };
    const hooks = hooksOver({ ...parts, pressure });
    const told = { storeBytes: () => 0, warnings: async () => [], pressureFault: () => pressure.fault() };
    const own = { storeKind: "embedded" as const, leaving: () => false, checkStore: () => store.check() };
    const health: ServerDeps["health"] = { ...store, ...told, ...own };
    const { connections: limits = {} } = options;
    const api = () => undefined;
    // Chat is not asked for here.
    const server = createHttpServer({ hooks, health, api, metrics, log, limits } as unknown as ServerDeps);
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    return { store, server, pressure, metrics, origin: `http://127.0.0.1:${port}` };
  };
  let now = await open();
  const close = async () => {
    await now.server.close();
    await now.store.close();
  };
  test.after(async () => {
    await close();
    folder.remove();
  });
  return {
    ...{ clock, lines, asked },
    send: (path, init) => fetch(`${now.origin}/hooks/${path}`, init),
    ...{ store: () => now.store, url: () => now.origin },
    restart: async () => {
      await close();
      now = await open();
    },
    pressure: () => now.pressure,
    ready: () => fetch(`${now.origin}/readyz`),
    metrics: () => now.metrics.text(),
  };
}

type HookBasis = "clock" | "log" | "metrics" | "journal" | "sources" | "trustProxyHops";

interface HookParts extends Pick<ServerDeps["hooks"], HookBasis> {
  cloud: Cloud;
  /** None that anything reaches when absent. */
  pressure?: PressureGate;
}

/** What the hooks need, with what of it does not matter here. */
export function hooksOver({ cloud, ...parts }: HookParts): ServerDeps["hooks"] {
  return {
    pressure: createPressureGate({ limits: LOOSE, ...parts }),
    ...{ ...parts, ids: systemIds, onStep: () => undefined, rates: rateGate() },
    ...{ maxBodyBytes: 65_536, timeZone: "UTC" },
    ...{ certificates: certificatesOver(cloud.fetchCertificate), confirm: onceEach(cloud.confirm) },
    parse: (bytes) => {
      const reading = readJson(bytes);
      return reading.outcome === "read" ? reading.value : undefined;
    },
  };
}

async function homeOf(test: TestContext, sources: Record<string, object>) {
  const files: Files = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [
      `sources/${name}.yaml`,
      JSON.stringify({ name, kind: "generic", ...source }),
    ]),
  );
  const loading = await loadHome({
    dir: aHomeDir(test, files),
    ...{ env: {}, nowMs: clockStart(), kinds: Object.keys(sourceKinds), cronFault, checkOptions: () => null },
  });
  if (loading.outcome === "loaded") return loading.home;
  throw new Error(JSON.stringify(loading.problems));
}

function clockStart(): number {
  return movableClock().nowMs();
}

interface Receipt {
  eventId: string;
  outcome: string;
}

interface Answer {
  events?: Receipt[];
  error?: { code: string };
}

/** An answer's status and the code of its error. */
export async function answerOf(sent: Promise<Response>): Promise<[status: number, code: string]> {
  const answer = await sent;
  const { error } = (await answer.json()) as Answer;
  return [answer.status, error?.code ?? ""];
}

/** The receipts of a delivery, which must have been taken. */
export async function receiptsOf(sent: Promise<Response>): Promise<Receipt[]> {
  const answer = await sent;
  assert.equal(answer.status, 202);
  return ((await answer.json()) as Answer).events ?? [];
}

/** A POST of JSON. */
export function jsonPost(body: string, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
}
