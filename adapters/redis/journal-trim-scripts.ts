import { ENTRIES } from "./journal-scripts.ts";
import { script } from "./script.ts";

/**
 * 2: partition, 3: the instant, 4: position looked at last, 5: the instant behind which nothing older comes, 6: how
 * many at most, 7 on: all readers. How many entries are gone, and the position looked at last or nothing.
 */
export const TRIM_ENTRIES = script(`
local partition, older = ARGV[2], tonumber(ARGV[3])
local upTo = math.huge
for i = 7, #ARGV do
  upTo = math.min(upTo, tonumber(redis.call('HGET', B .. ':place:' .. ARGV[i] .. ':' .. partition, 'position') or 0))
end
local from = tonumber(ARGV[4]) + 1
if upTo < from then return {0} end
local stream = B .. ':e:' .. partition
local entries = redis.call('XRANGE', stream, num(from) .. '-0', num(upTo), 'COUNT', ARGV[6])
local gone, young = 0, false
for _, entry in ipairs(entries) do
  local _, _, _, id, _, at, _, raw = unpack(entry[2])
  young = young or tonumber(at) >= tonumber(ARGV[5])
  if tonumber(at) < older then
    redis.call('XDEL', stream, entry[1])
    redis.call('HDEL', B .. ':index', id)
    if raw ~= '' then redis.call('HINCRBY', B .. ':raw:' .. raw, 'uses', -1) end
    gone = gone + 1
  end
end
if young or #entries == 0 then return {gone} end
return {gone, string.match(entries[#entries][1], '^%d+')}
`);

/** 2: the instant, 3: how many unused ones to pass over, 4: how many at most. How many were looked at, and kept. */
export const TRIM_RAW = script(`${ENTRIES}
local old = redis.call('ZRANGEBYSCORE', B .. ':rawat', '-inf', '(' .. ARGV[2], 'LIMIT', ARGV[3], ARGV[4])
local kept = 0
for _, ref in ipairs(old) do
  if tonumber(redis.call('HGET', B .. ':raw:' .. ref, 'uses') or 0) > 0 then kept = kept + 1 else dropRaw(ref) end
end
return {#old, kept}
`);

/**
 * 2: the instant, 3: how many to pass over, 4: how many at most. A delivery key is remembered at least as long as its
 * event. How many were looked at, and kept.
 */
export const TRIM_KEYS = script(`
local old = redis.call('ZRANGEBYSCORE', B .. ':seen', '-inf', '(' .. ARGV[2], 'LIMIT', ARGV[3], ARGV[4])
local kept = 0
for _, field in ipairs(old) do
  local first = cjson.decode(redis.call('HGET', B .. ':first', field))
  if redis.call('HEXISTS', B .. ':index', first.eventId) == 1 then kept = kept + 1
  else
    redis.call('ZREM', B .. ':seen', field)
    redis.call('HDEL', B .. ':first', field)
  end
end
return {#old, kept}
`);

/** 2: sorted set, 3: hash, 4: the instant up to which, as a score, or empty for now, 5: how many at most. How many are gone. */
export const TRIM_NAMES = script(`
local upTo = ARGV[4] ~= '' and ARGV[4] or num(now())
local old = redis.call('ZRANGEBYSCORE', B .. ARGV[2], '-inf', upTo, 'LIMIT', 0, ARGV[5])
if #old > 0 then
  redis.call('ZREM', B .. ARGV[2], unpack(old))
  redis.call('HDEL', B .. ARGV[3], unpack(old))
end
return #old
`);
