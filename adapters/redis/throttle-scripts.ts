import { script } from "./script.ts";

/**
 * Where a grant's id lives: 2 on, per wish: grant id, its instant, the wish. The first wish of an id stands for
 * good, so that a repeat with another key cannot take from another bucket. Answers with the wishes that stand.
 */
export const WISH = script(`
local standing, at = {}, now()
for i = 2, #ARGV, 3 do
  local id = ARGV[i]
  if redis.call('HSETNX', B .. ':wishes', id, ARGV[i + 2]) == 1 then
    redis.call('ZADD', B .. ':wishat', num(math.max(at, tonumber(ARGV[i + 1]))), id)
  end
  standing[#standing + 1] = redis.call('HGET', B .. ':wishes', id)
end
return standing
`);

/**
 * Where a bucket lives: 2 on, per wish: grant id, bucket, limit, per, burst, instant. The same arithmetic as
 * core's \`takeToken\`; the model test compares the two. A grant is outcome, tokens, burst, instant of the next.
 */
export const TAKE = script(`
local WHOLE = 1 - 1e-9
local function bucketOf(key)
  local stored = redis.call('HGET', B .. ':buckets', key)
  if not stored then return nil end
  local tokens, at = string.match(stored, '^(%S+) (%S+)')
  return { tokens = tonumber(tokens), at = tonumber(at) }
end
local function take(id, key, per, burst, wanted)
  local bucket = bucketOf(key)
  local at = bucket and math.max(bucket.at, wanted) or wanted
  local before = bucket and bucket.tokens + (at - bucket.at) / per or burst
  local full = math.min(burst, before)
  local granted = full >= WHOLE
  local tokens = granted and math.max(0, full - 1) or full
  local following = tokens >= WHOLE and at or at + math.ceil((WHOLE - tokens) * per)
  local answer = table.concat({granted and 'granted' or 'held', num(tokens), num(burst), num(following)}, ' ')
  redis.call('HSET', B .. ':buckets', key, table.concat({num(tokens), num(at), num(burst), num(following)}, ' '))
  redis.call('ZADD', B .. ':fullat', num(at + (burst - tokens) * per), key)
  redis.call('HSET', B .. ':grants', id, answer)
  redis.call('ZADD', B .. ':givenat', num(math.max(now(), wanted)), id)
  return answer
end
local answers = {}
for i = 2, #ARGV, 6 do
  local id, key = ARGV[i], ARGV[i + 1]
  local limit, per, burst, at =
    tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5])
  answers[#answers + 1] = redis.call('HGET', B .. ':grants', id) or take(id, key, per / limit, burst, at)
end
return answers
`);

/** 2: the instant, 3: how many at most of each kind. How many grants and buckets are gone, and how many wishes. */
export const FORGET = script(`
local function forget(zset, hash)
  local old = redis.call('ZRANGEBYSCORE', B .. zset, '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
  if #old > 0 then
    redis.call('ZREM', B .. zset, unpack(old))
    redis.call('HDEL', B .. hash, unpack(old))
  end
  return #old
end
local gone = forget(':givenat', ':grants') + forget(':fullat', ':buckets')
return {gone, forget(':wishat', ':wishes')}
`);
