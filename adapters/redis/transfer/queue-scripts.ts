import { MESSAGES } from "../outbox-scripts.ts";
import { script } from "../script.ts";

/** 2: `open` or `done`, 3: how many to pass over, 4: how many at most. Per item: key, received, attempts, payload, due or nothing. */
export const READ_CALLBACKS = script(`
local answer = {}
for _, member in ipairs(redis.call('ZRANGE', B .. ':' .. ARGV[2], ARGV[3], ARGV[3] + ARGV[4] - 1)) do
  local key = keyOf(member)
  local received, attempts, payload = unpack(redis.call('HMGET', B .. ':i:' .. key, 'received', 'attempts', 'payload'))
  answer[#answer + 1] = {key, received, attempts, payload, redis.call('ZSCORE', B .. ':wait', member)}
end
return answer
`);

/** 2 on: key, received, attempts, due or empty, payload or empty when it is done. Each once. */
export const WRITE_CALLBACKS = script(`
for i = 2, #ARGV, 5 do
  local item = B .. ':i:' .. ARGV[i]
  if redis.call('EXISTS', item) == 0 then
    local member = memberOf(ARGV[i])
    redis.call('HSET', item, 'member', member, 'received', ARGV[i + 1], 'attempts', ARGV[i + 2], 'fence', 0)
    if ARGV[i + 4] == '' then redis.call('ZADD', B .. ':done', ARGV[i + 1], member)
    else
      redis.call('HSET', item, 'payload', ARGV[i + 4])
      redis.call('ZADD', B .. ':open', ARGV[i + 1], member)
      if ARGV[i + 3] ~= '' then redis.call('ZADD', B .. ':wait', ARGV[i + 3], member) end
    end
  end
end
return 1
`);

/** 2: how many heads to pass over, 3: how many at most. Per message: key, task, place among the task's, lane, due, created, attempts, body. */
export const READ_MESSAGES = script(`
local answer = {}
local function tell(member, no)
  local fields = redis.call('HMGET', B .. ':o:' .. keyOf(member), 'task', 'lane', 'due', 'created', 'attempts', 'body')
  answer[#answer + 1] = {keyOf(member), no, unpack(fields)}
end
local heads = redis.call('ZRANGE', B .. ':heads', ARGV[2], ARGV[2] + ARGV[3] - 1)
for _, member in ipairs(heads) do
  local task = redis.call('HGET', B .. ':o:' .. keyOf(member), 'task')
  if task == '' then tell(member, 1)
  else for no, one in ipairs(redis.call('LRANGE', B .. ':oq:' .. task, 0, -1)) do tell(one, no) end end
end
return {#heads, answer}
`);

/** 2 on: messages as they are added, each with instant of its making and tries behind it. Each once. */
export const WRITE_MESSAGES = script(`${MESSAGES}
for i = 2, #ARGV, 8 do
  if addItem(i) == 1 then
    redis.call('HSET', B .. ':o:' .. ARGV[i], 'created', ARGV[i + 6], 'attempts', ARGV[i + 7])
  end
end
return 1
`);

/** 2: hash, 3: sorted set, 4 on: field, text, score. Each once; the score of what is there stays too. */
export const WRITE_SCORED = script(`
for i = 4, #ARGV, 3 do
  redis.call('HSETNX', B .. ARGV[2], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', B .. ARGV[3], 'NX', ARGV[i + 2], ARGV[i])
end
return 1
`);

/** 2: sorted set, 3: hash, 4: how many to pass over, 5: how many at most. Per name: field, score, text. */
export const READ_SCORED = script(`
local page = redis.call('ZRANGE', B .. ARGV[2], ARGV[4], ARGV[4] + ARGV[5] - 1, 'WITHSCORES')
local answer = {}
for i = 1, #page, 2 do
  answer[#answer + 1] = {page[i], page[i + 1], redis.call('HGET', B .. ARGV[3], page[i])}
end
return answer
`);

/** 2: number, 3: entry, and so on. Each once. */
export const WRITE_AUDIT = script(`
for i = 2, #ARGV, 2 do
  if redis.call('ZCOUNT', B .. ':chain', ARGV[i], ARGV[i]) == 0 then
    redis.call('ZADD', B .. ':chain', ARGV[i], ARGV[i + 1])
  end
end
return 1
`);

/** 2 on: kind, name, number, version. Each once, in the order of their numbers. */
export const WRITE_VERSIONS = script(`
for i = 2, #ARGV, 4 do
  local versions = B .. ':v:' .. ARGV[i] .. ':' .. ARGV[i + 1]
  if redis.call('LLEN', versions) < tonumber(ARGV[i + 2]) then
    redis.call('RPUSH', versions, ARGV[i + 3])
    redis.call('HSET', B .. ':newest:' .. ARGV[i], ARGV[i + 1], ARGV[i + 3])
  end
end
return 1
`);

/** 2: sorted set, 3: beginning of the keys, 4: how many to pass over, 5: how many at most. Per member: key and body. */
export const READ_BODIES = script(`
local answer = {}
for _, member in ipairs(redis.call('ZRANGE', B .. ARGV[2], ARGV[4], ARGV[4] + ARGV[5] - 1)) do
  local key = keyOf(member)
  answer[#answer + 1] = {key, redis.call('HGET', B .. ARGV[3] .. key, 'body')}
end
return answer
`);

/** 2: partitions, 3 on: readers. Holders of places whose leases last. */
export const HOLDERS = script(`
local found = {}
for i = 3, #ARGV do
  for partition = 0, tonumber(ARGV[2]) - 1 do
    local holder, till = unpack(redis.call('HMGET', B .. ':place:' .. ARGV[i] .. ':' .. partition, 'holder', 'until'))
    if holder and tonumber(till or 0) > now() then found[#found + 1] = holder end
  end
end
return found
`);

/** 2 on: kind, name, text. Each once, with a revision of its own. */
export const WRITE_STATE = script(`
for i = 2, #ARGV, 3 do
  local documents = B .. ':k:' .. ARGV[i]
  if redis.call('HEXISTS', documents, ARGV[i + 1]) == 0 then
    redis.call('HSET', documents, ARGV[i + 1], num(tick()) .. ' ' .. ARGV[i + 2])
  end
end
return 1
`);
