import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { BenchOptions, Figures } from "./bench.ts";
import { drawing, drawnEvent, specs } from "./rules/drawn.ts";
import { type Costs, checkEqual, type Entrant, perSecond, race, ratio } from "./rules/measure.ts";
import { mixedEvent, mixedRules } from "./rules/mixed.ts";
import { indexed, looped, ownSet, scanned, setOf, traced } from "./rules/own.ts";
import { PEERS } from "./rules/peers.ts";
import { rounded } from "./stats.ts";

const SIZES = [10, 100, 1000, 10_000] as const;
/** As many events as a reader of the journal takes at a time. */
const BLOCK = 100;

/** How much is measured. */
interface Extent {
  blocks: number;
  warmUp: number;
  peerBlocks: number;
}

const FULL: Extent = { blocks: 1000, warmUp: 200, peerBlocks: 7 };
const QUICK: Extent = { blocks: 50, warmUp: 50, peerBlocks: 2 };

/**
 * Rules of the form type, env, metric, host over 100 types, about one match for an event: Whale's index with and
 * without its trace, a loop over closures, libraries. One thread; fresh events for each block; answers are
 * checked to be equal first.
 */
export async function rules({ quick, seed, print }: BenchOptions): Promise<Figures> {
  const extent = quick ? QUICK : FULL;
  const sizes = new Map<number, Costs[]>();
  for (const size of SIZES) sizes.set(size, await raceOwn(size, { extent, seed, print }));
  const costs = (size: number) => sizes.get(size) ?? [];
  const speeds = Object.fromEntries(SIZES.map((size) => [size, perSecond(costs(size), "index")]));
  const overheads = SIZES.map((size) => rounded(ratio(costs(size), "trace", "index") - 1));
  print(`trace: ${SIZES.map((size, i) => `${size} rules +${overheads[i]}`).join(", ")}`);
  const peers = await racePeers({ extent, seed, print });
  const mixed = await raceMixed({ extent, seed, print });
  return {
    bench: "rules",
    seed,
    eventsPerSecond: speeds,
    loopPerSecond: Object.fromEntries(SIZES.map((size) => [size, perSecond(costs(size), "loop")])),
    loopRatio1000: ratio(costs(1000), "loop", "index"),
    depthRatio: rounded((speeds[10_000] ?? 0) / (speeds[100] ?? Number.NaN)),
    peers,
    mixed,
    traceOverhead: Math.max(...overheads),
    ...loaded(seed),
  };
}

type Measuring = Pick<BenchOptions, "seed" | "print"> & { extent: Extent };

/** A slow one is given few events of each block, so that no block takes long. */
function someOf(eventsPerSecond: number): number {
  return Math.min(BLOCK, Math.max(1, Math.floor(eventsPerSecond / 500)));
}

async function raceOwn(size: number, { extent, seed, print }: Measuring): Promise<Costs[]> {
  const draw = drawing(seed + size);
  const drawn = specs(size, draw);
  const set = ownSet(drawn);
  const entrants: Record<string, Entrant> = {
    index: { contestant: indexed(set), perBlock: BLOCK },
    trace: { contestant: traced(set), perBlock: BLOCK },
    loop: { contestant: looped(drawn), perBlock: someOf(20_000_000 / size) },
  };
  const makeBlock = blocksOf((no) => drawnEvent(no, size, draw));
  const matches = await checkEqual(entrants, makeBlock(-1));
  const costs = await race(entrants, { ...extent, makeBlock });
  const speed = Object.keys(entrants).map((name) => `${name} ${perSecond(costs, name)}/s`);
  print(
    `${size} rules, ${matches.toFixed(2)} matches an event: ${speed.join(", ")}, loop ratio ${ratio(costs, "loop", "index")}`,
  );
  return costs;
}

function blocksOf(make: (no: number) => WhaleEvent): (block: number) => WhaleEvent[] {
  return (block) => Array.from({ length: BLOCK }, (_, i) => make((block + 1) * BLOCK + i));
}

/** Roughly what each does with 1,000 rules, to give it as many events as it can take. */
const ROUGH_SPEED: Readonly<Record<string, number>> = { "json-rules-engine": 60, "@casl/ability": 200_000 };

async function racePeers({
  extent,
  seed,
  print,
}: Measuring): Promise<Record<string, Record<number, number>>> {
  const figures: Record<string, Record<number, number>> = {};
  for (const size of SIZES) {
    const draw = drawing(seed + size);
    const drawn = specs(size, draw);
    const entrants: Record<string, Entrant> = {
      index: { contestant: indexed(ownSet(drawn)), perBlock: BLOCK },
    };
    for (const [name, make] of Object.entries(PEERS)) {
      const rough = ((ROUGH_SPEED[name] ?? 2000) * 1000) / size;
      entrants[name] = { contestant: make(drawn), perBlock: someOf(rough) };
    }
    const makeBlock = blocksOf((no) => drawnEvent(no, size, draw));
    await checkEqual(entrants, makeBlock(-1).slice(0, 200));
    // The slowest takes seconds for one event of 10,000 rules.
    const blocks = size > 1000 ? 2 : extent.peerBlocks;
    const costs = await race(entrants, { makeBlock, blocks, warmUp: 1 });
    for (const name of Object.keys(PEERS)) {
      figures[name] = { ...figures[name], [size]: perSecond(costs, name) };
      print(`${size} rules: ${name} ${perSecond(costs, name)}/s, index ${ratio(costs, name, "index")} ×`);
    }
  }
  return figures;
}

async function raceMixed({ extent, seed, print }: Measuring): Promise<Record<string, number>> {
  const size = 1000;
  const draw = drawing(seed);
  const set = setOf(mixedRules(size, draw));
  const entrants: Record<string, Entrant> = {
    index: { contestant: indexed(set), perBlock: BLOCK },
    trace: { contestant: traced(set), perBlock: BLOCK },
    loop: { contestant: scanned(set), perBlock: someOf(20_000) },
  };
  const makeBlock = blocksOf((no) => mixedEvent(no, size, draw));
  const matches = await checkEqual(entrants, makeBlock(-1));
  const costs = await race(entrants, { ...extent, makeBlock });
  const speed = perSecond(costs, "index");
  const loopRatio = ratio(costs, "loop", "index");
  print(
    `${size} mixed rules, ${matches.toFixed(2)} matches an event: index ${speed}/s, ${loopRatio} × the loop`,
  );
  return {
    rules: size,
    eventsPerSecond: speed,
    loopRatio,
    traceOverhead: rounded(ratio(costs, "trace", "index") - 1),
  };
}

/** What `npm start` tells the engine. */
function startFlags(): string[] {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const { scripts } = JSON.parse(manifest) as { scripts: { start: string } };
  return scripts.start.match(/--[\w-]+=\d+/g) ?? [];
}

/** What it takes to load 10,000 rules, in a process that does nothing else. */
function loaded(seed: number): { loadMs: number; rssMb: number } {
  const script = join(import.meta.dirname, "rules", "load-process.ts");
  const args = [...startFlags(), script, "10000", String(seed)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (last === "") throw new Error(`the loading process said nothing: ${stderr}`);
  const { loadMs, rssMb } = JSON.parse(last) as { loadMs: number; rssMb: number };
  return { loadMs, rssMb };
}
