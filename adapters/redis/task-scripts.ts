import { MESSAGES } from "./outbox-scripts.ts";
import { script } from "./script.ts";

/**
 * A partition's tasks: `t:<id>` each, `due` and `held` (due times and leases), `all` and `s:<state>` (by age),
 * `ids` (by name), `of:<incident>` (by age). Members begin with the number of their making.
 */
const TASKS = `
local function place(member, due)
  if due == '' then redis.call('ZREM', B .. ':due', member)
  else redis.call('ZADD', B .. ':due', due, member) end
end
-- The chain is in a slot of its own: what it shall be told waits here, numbered, until it is there.
local function tell(fact)
  if fact == '' then return end
  local no = redis.call('INCR', B .. ':told')
  redis.call('ZADD', B .. ':facts', no, string.format('%016d', no) .. ':' .. fact)
end
`;

/** 2: id, 3: state, 4: revision, 5: created, 6: due, 7: body, 8: incident, 9: what the audit log is told or empty, 10 on: messages. -1 when it exists, else how many messages are new. */
export const MAKE = script(`${MESSAGES}${TASKS}
local id, state, created = ARGV[2], ARGV[3], ARGV[5]
local task = B .. ':t:' .. id
if redis.call('EXISTS', task) == 1 then return -1 end
local member = memberOf(id)
redis.call('HSET', task, 'member', member, 'state', state, 'revision', ARGV[4], 'created', created, 'fence', 0,
  'body', ARGV[7])
redis.call('ZADD', B .. ':all', created, member)
redis.call('ZADD', B .. ':s:' .. state, created, member)
redis.call('ZADD', B .. ':ids', 0, id)
redis.call('ZADD', B .. ':of:' .. ARGV[8], created, member)
place(member, ARGV[6])
tell(ARGV[9])
return addItems(10)
`);

/**
 * 2: id, 3: expected revision, 4: fence or empty, 5: state, 6: due, 7: body, 8: key of the settled message or
 * empty, 9: its fence, 10: what the audit log is told or empty, 11 on: messages. -1 for a conflict, else how many messages may go now.
 */
export const MOVE = script(`${MESSAGES}${TASKS}
local id, expected, fence, state, settled = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[8]
local task = B .. ':t:' .. id
local member, before, revision, held, created =
  unpack(redis.call('HMGET', task, 'member', 'state', 'revision', 'fence', 'created'))
if not member or revision ~= expected then return -1 end
if fence ~= '' and (fence == '0' or fence ~= held) then return -1 end
if settled ~= '' and not holdsItem(settled, ARGV[9]) then return -1 end
if held ~= '0' then redis.call('ZREM', B .. ':held', member) end
redis.call('HSET', task, 'state', state, 'revision', tonumber(expected) + 1, 'fence', 0, 'body', ARGV[7])
if before ~= state then
  redis.call('ZADD', B .. ':s:' .. state, created, member)
  redis.call('ZREM', B .. ':s:' .. before, member)
end
place(member, ARGV[6])
tell(ARGV[10])
-- Settling first lets a message of this move follow the one that it answers.
local waking = 0
if settled ~= '' and settleItem(settled) == 2 then waking = 1 end
return waking + addItems(11)
`);

/** 2: how many at most. The instant in microseconds, then the free tasks as due time and member. */
export const PEEK_TASKS = script(`
local at, max, answer, from, most = now(), tonumber(ARGV[2]), {micros()}, 0, 4
while #answer < 2 * max do
  -- By rank: to find a score among many that are not due costs several times as much.
  local page = redis.call('ZRANGE', B .. ':due', from, from + most - 1, 'WITHSCORES')
  for i = 1, #page, 2 do
    if tonumber(page[i + 1]) > at then return answer end
    if #answer < 2 * max and scoreOf(B .. ':held', page[i]) <= at then
      answer[#answer + 1] = page[i + 1]
      answer[#answer + 1] = page[i]
    end
  end
  if #page < 2 * most then break end
  from, most = from + most, 100
end
return answer
`);

