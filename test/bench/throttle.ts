import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { TakeRequest } from "../../core/throttle/index.ts";
import { NO_REDIS, type RedisServer, startRedis } from "../support/redis.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { median } from "./stats.ts";
import { bareScript, type Contestant, embedded, overRedis } from "./throttle/contestants.ts";

/** How much is measured. */
interface Amounts {
  /** Blocks of each contestant, in turn with the others'. */
  blocks: number;
  blockMs: number;
}

const FULL: Amounts = { blocks: 7, blockMs: 2_000 };
const QUICK: Amounts = { blocks: 3, blockMs: 300 };
/** So many decisions are asked for at once. */
const AT_ONCE = 1_024;
const BATCH = 128;
const BATCHES_AT_ONCE = 16;
/** Buckets that are asked, each for a token a second on the average. */
const KEYS = 5_000;
const CHECKED = 5_000;

interface Field {
  redis: Contestant;
  bare: Contestant;
  embedded: Contestant;
  /** Makes the server forget everything, so that no block is slower for what the one before left. */
  emptied(): Promise<void>;
}

/**
 * Decisions of the throttle, durable when they are answered: over Redis (each write synced) in turn with the same
 * script called bare, one by one and in batches, and embedded. Before that all must answer alike.
 */
export const throttle: Bench = async (options) => {
  const amounts = options.quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-"));
  if (NO_REDIS) options.print(`MISSING  Redis: apt-get install redis-server`);
  const server = NO_REDIS ? null : await startRedis();
  const own = await embedded(folder);
  try {
    const speeds = server ? await overServer(server, own, amounts) : await alone(own, amounts);
    return figuresOf(speeds, options);
  } finally {
    await own.close();
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Speeds {
  redis: number[];
  bare: number[];
  batch: number[];
  embedded: number[];
}

async function overServer(server: RedisServer, own: Contestant, amounts: Amounts): Promise<Speeds> {
  const admin = new Redis({ port: server.port });
  const [redis, bare] = [await overRedis(server), await bareScript(server)];
  // Loaded scripts stay through it.
  const emptied = async () => void (await admin.flushdb());
  try {
    await assertAlike([redis, bare, own]);
    return await inTurn({ redis, bare, embedded: own, emptied }, amounts);
  } finally {
    for (const one of [redis, bare]) await one.close();
    admin.disconnect();
  }
}

async function alone(own: Contestant, { blocks, blockMs }: Amounts): Promise<Speeds> {
  const speeds: Speeds = { redis: [], bare: [], batch: [], embedded: [] };
  for (let block = 0; block < blocks; block += 1) speeds.embedded.push(await singles(own, blockMs));
  return speeds;
}

/** All contestants give the same answers to the same wishes. */
async function assertAlike(contestants: readonly Contestant[]): Promise<void> {
  const wishes = Array.from({ length: CHECKED }, (_, n) => wishNo(n - (n % 5 === 0 ? 1 : 0), n % 50));
  const [first, ...others] = await Promise.all(contestants.map((one) => one.decide(wishes)));
  assert.ok(first?.includes("granted") && first.includes("held"));
  for (const other of others) assert.deepEqual(other, first);
}

async function inTurn(field: Field, { blocks, blockMs }: Amounts): Promise<Speeds> {
  const speeds: Speeds = { redis: [], bare: [], batch: [], embedded: [] };
  // The first block of each warms up and does not count.
  for (let block = 0; block <= blocks; block += 1) {
    const round: Record<keyof Speeds, number> = { redis: 0, bare: 0, batch: 0, embedded: 0 };
    const jobs: [keyof Speeds, () => Promise<number>][] = [
      ["redis", () => singles(field.redis, blockMs)],
      ["bare", () => singles(field.bare, blockMs)],
    ];
    // Whoever comes second finds the machine as the first has left it.
    if (block % 2 === 1) jobs.reverse();
    jobs.push(["batch", () => batches(field.redis, blockMs)]);
    jobs.push(["embedded", () => singles(field.embedded, blockMs)]);
    for (const [name, job] of jobs) {
      await field.emptied();
      round[name] = await job();
    }
    if (block > 0) for (const [name] of jobs) speeds[name].push(round[name]);
  }
  return speeds;
}

let asked = 0;

/** Every wish is a new task's; its bucket holds 5 tokens and gets one back each second. */
function wishNo(no: number, key: number): TakeRequest {
  const bucket = { key: `vm-disk-cleanup:shop_vm-${key % KEYS}`, limit: 60, perMs: 60_000, burst: 5 };
  return { grantId: `t_${no.toString().padStart(52, "0")}`, ...bucket, atMs: 1_800_000_000_000 + no };
}

function nextWish(): TakeRequest {
  asked += 1;
  return wishNo(10_000 + asked, asked);
}

function singles(contestant: Contestant, durationMs: number): Promise<number> {
  return perSecond(AT_ONCE, durationMs, async () => (await contestant.decide([nextWish()])).length);
}

function batches(contestant: Contestant, durationMs: number): Promise<number> {
  const next = () => Array.from({ length: BATCH }, nextWish);
  return perSecond(BATCHES_AT_ONCE, durationMs, async () => (await contestant.decide(next())).length);
}

/** So many askers ask again as soon as they are answered. */
async function perSecond(askers: number, durationMs: number, ask: () => Promise<number>): Promise<number> {
  const begin = performance.now();
  let answered = 0;
  const asking = Array.from({ length: askers }, async () => {
    while (performance.now() - begin < durationMs) {
      const count = await ask();
      answered += count;
    }
  });
  await Promise.all(asking);
  return (answered * 1000) / (performance.now() - begin);
}

function figuresOf({ redis, bare, batch, embedded: own }: Speeds, { print }: BenchOptions) {
  for (const [name, values] of Object.entries({ redis, "bare EVALSHA": bare, batch, embedded: own })) {
    if (values.length > 0) print(`${name.padEnd(14)}${figure(values)} a second, median of ${values.length}`);
  }
  // Block by block, since a machine's speed moves over minutes.
  const ratios = redis.map((speed, n) => speed / (bare[n] ?? Number.NaN));
  const redisRatio = redis.length > 0 ? Math.round(median(ratios) * 1000) / 1000 : null;
  print(`target: Redis ${redisRatio} of 0.8 of bare EVALSHA`);
  return {
    bench: "throttle",
    redisRatio,
    redisPerSecond: figure(redis),
    batchPerSecond: figure(batch),
    embeddedPerSecond: figure(own),
  };
}

function figure(values: readonly number[]): number | null {
  return values.length > 0 ? Math.round(median(values)) : null;
}
