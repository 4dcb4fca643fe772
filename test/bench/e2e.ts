import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoCompany } from "../../fixtures/simulators/wecom/index.ts";
import { NO_BUDGETS } from "../support/budgets.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { explainTimes } from "./e2e/explaining.ts";
import { HOOK_TOKEN } from "./e2e/load.ts";
import { createSampler, type Measured, type Sample } from "./e2e/measure.ts";
import { profileLines } from "./e2e/profile.ts";
import { startUpstream, type Upstream } from "./e2e/upstream.ts";
import { sharedNowMs } from "./orders.ts";
import { type Blocks, type Comparison, compare, median, percentile, rounded } from "./stats.ts";

/** How much is measured. */
export interface Amounts {
  /** Samples of each contestant that are thrown away, while code is compiled and files are made. */
  warmUp: number;
  /** Blocks of each contestant, in turn with the other's. */
  blocks: number;
  /** Samples of one block. */
  blockSamples: number;
}

const FULL: Amounts = { warmUp: 100, blocks: 16, blockSamples: 25 };
const QUICK: Amounts = { warmUp: 30, blocks: 4, blockSamples: 15 };

/** What one run measured. */
export interface Run {
  whale: Sample[][];
  bare: Sample[][];
  /** How long each answer took to why an event made its task. */
  explainMs: number[];
  profile: string[];
}

/**
 * From the POST of an alert to its card, and from the click to the start, at idle: Whale and a plain Koa server
 * in turn, both against the same upstream that answers at once.
 */
export const e2e: Bench = async (options) => {
  const run = await measure(options.quick ? QUICK : FULL, options.profile);
  const postToCard = compare(...timesOf(run, "postToCardMs"));
  const clickToStart = compare(...timesOf(run, "clickToStartMs"));
  printTable(run, { postToCard, clickToStart }, options);
  const explainP99Ms = rounded(percentile(run.explainMs, 0.99));
  options.print(
    `why an event made its task: p99 ${explainP99Ms} ms of ${run.explainMs.length} answers; target 1000`,
  );
  return { bench: "e2e", postToCard, clickToStart, explainP99Ms };
};

/** Runs both contestants and takes the samples. */
export async function measure(amounts: Amounts, profile: boolean): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-"));
  const upstream = await startUpstream();
  const running: Contestant[] = [];
  const begin = async (script: string) => {
    const own = join(folder, script);
    mkdirSync(own, { recursive: true });
    const contestant = await startContestant(script, {
      env: environment(upstream, own),
      folder: own,
      profile,
    });
    running.push(contestant);
    return contestant;
  };
  try {
    const whale = await begin("whale-process.ts");
    const bare = await begin("e2e/bare-process.ts");
    const run = await inTurn({ whale, bare, upstream, amounts, profile });
    const dataDir = join(folder, "whale-process.ts", "data");
    return { ...run, explainMs: await explainTimes(dataDir, run.whale.flat().length) };
  } finally {
    await Promise.all(running.map((contestant) => contestant.stop()));
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Field {
  whale: Contestant;
  bare: Contestant;
  upstream: Upstream;
  amounts: Amounts;
  profile: boolean;
}

async function inTurn({ whale, bare, upstream, amounts, profile }: Field): Promise<Omit<Run, "explainMs">> {
  const sample = createSampler(upstream);
  const block = async (measured: Measured, size: number): Promise<Sample[]> => {
    const samples: Sample[] = [];
    for (let i = 0; i < size; i++) samples.push(await sample(measured));
    return samples;
  };
  const theWhale: Measured = { url: whale.url, last: "report" };
  const theBare: Measured = { url: bare.url, last: "start" };
  await block(theWhale, amounts.warmUp);
  await block(theBare, amounts.warmUp);
  const run: Omit<Run, "explainMs"> = { whale: [], bare: [], profile: [] };
  for (let i = 0; i < amounts.blocks; i++) {
    run.whale.push(await block(theWhale, amounts.blockSamples));
    run.bare.push(await block(theBare, amounts.blockSamples));
  }
  if (profile) run.profile = profileLines(await profiled(run, whale));
  return run;
}

async function profiled(run: Pick<Run, "whale">, whale: Contestant) {
  const clockOffsetMs = sharedNowMs() - performance.now();
  return { samples: run.whale.flat(), marks: await whale.marks(), clockOffsetMs };
}

/** What Whale is started with, between these simulators and this folder. */
export function environment(upstream: Pick<Upstream, "url">, folder: string): Record<string, string> {
  return {
    PORT: "0",
    WHALE_HOME: join(import.meta.dirname, "home"),
    WHALE_DATA: join(folder, "data"),
    LOG_LEVEL: "info",
    WECOM_API: upstream.url,
    WECOM_CORP_ID: demoCompany.corpId,
    WECOM_SECRET: demoCompany.corpSecret,
    WECOM_AGENT_ID: String(demoCompany.agentId),
    WECOM_TOKEN: demoCompany.token,
    WECOM_AES_KEY: demoCompany.encodingAesKey,
    ...NO_BUDGETS,
    ST2_API: `${upstream.url}/api`,
    ST2_KEY: "st2-key-of-the-benchmark",
    HOOK_TOKEN,
  };
}

function timesOf(run: Run, time: "postToCardMs" | "clickToStartMs"): [Blocks, Blocks] {
  const times = (blocks: Sample[][]) => blocks.map((block) => block.map((sample) => sample[time]));
  return [times(run.whale), times(run.bare)];
}

function printTable(run: Run, rows: Record<string, Comparison>, { print }: BenchOptions): void {
  const cells = (row: readonly string[]) => row.map((cell) => cell.padStart(13)).join("");
  print(cells(["ms", "p50", "p99", "bare p50", "bare p99", "ratio p50", "ratio p99"]));
  for (const [name, row] of Object.entries(rows)) {
    const ratios = [`${row.bareRatioP50.toFixed(2)} ×`, `${row.bareRatioP99.toFixed(2)} ×`];
    const times = [row.p50Ms, row.p99Ms, row.bareP50Ms, row.bareP99Ms].map((ms) => ms.toFixed(2));
    print(cells([name, ...times, ...ratios]));
  }
  const bytes = (blocks: Sample[][]) => median(blocks.flat().map((sample) => sample.cardBytes));
  const { length } = run.whale.flat();
  print(
    `${length} samples each; cards of ${bytes(run.whale)} and ${bytes(run.bare)} bytes; target 3 × and 5 ×`,
  );
  for (const line of run.profile) print(line);
}
