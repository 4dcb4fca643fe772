import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureArchive } from "./archive.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { startUpstream } from "./e2e/upstream.ts";
import { environment } from "./e2e.ts";
import { type AlertmanagerRun, startAlertmanager } from "./intake/alertmanager.ts";
import { type LoadResult, load } from "./intake/load.ts";
import { measureOnRedis } from "./intake/on-redis.ts";
import { signedPosts, stocked } from "./intake/posts.ts";
import { atRest, rested } from "./intake/rested.ts";
import { residentMb } from "./resident.ts";
import { median, percentile, ratioOf, rounded } from "./stats.ts";

/** How much is measured. */
interface Amounts {
  /** Blocks of each contestant, in turn with the others'. */
  blocks: number;
  blockMs: number;
  /** How long memory is watched under half the load. */
  watchMs: number;
  archiveEvents: number;
}

const FULL: Amounts = { blocks: 7, blockMs: 3_000, watchMs: 60_000, archiveEvents: 200_000 };
const QUICK: Amounts = { blocks: 2, blockMs: 1_000, watchMs: 3_000, archiveEvents: 20_000 };
const HOOK = "/hooks/signed";
/** With half as many both processors rest a fifth of the time: each waits for its one request under way. */
const CONNECTIONS = 128;
const BATCH = 64;
/** So many requests a second are made before a block; more are made within it. */
const STOCKED_SINGLES = 12_000;
const STOCKED_BATCHES = 700;

interface Field {
  whale: Contestant;
  koa: Contestant;
  insert: Contestant;
  alertmanager: AlertmanagerRun | null;
}

/**
 * Signed alerts through the whole path of the running product to the durable journal: single POSTs in turn with
 * a bare Koa server that checks the signature, parses and stores nothing, and with Alertmanager delivering to a
 * webhook; batches of 64 in turn with bare inserts in groups of 64 into the journal's table, and with Alertmanager
 * that is given the same batches.
 */
