import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { NO_REDIS, startRedis } from "../../support/redis.ts";
import { type Contestant, startContestant } from "../contestant.ts";
import { median } from "../stats.ts";
import type { LoadResult } from "./load.ts";
import { signedPosts, stocked } from "./posts.ts";
import { rested } from "./rested.ts";

export interface OnRedisOptions {
  folder: string;
  /** What Whale is started with beside its stores. */
  environment: (folder: string) => Record<string, string>;
  koa: Contestant;
  blocks: number;
  load: { connections: number; durationMs: number };
  path: string;
  /** So many requests of a block are made before it begins. */
  stock: number;
}

/** Null where there is no Redis. */
export interface RedisFigures {
  redisEventsPerSecond: number | null;
  redisKoaRatio: number | null;
  /** The same with a disk that is synced once a second, which promises less. */
  redisEverysecEventsPerSecond: number | null;
}

/**
 * Single POSTs to the product on a real Redis, in turn with the bare Koa server: with each write synced, and with a
 * sync each second. Its archive stands in for Elasticsearch and takes everything.
 */
export async function measureOnRedis(options: OnRedisOptions): Promise<RedisFigures> {
  if (NO_REDIS)
    return { redisEventsPerSecond: null, redisKoaRatio: null, redisEverysecEventsPerSecond: null };
  const always = await onServer("always", options);
  const everysec = await onServer("everysec", options);
  return {
    redisEventsPerSecond: Math.round(median(always.whale)),
    redisKoaRatio: Math.round(1000 * median(always.whale.map((one, i) => one / (always.koa[i] ?? 0)))) / 1000,
    redisEverysecEventsPerSecond: Math.round(median(everysec.whale)),
  };
}

interface Speeds {
  whale: number[];
  koa: number[];
}

async function onServer(sync: "always" | "everysec", options: OnRedisOptions): Promise<Speeds> {
  const redis = await startRedis(["--appendfsync", sync]);
  const folder = join(options.folder, `redis-${sync}`);
  mkdirSync(folder, { recursive: true });
  const running: Contestant[] = [];
  const begin = async (script: string, env: Record<string, string>): Promise<Contestant> => {
    const contestant = await startContestant(script, { env, folder, profile: false });
    running.push(contestant);
    return contestant;
  };
  try {
    const archive = await begin("intake/archive-process.ts", {});
    const stores = { REDIS_URL: `redis://127.0.0.1:${redis.port}`, ELASTICSEARCH_URL: archive.url };
    const whale = await begin("whale-process.ts", { ...options.environment(folder), ...stores });
    return await inTurn(whale, options);
  } finally {
    await Promise.all(running.map((one) => one.stop()));
    await redis.remove();
  }
}

async function inTurn(whale: Contestant, options: OnRedisOptions): Promise<Speeds> {
  const speeds: Speeds = { whale: [], koa: [] };
  const { koa, blocks, load: given, path, stock } = options;
  const fresh = signedPosts(path, 1);
  const postTo = async (contestant: Contestant): Promise<number> =>
    perSecond(await rested(contestant, { next: stocked(fresh, stock), ...given }));
  // The first block of each warms up and does not count.
  for (let block = 0; block <= blocks; block++) {
    const own = await postTo(whale);
    const bare = await postTo(koa);
    if (block === 0) continue;
    speeds.whale.push(own);
    speeds.koa.push(bare);
  }
  return speeds;
}

function perSecond({ answered, seconds }: LoadResult): number {
  return answered / seconds;
}
