import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readLocalToken } from "../../adapters/local/index.ts";
import { openArchive } from "../../adapters/sqlite/archive/index.ts";
import { silentLog } from "../support/log.ts";
import { benchEvent } from "./archive/events.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { startContestant } from "./contestant.ts";
import { startUpstream } from "./e2e/upstream.ts";
import { environment } from "./e2e.ts";
import { createLiveLoad, type LiveLoad } from "./replay/live-load.ts";
import { type RehearsalClient, rehearsals } from "./replay/rehearsals.ts";
import { median, percentile } from "./stats.ts";

interface Amounts {
  /** Events in the archive, over 30 days. */
  events: number;
  /** Alerts that are thrown away, while code is compiled. */
  warmUp: number;
  /** Blocks with a replay and as many without, in turn. */
  blocks: number;
  /** Live alerts of one block. */
  blockAlerts: number;
}

const FULL: Amounts = { events: 300_000, warmUp: 200, blocks: 6, blockAlerts: 500 };
const QUICK: Amounts = { events: 20_000, warmUp: 50, blocks: 1, blockAlerts: 200 };
const PER_SECOND = 50;
const MONTH_MS = 30 * 86_400_000;

/**
 * A month of stored events is rehearsed at full speed while live alerts come at 50 a second: what those then wait
 * for their answer and their card, held against the same without a replay, in turn.
 */
export const replay: Bench = async (options) => {
  const amounts = options.quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-replay-"));
  const upstream = await startUpstream();
  const env = environment(upstream, folder);
  mkdirSync(String(env["WHALE_DATA"]), { recursive: true });
  await fillArchive(String(env["WHALE_DATA"]), amounts.events);
  const whale = await startContestant("whale-process.ts", { env, folder, profile: false });
  try {
    const token = await readLocalToken(String(env["WHALE_DATA"]));
    const load = createLiveLoad({ upstream, url: whale.url, perSecond: PER_SECOND });
    const measured = await inTurn(load, rehearsals(whale.url, token), amounts);
    return printed(measured, amounts, options);
  } finally {
    await whale.stop();
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function fillArchive(dataDir: string, events: number): Promise<void> {
  const archive = await openArchive({ dataDir, log: silentLog });
  const startMs = Date.now() - MONTH_MS;
  const batch = 2_000;
  for (let from = 0; from < events; from += batch) {
    const some = Array.from({ length: Math.min(batch, events - from) }, (_, i) => {
      const at = new Date(startMs + Math.floor(((from + i) / events) * (MONTH_MS - 3_600_000))).toISOString();
      return { ...benchEvent(from + i), receivedAt: at, time: at };
    });
    await archive.write({ events: some, verdicts: [] });
  }
  await archive.close();
}

interface Latencies {
  postMs: number[];
  cardMs: number[];
}

interface Measured {
  without: Latencies;
  with: Latencies;
  /** Events rehearsed per second of each block, by what the replay itself had counted. */
  speeds: number[];
  /** Of a rehearsal with no live alerts beside it, from its first event to its last. */
  wholeEventsPerSecond: number;
}

async function inTurn(load: LiveLoad, client: RehearsalClient, amounts: Amounts): Promise<Measured> {
  const measured: Measured = { without: none(), with: none(), speeds: [], wholeEventsPerSecond: 0 };
  await load.run(amounts.warmUp);
  for (let block = 0; block < amounts.blocks; block++) {
    add(measured.without, await load.run(amounts.blockAlerts));
    const running = client.keepRunning();
    // The first turns are no different from the others.
    await pause(200);
    const before = await running.events();
    const startedMs = performance.now();
    add(measured.with, await load.run(amounts.blockAlerts));
    const tookMs = performance.now() - startedMs;
    measured.speeds.push((((await running.stop()) - before) * 1000) / tookMs);
  }
  measured.wholeEventsPerSecond = await client.whole();
  return measured;
}

function none(): Latencies {
  return { postMs: [], cardMs: [] };
}

function add(to: Latencies, some: Latencies): void {
  to.postMs.push(...some.postMs);
  to.cardMs.push(...some.cardMs);
}

function printed(measured: Measured, amounts: Amounts, { print }: BenchOptions) {
  const figures = (latencies: Latencies) => {
    const at = (times: number[], share: number) => Math.round(percentile(times, share) * 100) / 100;
    const { postMs, cardMs } = latencies;
    const post = { postP50Ms: at(postMs, 0.5), postP99Ms: at(postMs, 0.99) };
    return { ...post, cardP50Ms: at(cardMs, 0.5), cardP99Ms: at(cardMs, 0.99) };
  };
  const row = (cells: readonly (string | number)[]) =>
    cells.map((cell) => String(cell).padStart(14)).join("");
  const [without, during] = [figures(measured.without), figures(measured.with)];
  print(row(["ms", "202 p50", "202 p99", "card p50", "card p99"]));
  print(row(["no replay", ...Object.values(without)]));
  print(row(["replay", ...Object.values(during)]));
  const eventsPerSecond = Math.round(median(measured.speeds));
  const alone = Math.round(measured.wholeEventsPerSecond);
  print(
    `${measured.with.cardMs.length} alerts each at ${PER_SECOND}/s; replay ${eventsPerSecond} events/s beside them,`,
  );
  print(`${alone} events/s alone, over ${amounts.events} events of a month`);
  return {
    bench: "replay",
    ...{ events: amounts.events, without, during, eventsPerSecond, aloneEventsPerSecond: alone },
  };
}