/** 2: lease, 3: fence, 4: holder, 5 on: each tag's members. Those that are still free, held from now on. */
export const CLAIM_TASKS = script(`
local at, claimed, fence = now(), {}, nil
local first, last = own(5)
for i = first, last do
  local member = ARGV[i]
  local due = redis.call('ZSCORE', B .. ':due', member)
  if due and tonumber(due) <= at and scoreOf(B .. ':held', member) <= at then
    fence = fence or num(tick(tonumber(ARGV[3])))
    local task = B .. ':t:' .. keyOf(member)
    redis.call('HSET', task, 'fence', fence, 'holder', ARGV[4])
    redis.call('ZADD', B .. ':held', num(at + tonumber(ARGV[2])), member)
    claimed[#claimed + 1] = {member, fence, redis.call('HGET', task, 'body')}
  end
end
return claimed
`);

export const NEXT_TASK = script(`
return lowest(B .. ':due', B .. ':held')
`);

/** 2: made before, 3: how many at most, 4 on: names of sorted sets. The newest as member and time. */
export const NEWEST = script(`
local found = {}
for i = 4, #ARGV do
  local page = redis.call('ZREVRANGEBYSCORE', B .. ARGV[i], ARGV[2], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
  for _, one in ipairs(page) do found[#found + 1] = one end
end
return found
`);

/** 2: made before, 3: how many at most, 4: incident, 5 on: states, all when none. The newest as member and time. */
export const NEWEST_OF = script(`
local wanted, found = {}, {}
for i = 5, #ARGV do wanted[ARGV[i]] = true end
local page = redis.call('ZREVRANGEBYSCORE', B .. ':of:' .. ARGV[4], ARGV[2], '-inf', 'WITHSCORES')
for i = 1, #page, 2 do
  if #found >= 2 * tonumber(ARGV[3]) then break end
  local state = redis.call('HGET', B .. ':t:' .. keyOf(page[i]), 'state')
  if #ARGV < 5 or wanted[state] then
    found[#found + 1] = page[i]
    found[#found + 1] = page[i + 1]
  end
end
return found
`);

/** 2 on: names of sorted sets. How many each holds. */
export const COUNTS = script(`
local counts = {}
for i = 2, #ARGV do counts[#counts + 1] = redis.call('ZCARD', B .. ARGV[i]) end
return counts
`);

/** 2: how their ids begin. Such tasks as member and time. */
export const NAMED = script(`
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYLEX', B .. ':ids', '[' .. ARGV[2], '(' .. ARGV[2] .. '\\255')) do
  local created, member = unpack(redis.call('HMGET', B .. ':t:' .. id, 'created', 'member'))
  found[#found + 1] = member
  found[#found + 1] = created
end
return found
`);

/** 2: id. Whether it is made. */
export const EXISTS = script(`
return redis.call('EXISTS', B .. ':t:' .. ARGV[2])
`);

/** 2: a sorted set by age, 3: the instant, 4: how many are passed over, 5: how many at most. Ids of the oldest. */
export const MADE_BEFORE = script(`
local ids = {}
local page = redis.call('ZRANGEBYSCORE', B .. ARGV[2], '-inf', '(' .. ARGV[3], 'LIMIT', ARGV[4], ARGV[5])
for i, member in ipairs(page) do ids[i] = keyOf(member) end
return ids
`);

/**
 * 2: id of a task that has ended, 3: its revision, 4: incident, 5 on: kinds of messages that may name it and wait in no
 * line of its own; while any such waits in the partition nothing of it goes. 1 when it is gone.
 */
export const FORGET_TASK = script(`
local task = B .. ':t:' .. ARGV[2]
local member, state, revision = unpack(redis.call('HMGET', task, 'member', 'state', 'revision'))
if not member or revision ~= ARGV[3] then return 0 end
if redis.call('EXISTS', B .. ':oq:' .. ARGV[2]) == 1 then return 0 end
for i = 5, #ARGV do
  if tonumber(redis.call('HGET', B .. ':kinds', ARGV[i]) or 0) > 0 then return 0 end
end
for _, index in ipairs({':all', ':s:' .. state, ':of:' .. ARGV[4], ':due', ':held'}) do
  redis.call('ZREM', B .. index, member)
end
redis.call('ZREM', B .. ':ids', ARGV[2])
redis.call('DEL', task)
return 1
`);