export const intake: Bench = async (options) => {
  const amounts = options.quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-"));
  const upstream = await startUpstream();
  const running: { stop(): Promise<void> }[] = [upstreamStop(upstream)];
  const begin = async (script: string) => {
    const own = join(folder, script);
    mkdirSync(own, { recursive: true });
    const orders = { env: environment(upstream, own), folder: own, profile: false };
    const contestant = await startContestant(script, orders);
    running.push(contestant);
    return contestant;
  };
  try {
    const whale = await begin("whale-process.ts");
    const koa = await begin("intake/koa-process.ts");
    const insert = await begin("intake/insert-process.ts");
    const alertmanager = await startAlertmanager(join(folder, "alertmanager"));
    if (alertmanager) running.push(alertmanager);
    else options.print("MISSING  Alertmanager: apt-get install prometheus-alertmanager");
    const figures = await measure({ whale, koa, insert, alertmanager }, amounts, options);
    await whale.stop();
    const { blocks, blockMs: durationMs } = amounts;
    const load = { connections: CONNECTIONS, durationMs };
    const stock = (STOCKED_SINGLES * durationMs) / 1000;
    const own = { folder, koa, blocks, load, path: HOOK, stock };
    const onRedis = await measureOnRedis({ ...own, environment: (at) => environment(upstream, at) });
    options.print(`on Redis, its archive taking everything: ${JSON.stringify(onRedis)}; target 0.7`);
    return { ...figures, ...onRedis };
  } finally {
    await Promise.all(running.map((one) => one.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
};

function upstreamStop(upstream: { close(): Promise<void> }) {
  return { stop: () => upstream.close() };
}

async function measure(field: Field, amounts: Amounts, options: BenchOptions) {
  const speeds = await inTurn(field, amounts);
  const half = await atHalfLoad(field.whale, median(speeds.whale) / 2, amounts);
  const { archiveEventsPerSecond } = await measureArchive(amounts.archiveEvents);
  const figures = {
    bench: "intake",
    eventsPerSecond: Math.round(median(speeds.whale)),
    koaRatio: ratioOf(speeds.whale, speeds.koa),
    batchEventsPerSecond: Math.round(median(speeds.batch)),
    batchRatio: ratioOf(speeds.batch, speeds.insert),
    alertmanagerRatio: field.alertmanager ? ratioOf(speeds.whale, speeds.alertmanager) : null,
    alertmanagerBatchRatio: field.alertmanager ? ratioOf(speeds.batch, speeds.alertmanagerBatch) : null,
    p99Ms: rounded(half.p99Ms),
    rssMb: Math.round(Math.max(...half.rssMb)),
    archiveEventsPerSecond,
  };
  printTable({ speeds, half, figures }, options);
  return figures;
}

interface Speeds {
  whale: number[];
  koa: number[];
  batch: number[];
  insert: number[];
  alertmanager: number[];
  alertmanagerBatch: number[];
}

/**
 * All rounds of single events come first, then all of batches: what V8 has compiled for the one does not serve the
 * other, and a contestant that does one thing alone would have no such change.
 */
async function inTurn({ whale, koa, insert, alertmanager }: Field, amounts: Amounts): Promise<Speeds> {
  const { blocks, blockMs: durationMs } = amounts;
  const [single, batch] = [signedPosts(HOOK, 1), signedPosts(HOOK, BATCH)];
  const full = { connections: CONNECTIONS, durationMs };
  const eight = { connections: 8, durationMs };
  const [singles, batches] = [(STOCKED_SINGLES * durationMs) / 1000, (STOCKED_BATCHES * durationMs) / 1000];
  const ofSingles = await rounds(blocks, {
    whale: async () => perSecond(await rested(whale, { next: stocked(single, singles), ...full })),
    koa: async () => perSecond(await load({ url: koa.url, next: stocked(single, singles), ...full })),
    alertmanager: () => deliveredPerSecond(alertmanager, durationMs, 1),
  });
  const ofBatches = await rounds(blocks, {
    batch: async () => BATCH * perSecond(await rested(whale, { next: stocked(batch, batches), ...eight })),
    insert: async () => (await insert.asked(durationMs))[0]?.[1] ?? Number.NaN,
    alertmanagerBatch: () => deliveredPerSecond(alertmanager, durationMs, BATCH),
  });
  return { ...ofSingles, ...ofBatches };
}

/** What each contestant reached, block by block in turn. The first block of each warms up and does not count. */
async function rounds<Name extends string>(
  blocks: number,
  contestants: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const speeds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let block = 0; block <= blocks; block++)
    for (const name of names) {
      const speed = await contestants[name]();
      if (block > 0) speeds[name].push(speed);
    }
  return speeds;
}

/** Alertmanager, too, goes on with what it was given. */
async function deliveredPerSecond(
  run: AlertmanagerRun | null,
  durationMs: number,
  size: number,
): Promise<number> {
  if (!run) return Number.NaN;
  const delivered = await run.deliveredPerSecond(durationMs, size);
  await atRest(run.pid);
  return delivered;
}

function perSecond({ answered, seconds }: LoadResult): number {
  return answered / seconds;
}

interface HalfLoad {
  p99Ms: number;
  /** Memory of the process, from the first to the last sample. */
  rssMb: number[];
}

async function atHalfLoad(whale: Contestant, rate: number, { watchMs }: Amounts): Promise<HalfLoad> {
  const rssMb: number[] = [residentMb(whale.pid)];
  const timer = setInterval(() => rssMb.push(residentMb(whale.pid)), watchMs / 12);
  await atRest(whale.pid);
  const next = stocked(signedPosts(HOOK, 1), (rate * watchMs) / 1000);
  const options = { url: whale.url, next, connections: CONNECTIONS };
  try {
    const { latenciesMs } = await load({ ...options, durationMs: watchMs, perSecond: rate });
    return { p99Ms: percentile(latenciesMs, 0.99), rssMb };
  } finally {
    clearInterval(timer);
  }
}

function printTable(
  run: { speeds: Speeds; half: HalfLoad; figures: Record<string, unknown> },
  { print }: BenchOptions,
): void {
  const { speeds, half, figures } = run;
  for (const [name, values] of Object.entries(speeds)) {
    print(
      `${name.padEnd(18)}${Math.round(median(values)).toString().padStart(8)} a second, median of ${values.map(Math.round).join(" ")}`,
    );
  }
  print(`memory under half the load, MB: ${half.rssMb.map((mb) => Math.round(mb)).join(" ")}`);
  print(
    `targets: koa ${figures["koaRatio"]} of 0.8, batch ${figures["batchRatio"]} of 0.5, ` +
      `Alertmanager ${figures["alertmanagerRatio"]} and in batches ${figures["alertmanagerBatchRatio"]} of 4, p99 ${figures["p99Ms"]} of 50 ms`,
  );
}
