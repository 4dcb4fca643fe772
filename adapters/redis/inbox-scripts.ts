import { script } from "./script.ts";

/**
 * The inbox: `i:<key>` each, `open` and `done` (by the time of receipt), `wait` (until when a postponed one waits),
 * `held` (until when one is held).
 */

/** 2: key, 3: received, 4: payload. Whether it is new. */
export const INSERT = script(`
local item = B .. ':i:' .. ARGV[2]
if redis.call('EXISTS', item) == 1 then return 0 end
local member = memberOf(ARGV[2])
redis.call('HSET', item, 'member', member, 'received', ARGV[3], 'attempts', 0, 'fence', 0, 'payload', ARGV[4])
redis.call('ZADD', B .. ':open', ARGV[3], member)
return 1
`);

/** 2: how many at most, 3: lease, 4: holder. The oldest free items, held from now on. */
export const CLAIM = script(`
local claimed, fence = {}, nil
for _, member in ipairs(passed(B .. ':open', B .. ':wait', B .. ':held', tonumber(ARGV[2]))) do
  fence = fence or num(tick())
  local key = keyOf(member)
  local item = B .. ':i:' .. key
  local received, attempts, payload = unpack(redis.call('HMGET', item, 'received', 'attempts', 'payload'))
  redis.call('HSET', item, 'fence', fence, 'holder', ARGV[4])
  redis.call('HINCRBY', item, 'attempts', 1)
  redis.call('ZADD', B .. ':held', num(now() + tonumber(ARGV[3])), member)
  claimed[#claimed + 1] = {key, received, attempts, payload, fence}
end
return claimed
`);

const FINISH = `
local item = B .. ':i:' .. ARGV[2]
if ARGV[3] == '0' or redis.call('HGET', item, 'fence') ~= ARGV[3] then return 0 end
local member, received = unpack(redis.call('HMGET', item, 'member', 'received'))
redis.call('ZREM', B .. ':held', member)
redis.call('HSET', item, 'fence', 0)
`;

/** 2: key, 3: fence. 0 when it is not the caller's. */
export const DONE = script(`${FINISH}
redis.call('ZREM', B .. ':wait', member)
redis.call('ZREM', B .. ':open', member)
redis.call('ZADD', B .. ':done', received, member)
redis.call('HDEL', item, 'payload')
return 1
`);

/** 2: key, 3: fence, 4: when it is tried again. 0 when it is not the caller's. */
export const POSTPONE = script(`${FINISH}
redis.call('ZADD', B .. ':wait', ARGV[4], member)
return 1
`);

/** 2: key. */
export const IS_DONE = script(`
local member = redis.call('HGET', B .. ':i:' .. ARGV[2], 'member')
if member and redis.call('ZSCORE', B .. ':done', member) then return 1 end
return 0
`);

/** 2: the instant, 3: how many at most. How many done items are gone. */
export const TRIM = script(`
local old = redis.call('ZRANGEBYSCORE', B .. ':done', '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(old) do
  redis.call('ZREM', B .. ':done', member)
  redis.call('DEL', B .. ':i:' .. keyOf(member))
end
return #old
`);
