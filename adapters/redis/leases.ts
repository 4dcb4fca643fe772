import type { Leases } from "../../core/ports/index.ts";
import type { Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import { LEASES_TAG } from "./partitions.ts";
import { script } from "./script.ts";

/** 2: name, 3: holder, 4: lease. 1, fence and end when it is held now; 0, the holder and the end when it is another's. */
const ACQUIRE = script(`
local lease, at = B .. ':l:' .. ARGV[2], now()
local holder, fence, ends = unpack(redis.call('HMGET', lease, 'holder', 'fence', 'ends'))
local lasts = ends and tonumber(ends) > at
if lasts and holder ~= ARGV[3] then return {0, holder, ends} end
if not lasts then fence = num(tick()) end
ends = num(at + tonumber(ARGV[4]))
redis.call('HSET', lease, 'holder', ARGV[3], 'fence', fence, 'ends', ends)
redis.call('ZADD', B .. ':lh', ends, ARGV[2])
return {1, fence, ends}
`);

/** 2: name, 3: fence. 0 when it is not the holder's. */
const RELEASE = script(`
local lease = B .. ':l:' .. ARGV[2]
local fence, ends = unpack(redis.call('HMGET', lease, 'fence', 'ends'))
if not ends or fence ~= ARGV[3] or tonumber(ends) <= now() then return 0 end
redis.call('HSET', lease, 'ends', 0)
redis.call('ZREM', B .. ':lh', ARGV[2])
return 1
`);

/** The names that are held, whatever they begin with; those whose time is over are forgotten here. */
const HELD = script(`
redis.call('ZREMRANGEBYSCORE', B .. ':lh', '-inf', num(now()))
return redis.call('ZRANGE', B .. ':lh', 0, -1)
`);

/** Leases over Redis. A replica has each before it is told, so that two do not hold one after a promotion. */
export function redisLeases(engine: Engine): Leases {
  return {
    acquire: async (name, holder, ttlMs) => {
      const args = [name, holder, finite(ttlMs, "ttlMs")];
      const answer = await engine.write<[number, string, string]>(ACQUIRE, LEASES_TAG, args);
      const [held, who, ends] = answer;
      const untilMs = Number(ends);
      return held === 1
        ? { outcome: "held", fence: Number(who), untilMs }
        : { outcome: "taken", by: who, untilMs };
    },
    release: async (name, fence) =>
      (await engine.write<number>(RELEASE, LEASES_TAG, [name, finite(fence, "fence")])) === 1,
    held: async (prefix) => {
      const names = await engine.run<string[]>(HELD, LEASES_TAG, []);
      return names.filter((name) => name.startsWith(prefix)).sort();
    },
  };
}
