import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArchivedEvents, openArchivedEvents, type Received } from "../../bot/wire-backtest.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import { type BackTest, backTest } from "../../core/replays/index.ts";
import { comparable, rehearsalOf } from "../support/rehearsal.ts";
import { fillArchive, receivedMs, START_MS } from "./backtest/archive.ts";
import { BENCH_CONTEXT, benchSet } from "./backtest/rules.ts";
import type { Bench } from "./bench.ts";
import { drawing } from "./rules/drawn.ts";
import { median } from "./stats.ts";

interface Amounts {
  events: number;
  /** Parts of the archive; each is scanned and judged in turn. */
  blocks: number;
  /** Events whose answers are compared with those of a rehearsal. */
  checked: number;
}

const FULL: Amounts = { events: 1_000_000, blocks: 20, checked: 50_000 };
const QUICK: Amounts = { events: 60_000, blocks: 6, checked: 10_000 };

/**
 * A back-test of 100 rules over the archive of a month, held against only reading and parsing the same events, by
 * the same reader, block by block in turn.
 */
export const backtest: Bench = async ({ quick, seed, print }) => {
  const amounts = quick ? QUICK : FULL;
  const dataDir = mkdtempSync(join(tmpdir(), "whale-bench-backtest-"));
  const beganMs = performance.now();
  fillArchive(dataDir, amounts.events, drawing(seed));
  print(`${amounts.events} events archived in ${seconds(performance.now() - beganMs)} s`);
  const archive = await openArchivedEvents({ dataDir, stores: { kind: "embedded" } });
  try {
    await check(archive, amounts);
    return printed(await inTurn(archive, amounts), amounts, print);
  } finally {
    await archive.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

/** Throws unless a back-test of the first events counts what a rehearsal of the same counts. */
async function check(archive: ArchivedEvents, { events: all, checked }: Amounts): Promise<void> {
  const received = { fromMs: START_MS, toMs: receivedMs(checked, all) };
  const test = backTest(benchSet(), BENCH_CONTEXT);
  const events: WhaleEvent[] = [];
  for await (const page of archive.pages(received)) events.push(...page);
  for (const event of events) test.judge(event);
  const expected = await rehearsalOf(events, { set: benchSet(), context: BENCH_CONTEXT });
  assert.deepEqual(comparable(test.counts()), expected, "the answers differ from those of a rehearsal");
}

interface Measured {
  /** Milliseconds of each block. */
  scanMs: number[];
  judgeMs: number[];
  test: BackTest;
}

async function inTurn(archive: ArchivedEvents, { events, blocks }: Amounts): Promise<Measured> {
  const test = backTest(benchSet(), BENCH_CONTEXT);
  const measured: Measured = { scanMs: [], judgeMs: [], test };
  for (let block = 0; block < blocks; block += 1) {
    const from = Math.floor((block * events) / blocks);
    const to = Math.floor(((block + 1) * events) / blocks);
    const received = { fromMs: receivedMs(from, events), toMs: receivedMs(to, events) };
    const scan = async () => void measured.scanMs.push(await scanned(archive, received, to - from));
    const judge = async () =>
      void measured.judgeMs.push(await judged(archive, received, { test, count: to - from }));
    // Whoever comes second finds the pages of the file in memory.
    for (const run of block % 2 === 0 ? [scan, judge] : [judge, scan]) await run();
  }
  return measured;
}

async function scanned(archive: ArchivedEvents, received: Received, count: number): Promise<number> {
  const beganMs = performance.now();
  let events = 0;
  for await (const page of archive.pages(received)) events += page.length;
  if (events !== count) throw new Error(`${events} events were read, not ${count}`);
  return performance.now() - beganMs;
}

async function judged(
  archive: ArchivedEvents,
  received: Received,
  { test, count }: { test: BackTest; count: number },
): Promise<number> {
  const beganMs = performance.now();
  let events = 0;
  for await (const page of archive.pages(received)) {
    for (const event of page) test.judge(event);
    events += page.length;
  }
  if (events !== count) throw new Error(`${events} events were judged, not ${count}`);
  return performance.now() - beganMs;
}

function printed({ scanMs, judgeMs, test }: Measured, { events }: Amounts, print: (line: string) => void) {
  const scanRatio = round(median(scanMs.map((ms, block) => ms / (judgeMs[block] ?? 0))));
  const [scan, judge] = [sum(scanMs), sum(judgeMs)];
  const eventsPerSecond = Math.round((events * 1000) / judge);
  const scanPerSecond = Math.round((events * 1000) / scan);
  const counts = test.counts();
  const fired = sum(counts.map((count) => count.fired));
  const passed = fired + sum(counts.map(({ held }) => held.throttled ?? 0));
  print(`read and parsed: ${scanPerSecond} events/s, ${seconds(scan)} s`);
  print(`back-test, ${counts.length} rules: ${eventsPerSecond} events/s, ${seconds(judge)} s`);
  print(`${passed} times all features of a rule passed, ${fired} times it would have fired`);
  return {
    bench: "backtest",
    eventsPerSecond,
    scanRatio,
    scanPerSecond,
    events,
    rules: counts.length,
    passed,
    fired,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
