import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NO_REDIS, type RedisServer, startRedis } from "../support/redis.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { environment } from "./e2e.ts";
import { residentMb } from "./resident.ts";
import { median, ratioOf, rounded } from "./stats.ts";

/** How much is measured. */
interface Amounts {
  /** Blocks of each contestant, in turn with the others'. */
  blocks: number;
  /** Lives of one block. */
  blockLives: number;
  /** Open tasks of the contestant that has many; the other has 1,000. */
  manyOpen: number;
  /** Tasks whose lateness is told. */
  due: number;
}

const FULL: Amounts = { blocks: 7, blockLives: 3_000, manyOpen: 100_000, due: 200 };
const QUICK: Amounts = { blocks: 1, blockLives: 500, manyOpen: 10_000, due: 30 };
const FEW_OPEN = 1_000;
const FILLED_AT_ONCE = 10_000;

/** Over one kind of store: Whale with few and with many open tasks, and what writes the same records alone. */
interface Field {
  few: Contestant;
  many: Contestant;
  records: Contestant;
}

interface Speeds {
  few: number[];
  many: number[];
  records: number[];
}

/** What was measured over one kind of store. */
interface Measured {
  speeds: Speeds;
  recordsALife: number;
  cpuMs: number;
  dueLateMs: number;
  rssMb: number;
}

/**
 * Whole lives of tasks (made, asked, approved by a click, started, finished, reported) through the product's own
 * workers, between simulators that answer at once; in turn with writing the same records in groups of 64 to the same
 * kind of store, and with the same Whale that has many open tasks.
 */
export const tasks: Bench = async (options) => {
  const amounts = options.quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-"));
  const redis = NO_REDIS ? null : await startRedis();
  if (!redis) options.print("MISSING  Redis: apt-get install redis-server");
  try {
    const embedded = await measure(join(folder, "embedded"), {}, amounts);
    const onRedis = redis && (await measure(join(folder, "redis"), redisEnv(redis), amounts));
    return printed({ embedded, redis: onRedis }, options);
  } finally {
    await redis?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

function redisEnv({ port }: RedisServer): Record<string, string> {
  return { REDIS_PORT: String(port) };
}

async function measure(folder: string, env: Record<string, string>, amounts: Amounts): Promise<Measured> {
  const running: Contestant[] = [];
  const begin = async (script: string, name: string): Promise<Contestant> => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const given = { ...environment({ url: "http://127.0.0.1:9" }, own), ...env, PREFIX: `${name}:` };
    const contestant = await startContestant(script, { env: given, folder: own, profile: false });
    running.push(contestant);
    return contestant;
  };
  try {
    const few = await begin("tasks/whale-process.ts", "few");
    const many = await begin("tasks/whale-process.ts", "many");
    const records = await begin("tasks/records-process.ts", "records");
    await fill(few, FEW_OPEN);
    await fill(many, amounts.manyOpen);
    return await inTurn({ few, many, records }, amounts);
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
}

async function fill(whale: Contestant, count: number): Promise<void> {
  for (let rest = count; rest > 0; rest -= FILLED_AT_ONCE)
    await whale.asked(`fill ${Math.min(rest, FILLED_AT_ONCE)}`);
}

async function inTurn({ few, many, records }: Field, amounts: Amounts): Promise<Measured> {
  const speeds: Speeds = { few: [], many: [], records: [] };
  const cpus: number[] = [];
  const rssMb: number[] = [];
  let recordsALife = 0;
  // The first block of each warms up and does not count.
  for (let block = 0; block <= amounts.blocks; block++) {
    const lives = block === 0 ? Math.ceil(amounts.blockLives / 2) : amounts.blockLives;
    const [few_ = Number.NaN, cpuMs = Number.NaN] = valuesOf(await few.asked(lives));
    const [recordsSpeed = Number.NaN, perLife = 0] = valuesOf(await records.asked(lives));
    const [manySpeed = Number.NaN] = valuesOf(await many.asked(lives));
    recordsALife = perLife;
    if (block === 0) continue;
    speeds.few.push(few_);
    speeds.records.push(recordsSpeed);
    speeds.many.push(manySpeed);
    cpus.push(cpuMs);
    rssMb.push(residentMb(many.pid));
  }
  const [, dueLateMs = Number.NaN] = valuesOf(await many.asked(`due ${amounts.due}`));
  return { speeds, recordsALife, cpuMs: median(cpus), dueLateMs, rssMb: Math.max(...rssMb) };
}

function valuesOf(marks: readonly (readonly [string, number])[]): number[] {
  return marks.map(([, value]) => value);
}

function printed(
  { embedded, redis }: { embedded: Measured; redis: Measured | null },
  { print }: BenchOptions,
) {
  const all = redis ? [embedded, redis] : [embedded];
  for (const [name, one] of [
    ["embedded", embedded],
    ["redis", redis],
  ] as const) {
    if (!one) continue;
    const { few, many, records } = one.speeds;
    const at = (values: number[]) => String(Math.round(median(values)));
    print(
      `${name.padEnd(9)} ${at(few)} lives/s with 1,000 open, ${at(many)} with many (${ratioOf(many, few)}); ` +
        `${at(records)}/s for the ${one.recordsALife} records of a life alone (${ratioOf(few, records)})`,
    );
    print(
      `          ${rounded(one.cpuMs)} ms of processor a life; due ${Math.round(one.dueLateMs)} ms late; ${one.rssMb} MB`,
    );
  }
  const perSecond = (one: Measured | null) => one && Math.round(median(one.speeds.few));
  const ratio = (one: Measured | null) => one && ratioOf(one.speeds.few, one.speeds.records);
  return {
    bench: "tasks",
    ...{ embeddedPerSecond: perSecond(embedded), embeddedRatio: ratio(embedded) },
    ...{ redisPerSecond: perSecond(redis), redisRatio: ratio(redis) },
    openRatio: Math.min(...all.map(({ speeds }) => ratioOf(speeds.many, speeds.few))),
    rssMb: Math.max(...all.map((one) => one.rssMb)),
    dueLateMs: Math.round(Math.max(...all.map((one) => one.dueLateMs))),
  };
}
