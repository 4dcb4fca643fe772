import { script } from "./script.ts";

/**
 * A partition's messages: `o:<key>` each, `heads` (those that may be given out, by lane and age), `od` (their due
 * times), `oh` (until when they are held), `kinds` (how many of each kind), `oq:<task>` (a task's own, in order).
 */
export const MESSAGES = `
-- key, task, lane, kind, due, body from ARGV[i] on; whether it is new
local function addItem(i)
  local key, task, lane, kind, due = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local item = B .. ':o:' .. key
  if redis.call('EXISTS', item) == 1 then return 0 end
  local member = memberOf(key)
  redis.call('HSET', item, 'member', member, 'task', task, 'lane', lane, 'kind', kind, 'due', due,
    'created', num(now()), 'attempts', 0, 'fence', 0, 'body', ARGV[i + 5])
  redis.call('HINCRBY', B .. ':kinds', kind, 1)
  if task ~= '' and redis.call('RPUSH', B .. ':oq:' .. task, member) > 1 then return 1 end
  redis.call('ZADD', B .. ':heads', lane, member)
  redis.call('ZADD', B .. ':od', due, member)
  return 1
end
local function addItems(from)
  local added = 0
  for i = from, #ARGV, 6 do added = added + addItem(i) end
  return added
end
local function holdsItem(key, fence)
  return fence ~= '0' and redis.call('HGET', B .. ':o:' .. key, 'fence') == fence
end
-- 2 when another message of the task may go now
local function settleItem(key)
  local item = B .. ':o:' .. key
  local member, task, kind = unpack(redis.call('HMGET', item, 'member', 'task', 'kind'))
  redis.call('DEL', item)
  for _, zset in ipairs({':heads', ':od', ':oh'}) do redis.call('ZREM', B .. zset, member) end
  redis.call('HINCRBY', B .. ':kinds', kind, -1)
  if task == '' then return 1 end
  local queue = B .. ':oq:' .. task
  redis.call('LREM', queue, 1, member)
  local following = redis.call('LINDEX', queue, 0)
  if not following then return 1 end
  local lane, due = unpack(redis.call('HMGET', B .. ':o:' .. keyOf(following), 'lane', 'due'))
  redis.call('ZADD', B .. ':heads', lane, following)
  redis.call('ZADD', B .. ':od', due, following)
  return 2
end
`;

/** 2 on: messages. How many are new. */
export const ADD = script(`${MESSAGES}
return addItems(2)
`);

/** 2: how many at most. The free messages as lane and member, and the instant in microseconds. */
export const PEEK_ITEMS = script(`
local found, lanes = passed(B .. ':heads', B .. ':od', B .. ':oh', tonumber(ARGV[2]))
local answer = {micros()}
for i, member in ipairs(found) do
  answer[#answer + 1] = lanes[i]
  answer[#answer + 1] = member
end
return answer
`);

/** 2: lease, 3: fence, 4: holder, 5 on: each tag's members. Those that are still free, held from now on. */
export const CLAIM_ITEMS = script(`
local at, claimed, fence = now(), {}, nil
local first, last = own(5)
for i = first, last do
  local member = ARGV[i]
  local due = redis.call('ZSCORE', B .. ':od', member)
  if due and tonumber(due) <= at and scoreOf(B .. ':oh', member) <= at then
    fence = fence or num(tick(tonumber(ARGV[3])))
    local item = B .. ':o:' .. keyOf(member)
    local fields = redis.call('HMGET', item, 'task', 'lane', 'due', 'created', 'attempts', 'body')
    redis.call('HSET', item, 'fence', fence, 'holder', ARGV[4], 'attempts', tonumber(fields[5]) + 1)
    redis.call('ZADD', B .. ':oh', num(at + tonumber(ARGV[2])), member)
    local row = {member, fence, unpack(fields)}
    row[9] = fields[1] ~= '' and redis.call('HGET', B .. ':t:' .. fields[1], 'body')
    claimed[#claimed + 1] = row
  end
end
return claimed
`);

