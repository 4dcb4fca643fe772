import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Bench, BenchOptions } from "./bench.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { startUpstream, type Upstream } from "./e2e/upstream.ts";
import { environment } from "./e2e.ts";
import { type SimulatedCluster, startCluster } from "./follow/clusters.ts";
import { type Running, seedRunning } from "./follow/seed.ts";
import { percentile, rounded } from "./stats.ts";
import { configured } from "./tasks/ground.ts";

/** How much is measured. */
interface Amounts {
  running: number;
  /** How long nothing changes before and while the processor is looked at. */
  settleMs: number;
  idleMs: number;
  /** How many executions end, a hundred a second. */
  ends: number;
}

const FULL: Amounts = { running: 10_000, settleMs: 30_000, idleMs: 45_000, ends: 2_000 };
const QUICK: Amounts = { running: 1_000, settleMs: 5_000, idleMs: 10_000, ends: 300 };
const CLUSTERS = ["bench-a", "bench-b", "bench-c"];
const API_KEY = "st2-key-of-the-benchmark";
const ENDS_A_SECOND = 100;
const LAST_END_MS = 60_000;

/** Executions that run on three simulated clusters, followed by the product in a process of its own. */
export const follow: Bench = async (options) => {
  const amounts = options.quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-"));
  const upstream = await startUpstream();
  const clusters = await Promise.all(CLUSTERS.map((name) => startCluster(name, API_KEY)));
  let whale: Contestant | null = null;
  try {
    const env = environmentOf(upstream, clusters, folder);
    const { inForce } = await configured(env);
    const dataDir = join(folder, "data");
    mkdirSync(dataDir, { recursive: true });
    const running = await seedRunning(dataDir, inForce, { clusters, count: amounts.running });
    whale = await startContestant("follow/whale-process.ts", { env, folder, profile: false });
    const idle = await idleOf(whale, clusters, amounts);
    const busy = await busyOf(whale, { clusters, running, amounts });
    return printed({ idle, busy, amounts }, options);
  } finally {
    await whale?.stop();
    await Promise.all(clusters.map((cluster) => cluster.stop()));
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

function environmentOf(
  upstream: Upstream,
  clusters: readonly SimulatedCluster[],
  folder: string,
): Record<string, string> {
  const home = join(folder, "home");
  cpSync(join(import.meta.dirname, "home"), home, { recursive: true });
  rmSync(join(home, "clusters/only.yaml"));
  for (const { name, url } of clusters) {
    const lines = [`name: ${name}`, `api: "${url}/api"`, `auth: { apiKey: "${API_KEY}" }`];
    writeFileSync(join(home, `clusters/${name}.yaml`), `${lines.join("\n")}\n`);
  }
  return { ...environment(upstream, folder), WHALE_HOME: home, LOG_LEVEL: "warn" };
}

interface Idle {
  coreShare: number;
  requestsPerSecond: number;
}

async function idleOf(
  whale: Contestant,
  clusters: readonly SimulatedCluster[],
  { settleMs, idleMs }: Amounts,
): Promise<Idle> {
  await pause(settleMs);
  const before = { cpuMs: cpuMsOf(whale.pid), requests: await requestsOf(clusters), atMs: performance.now() };
  await pause(idleMs);
  const tookMs = performance.now() - before.atMs;
  return {
    coreShare: (cpuMsOf(whale.pid) - before.cpuMs) / tookMs,
    requestsPerSecond: ((await requestsOf(clusters)) - before.requests) / (tookMs / 1000),
  };
}

interface Busy {
  lagsMs: number[];
  /** Processor time for one end, its report to people included; a machine that is busy with others does not change it. */
  cpuMsAnEnd: number;
  requestsPerSecond: number;
}

async function busyOf(
  whale: Contestant,
  {
    clusters,
    running,
    amounts,
  }: { clusters: readonly SimulatedCluster[]; running: readonly Running[]; amounts: Amounts },
): Promise<Busy> {
  const endedAtMs = new Map<string, number>();
  const before = { cpuMs: cpuMsOf(whale.pid), requests: await requestsOf(clusters), atMs: performance.now() };
  const ending: Promise<void>[] = [];
  // Every so many-th, so that all clusters have their part.
  const stride = Math.floor(running.length / amounts.ends);
  for (let i = 0; i < amounts.ends; i++) {
    await pause(Math.max(0, before.atMs + (i * 1000) / ENDS_A_SECOND - performance.now()));
    const { cluster, id } = running[i * stride] as Running;
    endedAtMs.set(id, Date.now());
    ending.push(cluster.end([id]));
  }
  await Promise.all(ending);
  const tookMs = performance.now() - before.atMs;
  const requestsPerSecond = ((await requestsOf(clusters)) - before.requests) / (tookMs / 1000);
  const lagsMs = await lagsOf(whale, endedAtMs);
  return { lagsMs, cpuMsAnEnd: (cpuMsOf(whale.pid) - before.cpuMs) / lagsMs.length, requestsPerSecond };
}

async function lagsOf(whale: Contestant, endedAtMs: ReadonlyMap<string, number>): Promise<number[]> {
  const lags: number[] = [];
  const untilMs = performance.now() + LAST_END_MS;
  while (lags.length < endedAtMs.size) {
    if (performance.now() > untilMs)
      throw new Error(`${endedAtMs.size - lags.length} ends were never stored`);
    for (const [id, storedAtMs] of await whale.marks())
      lags.push(storedAtMs - (endedAtMs.get(id) ?? Number.NaN));
    await pause(200);
  }
  return lags;
}

async function requestsOf(clusters: readonly SimulatedCluster[]): Promise<number> {
  const counts = await Promise.all(clusters.map((cluster) => cluster.requests()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Linux counts a process's time in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function printed(
  { idle, busy, amounts }: { idle: Idle; busy: Busy; amounts: Amounts },
  { print }: BenchOptions,
) {
  const [p50, p99] = [0.5, 0.99].map((share) => Math.round(percentile(busy.lagsMs, share)));
  const [load = Number.NaN] = loadavg();
  print(`${amounts.running} running on ${CLUSTERS.length} clusters; load of the machine ${load.toFixed(1)}`);
  print(
    `idle   ${(idle.coreShare * 100).toFixed(1)} % of a core, ${idle.requestsPerSecond.toFixed(1)} requests/s`,
  );
  print(
    `ends   ${ENDS_A_SECOND}/s: known after p50 ${p50} ms, p99 ${p99} ms; ` +
      `${busy.cpuMsAnEnd.toFixed(1)} ms of processor an end, ${busy.requestsPerSecond.toFixed(0)} requests/s`,
  );
  return {
    bench: "follow",
    idleCoreShare: rounded(idle.coreShare),
    resultLagP99Ms: p99,
    requestsPerSecond: rounded(idle.requestsPerSecond),
    endingRequestsPerSecond: rounded(busy.requestsPerSecond),
  };
}
