import { Redis } from "ioredis";
import { openRedisStore } from "../../../adapters/redis/index.ts";
import { takeArgs } from "../../../adapters/redis/throttle.ts";
import { TAKE } from "../../../adapters/redis/throttle-scripts.ts";
import { openStoreThread } from "../../../adapters/sqlite/index.ts";
import type { TakeRequest } from "../../../core/throttle/index.ts";
import { silentLog } from "../../support/log.ts";
import { type RedisServer, redisOptions } from "../../support/redis.ts";

/** Something that decides. */
export interface Contestant {
  name: string;
  /** The outcomes of some wishes, in their order. */
  decide(requests: readonly TakeRequest[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Whale's store over Redis. */
export async function overRedis(server: RedisServer): Promise<Contestant> {
  const store = await openRedisStore(redisOptions(server));
  return { name: "redis", decide: decider(store.throttle), close: () => store.close() };
}

/** The same script called by itself; ioredis sends what is asked in one turn of the process in one piece. */
export async function bareScript(server: RedisServer): Promise<Contestant> {
  const redis = new Redis({ port: server.port, enableAutoPipelining: true });
  await redis.script("LOAD", TAKE.single.text);
  const decide = async (requests: readonly TakeRequest[]) => {
    const perTag = await redis.evalsha(TAKE.single.sha, 1, "{bare}", "", ...takeArgs(requests));
    const [answers = []] = perTag as string[][];
    return answers.map((answer) => answer.slice(0, answer.indexOf(" ")));
  };
  return { name: "bare EVALSHA", decide, close: async () => void (await redis.quit()) };
}

/** The embedded store, on the disk. */
export async function embedded(dataDir: string): Promise<Contestant> {
  const clock = { nowMs: () => Date.now() };
  const store = await openStoreThread({ dataDir, clock, log: silentLog });
  return { name: "embedded", decide: decider(store.throttle), close: () => store.close() };
}

function decider(throttle: {
  take(requests: readonly TakeRequest[]): Promise<{ outcome: string }[]>;
}): Contestant["decide"] {
  return async (requests) => (await throttle.take(requests)).map(({ outcome }) => outcome);
}