/** 2: key, 3: fence, 4 on: keys behind it, oldest first. 0 when it is not the caller's. */
export const SETTLE = script(`${MESSAGES}
if not holdsItem(ARGV[2], ARGV[3]) then return 0 end
local task = redis.call('HGET', B .. ':o:' .. ARGV[2], 'task')
local settled = settleItem(ARGV[2])
for i = 4, #ARGV do
  if task ~= '' and redis.call('HGET', B .. ':o:' .. ARGV[i], 'task') == task then settled = settleItem(ARGV[i]) end
end
return settled
`);

/** 2: key, 3: fence, 4 on: messages in its place. 0 when it is not the caller's. */
export const REPLACE = script(`${MESSAGES}
if not holdsItem(ARGV[2], ARGV[3]) then return 0 end
settleItem(ARGV[2])
addItems(4)
return 1
`);

/** 2: key, 3: fence, 4: how many at most. Of each message behind it: key, task, lane, due, body. */
export const BEHIND = script(`${MESSAGES}
local answer = {}
if not holdsItem(ARGV[2], ARGV[3]) then return answer end
local task = redis.call('HGET', B .. ':o:' .. ARGV[2], 'task')
if task == '' or tonumber(ARGV[4]) < 1 then return answer end
for _, member in ipairs(redis.call('LRANGE', B .. ':oq:' .. task, 1, ARGV[4])) do
  local key = keyOf(member)
  answer[#answer + 1] = {key, unpack(redis.call('HMGET', B .. ':o:' .. key, 'task', 'lane', 'due', 'body'))}
end
return answer
`);

/** 2: how many at most, 3 and 4: the lanes from and to. Of each: member, lane, fields, until when it is held. */
export const LIST_ITEMS = script(`
local answer = {}
local heads = redis.call('ZRANGE', B .. ':heads', ARGV[3], ARGV[4], 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, member in ipairs(heads) do
  local row = redis.call('HMGET', B .. ':o:' .. keyOf(member), 'task', 'lane', 'kind', 'due', 'created', 'attempts')
  local why = redis.call('HGET', B .. ':o:' .. keyOf(member), 'why')
  local held = scoreOf(B .. ':oh', member)
  answer[#answer + 1] = {member, held > now() and num(held) or '', why or '', unpack(row)}
end
return answer
`);

/** Of each lane that has any: lane, and when the oldest was written. */
export const OLDEST_ITEMS = script(`
local answer = {}
for lane = 1, 5 do
  local first = redis.call('ZRANGE', B .. ':heads', lane, lane, 'BYSCORE', 'LIMIT', 0, 1)[1]
  if first then
    answer[#answer + 1] = lane
    answer[#answer + 1] = redis.call('HGET', B .. ':o:' .. keyOf(first), 'created')
  end
end
return answer
`);

/** 2: key, 3: fence, 4: due, 5: what to add to its tries, 6: why, or empty. 0 when it is not the caller's. */
export const POSTPONE_ITEM = script(`${MESSAGES}
if not holdsItem(ARGV[2], ARGV[3]) then return 0 end
local item = B .. ':o:' .. ARGV[2]
local member = redis.call('HGET', item, 'member')
redis.call('ZREM', B .. ':oh', member)
redis.call('ZADD', B .. ':od', ARGV[4], member)
redis.call('HSET', item, 'due', ARGV[4], 'fence', 0)
redis.call('HINCRBY', item, 'attempts', ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', item, 'why', ARGV[6]) end
return 1
`);

export const NEXT_ITEM = script(`
return lowest(B .. ':od', B .. ':oh')
`);

/** 2: key, 3: fence. */
export const HOLDS = script(`${MESSAGES}
return holdsItem(ARGV[2], ARGV[3]) and 1 or 0
`);
