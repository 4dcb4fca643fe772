import { CLOCK_SKEW_MS } from "../../core/throttle/index.ts";
import { script } from "./script.ts";

/**
 * 2 on, per wish: grant id or empty, instant, the buckets' keys as JSON, how many they are, 1 for a wish of now, and of
 * each key, limit, per, burst, take. The same arithmetic as core's `takeTokens`; the model test compares the two. An answer is the outcome,
 * what the first bucket had held back, of each bucket tokens, burst, next instant and held, and the keys.
 */
export const TAKE = script(`
local ROUNDING = 1e-9
local BUCKETS, GRANTS = B .. ':buckets', B .. ':grants'
local function bucketOf(at, wanted, isNow)
  local key, burst, need = ARGV[at], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local per = tonumber(ARGV[at + 2]) / tonumber(ARGV[at + 1])
  local stored = redis.call('HGET', BUCKETS, key)
  if not stored then return { key = key, per = per, burst = burst, need = need, at = wanted, full = burst, held = 0 } end
  local tokens, last, held = string.match(stored, '^(%S+) (%S+) (%S+)')
  last = tonumber(last)
  local from = isNow and last - wanted > ${CLOCK_SKEW_MS} and wanted or math.max(last, wanted)
  local full = math.min(burst, tonumber(tokens) + math.max(0, from - last) / per)
  return { key = key, per = per, burst = burst, need = need, at = from, full = full, held = tonumber(held) }
end
local function settle(bucket, granted)
  local tokens, held = bucket.full, bucket.held + 1
  if granted then tokens, held = math.max(0, tokens - bucket.need), 0 end
  local per, at, burst = bucket.per, bucket.at, bucket.burst
  local lacking = bucket.need - ROUNDING - tokens
  local following = lacking <= 0 and at or at + math.ceil(lacking * per)
  local view = table.concat({num(tokens), num(burst), num(following), num(held)}, ' ')
  redis.call('HSET', BUCKETS, bucket.key, table.concat({num(tokens), num(at), num(held), view}, ' '))
  redis.call('ZADD', B .. ':fullat', num(at + (burst - tokens) * per), bucket.key)
  return view
end
local function take(i, count)
  local wanted, buckets, granted = tonumber(ARGV[i + 1]), {}, true
  for n = 1, count do
    local bucket = bucketOf(i + 5 * n, wanted, ARGV[i + 4] == '1')
    granted = granted and bucket.full >= bucket.need - ROUNDING
    buckets[n] = bucket
  end
  local answer = {granted and 'granted' or 'held', num(buckets[1].held)}
  for n = 1, count do answer[n + 2] = settle(buckets[n], granted) end
  answer[count + 3] = ARGV[i + 2]
  local text = table.concat(answer, ' ')
  if ARGV[i] == '' then return text end
  redis.call('HSET', GRANTS, ARGV[i], text)
  redis.call('ZADD', B .. ':givenat', num(math.max(now(), wanted)), ARGV[i])
  return text
end
local answers, i = {}, 2
while i <= #ARGV do
  local count = tonumber(ARGV[i + 3])
  answers[#answers + 1] = ARGV[i] ~= '' and redis.call('HGET', GRANTS, ARGV[i]) or take(i, count)
  i = i + 5 + 5 * count
end
return answers
`);

/** 2: the instant, 3: how many at most of each kind, 4: the most buckets to be kept. How many are gone. */
export const FORGET = script(`
local function drop(zset, hash, old)
  if #old > 0 then
    redis.call('ZREM', B .. zset, unpack(old))
    redis.call('HDEL', B .. hash, unpack(old))
  end
  return #old
end
local function before(zset)
  return redis.call('ZRANGEBYSCORE', B .. zset, '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
end
local gone = drop(':givenat', ':grants', before(':givenat')) + drop(':fullat', ':buckets', before(':fullat'))
local over = math.min(redis.call('ZCARD', B .. ':fullat') - tonumber(ARGV[4]), tonumber(ARGV[3]))
if over <= 0 then return gone end
return gone + drop(':fullat', ':buckets', redis.call('ZRANGE', B .. ':fullat', 0, over - 1))
`);
