import { ENTRIES } from "../journal-scripts.ts";
import { script } from "../script.ts";

/** 2 on: reference, content type, bytes, instant. Who uses a body is counted as those are written. */
export const WRITE_RAW = script(`
for i = 2, #ARGV, 4 do
  local raw = B .. ':raw:' .. ARGV[i]
  if redis.call('EXISTS', raw) == 0 then
    redis.call('HSET', raw, 'type', ARGV[i + 1], 'bytes', ARGV[i + 2], 'uses', 0)
    redis.call('ZADD', B .. ':rawat', ARGV[i + 3], ARGV[i])
  end
end
return 1
`);

/** 2 on: partition, kind, id, raw body or empty, instant, text, what is kept of an event's delivery. Each once. */
export const WRITE_ENTRIES = script(`${ENTRIES}
for i = 2, #ARGV, 7 do
  local partition, kind, id, raw, body = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 5]
  if redis.call('HEXISTS', B .. ':index', id) == 0 then
    at = ARGV[i + 4]
    append(partition, kind, id, raw, body)
    -- Not collected, so that the next of the same id is seen.
    redis.call('HSET', B .. ':index', id, partition .. '-' .. num(heads[partition]))
    if kind == 'event' then
      collect('HSET', ':first', id, ARGV[i + 6])
      collect('ZADD', ':seen', at, id)
    end
    if raw ~= '' and redis.call('EXISTS', B .. ':raw:' .. raw) == 1 then
      redis.call('HINCRBY', B .. ':raw:' .. raw, 'uses', 1)
    end
  end
end
finish()
return 1
`);

/** 2: partition, 3: position. How many up to the position. */
export const COUNT_PASSED = script(`
local passed, from = 0, '-'
while true do
  local page = redis.call('XRANGE', B .. ':e:' .. ARGV[2], from, ARGV[3], 'COUNT', 1000)
  passed = passed + #page
  if #page < 1000 then return passed end
  from = '(' .. page[#page][1]
end
`);

/** 2 on: reader, partition, how many it passed: a new stream counts from 1. */
export const WRITE_PLACES = script(`
for i = 2, #ARGV, 3 do
  redis.call('HSETNX', B .. ':place:' .. ARGV[i] .. ':' .. ARGV[i + 1], 'position', ARGV[i + 2])
end
return 1
`);

/** 2: how many to pass over, 3: how many at most. Per delivery key: field, instant it was seen last, text, and whether its entry tells the same. */
export const READ_DELIVERIES = script(`
local page = redis.call('ZRANGE', B .. ':seen', ARGV[2], ARGV[2] + ARGV[3] - 1, 'WITHSCORES')
local answer = {}
for i = 1, #page, 2 do
  local field, seen = page[i], page[i + 1]
  local partition, position = string.match(redis.call('HGET', B .. ':index', field) or '', '^(%d+)-(%d+)$')
  local entry = partition and redis.call('XRANGE', B .. ':e:' .. partition, position, position)[1]
  local same = entry and tonumber(entry[2][6]) == tonumber(seen) and 1 or 0
  answer[#answer + 1] = {field, seen, redis.call('HGET', B .. ':first', field), same}
end
return answer
`);

/** 2 on: field, text, instant. What an entry left is put right. */
export const WRITE_DELIVERIES = script(`
for i = 2, #ARGV, 3 do
  redis.call('HSET', B .. ':first', ARGV[i], ARGV[i + 1])
  redis.call('ZADD', B .. ':seen', ARGV[i + 2], ARGV[i])
end
return 1
`);

/** 2: hash, 3: sorted set, 4 on: field, text, score or empty. Each once. */
export const WRITE_NAMES = script(`
for i = 4, #ARGV, 3 do
  if redis.call('HSETNX', B .. ARGV[2], ARGV[i], ARGV[i + 1]) == 1 and ARGV[i + 2] ~= '' then
    redis.call('ZADD', B .. ARGV[3], ARGV[i + 2], ARGV[i])
  end
end
return 1
`);

/** 2 on: field, raw body, text. Each once, in their order. */
export const WRITE_REFUSALS = script(`
for i = 2, #ARGV, 3 do
  if redis.call('HSETNX', B .. ':refusal', ARGV[i], ARGV[i + 2]) == 1 then
    redis.call('ZADD', B .. ':refusals', num(tick()), ARGV[i])
    local raw = B .. ':raw:' .. ARGV[i + 1]
    if redis.call('EXISTS', raw) == 1 then redis.call('HINCRBY', raw, 'uses', 1) end
  end
end
return 1
`);
