import { script } from "./script.ts";

/**
 * Replays: `r:<id>` each, `all` and `open:<mode>` (by age), `ended` (by the time of their last change), `held` (until
 * when one is held). Members begin with the number of their making.
 */

/** 2: id, 3: mode, 4: 1 when it has ended, 5: revision, 6: created, 7: updated, 8: body. Whether it is new. */
export const CREATE = script(`
local id, created = ARGV[2], ARGV[6]
local replay = B .. ':r:' .. id
if redis.call('EXISTS', replay) == 1 then return 0 end
local member = memberOf(id)
redis.call('HSET', replay, 'member', member, 'mode', ARGV[3], 'revision', ARGV[5], 'fence', 0, 'body', ARGV[8])
redis.call('ZADD', B .. ':all', created, member)
if ARGV[4] == '1' then redis.call('ZADD', B .. ':ended', ARGV[7], member)
else redis.call('ZADD', B .. ':open:' .. ARGV[3], created, member) end
return 1
`);

/** 2: how many at most, from 1. The newest bodies, newest first. */
export const LIST = script(`
local bodies = {}
for i, member in ipairs(redis.call('ZREVRANGE', B .. ':all', 0, ARGV[2] - 1)) do
  bodies[i] = redis.call('HGET', B .. ':r:' .. keyOf(member), 'body')
end
return bodies
`);

/** 2: mode, 3: lease. The oldest that is free, as fence and body, held from now on; nothing when none is. */
export const CLAIM = script(`
local held = B .. ':held'
local member = passed(B .. ':open:' .. ARGV[2], held, held, 1)[1]
if not member then return {} end
local replay, fence = B .. ':r:' .. keyOf(member), num(tick())
redis.call('HSET', replay, 'fence', fence)
redis.call('ZADD', held, num(now() + tonumber(ARGV[3])), member)
return {fence, redis.call('HGET', replay, 'body')}
`);

/**
 * 2: id, 3: expected revision, 4: 1 when it has ended, 5: updated, 6: body, 7: fence or empty, 8: lease. 0 for a
 * conflict.
 */
export const SAVE = script(`
local replay, fence = B .. ':r:' .. ARGV[2], ARGV[7]
local member, mode, revision, holder = unpack(redis.call('HMGET', replay, 'member', 'mode', 'revision', 'fence'))
if not member or revision ~= ARGV[3] then return 0 end
if fence ~= '' and (fence == '0' or fence ~= holder) then return 0 end
redis.call('HSET', replay, 'revision', tonumber(ARGV[3]) + 1, 'body', ARGV[6])
if ARGV[4] == '1' then
  redis.call('HSET', replay, 'fence', 0)
  redis.call('ZREM', B .. ':held', member)
  redis.call('ZREM', B .. ':open:' .. mode, member)
  redis.call('ZADD', B .. ':ended', ARGV[5], member)
elseif fence ~= '' then redis.call('ZADD', B .. ':held', num(now() + tonumber(ARGV[8])), member) end
return 1
`);

/** 2: the instant, 3: how many at most. How many that ended are gone. */
export const TRIM = script(`
local old = redis.call('ZRANGEBYSCORE', B .. ':ended', '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(old) do
  redis.call('ZREM', B .. ':ended', member)
  redis.call('ZREM', B .. ':all', member)
  redis.call('DEL', B .. ':r:' .. keyOf(member))
end
return #old
`);
