import { script } from "./script.ts";

/**
 * The journal, all of it under one hash tag so that a delivery is one write: `e:<partition>` (a stream of entries,
 * each at `<position>-0`), `heads` (the last position of each), `index` (where an event stands),
 * `first` and `seen` (delivery keys, each by the id of its first event), `incident` and `closed`, `signature` and `expiry`, `raw:<ref>` and `rawat` (raw
 * bodies), `refusals` and `refusal` (bodies that made no event), `place:<reader>:<partition>`.
 *
 * What many events change alike is collected and written once, at the end of the script.
 */
export const ENTRIES = `
local at = num(now())
-- Lua hands over a few thousand arguments at most.
local WIDTH = 1000
local collected = {}
local function collect(command, key, one, two)
  local list = collected[key]
  if not list then
    list = { command = command, key = B .. key, size = 0 }
    collected[key] = list
  end
  local size = list.size
  list[size + 1], list[size + 2] = one, two
  list.size = size + 2
end
local function finish()
  for _, list in pairs(collected) do
    for from = 1, list.size, WIDTH do
      redis.call(list.command, list.key, unpack(list, from, math.min(from + WIDTH - 1, list.size)))
    end
  end
end
local heads = {}
local function addEntry(partition, kind, id, raw, body)
  local position = (heads[partition] or tonumber(redis.call('HGET', B .. ':heads', partition) or 0)) + 1
  heads[partition] = position
  redis.call('XADD', B .. ':e:' .. partition, position .. '-0', 'kind', kind, 'id', id, 'at', at, 'raw', raw, 'body', body)
  collect('HSET', ':heads', partition, position)
  return position
end
local function append(partition, kind, id, raw, body)
  local position = addEntry(partition, kind, id, raw, body)
  collect('HSET', ':index', id, partition .. '-' .. position)
end
local function keepRaw(ref, kind, bytes, uses)
  local raw = B .. ':raw:' .. ref
  if redis.call('EXISTS', raw) == 0 then redis.call('HSET', raw, 'type', kind, 'bytes', bytes, 'uses', uses)
  elseif uses > 0 then redis.call('HINCRBY', raw, 'uses', uses) end
  collect('ZADD', ':rawat', at, ref)
end
local function dropRaw(ref)
  redis.call('DEL', B .. ':raw:' .. ref)
  redis.call('ZREM', B .. ':rawat', ref)
end
`;

/** 2, 3, 4: how many delivery keys, incidents and signatures follow. The instant, and what each list names. */
export const FACTS = script(`
local from, answer = 5, {num(now())}
for i, hash in ipairs({':first', ':incident', ':signature'}) do
  local texts, last = {}, from + tonumber(ARGV[i + 1]) - 1
  for some = from, last, 1000 do
    local page = redis.call('HMGET', B .. hash, unpack(ARGV, some, math.min(some + 999, last)))
    for _, text in ipairs(page) do texts[#texts + 1] = text end
  end
  from = last + 1
  answer[i + 1] = texts
end
return answer
`);

/**
 * 2: the deliveries as JSON, 3 on: their bodies; both as `appendArgs` lays them out. Each is stored whole if everything
 * that its decision rested on still stands, else left. Per delivery: 1 stored, 0 something changed, or the id of an
 * event that is stored already.
 */
export const APPEND = script(`${ENTRIES}
local HASHES = { first = ':first', incident = ':incident', signature = ':signature', event = ':index' }
local stored, asked = {}, {}
for kind in pairs(HASHES) do stored[kind], asked[kind] = {}, {} end
local function ask(kind, field)
  if stored[kind][field] ~= nil then return end
  stored[kind][field] = false
  table.insert(asked[kind], field)
end
local function fetch(deliveries)
  for _, delivery in ipairs(deliveries) do
    for _, fact in ipairs(delivery.facts) do ask(fact[1], fact[2]) end
    for _, event in ipairs(delivery.events) do ask('event', event[2]) end
  end
  for kind, fields in pairs(asked) do
    for from = 1, #fields, WIDTH do
      local last = math.min(from + WIDTH - 1, #fields)
      local page = redis.call('HMGET', B .. HASHES[kind], unpack(fields, from, last))
      for i, text in ipairs(page) do stored[kind][fields[from + i - 1]] = text end
    end
  end
end
local function stands(facts)
  for _, fact in ipairs(facts) do
    local kind, expected = fact[1], fact[3]
    local text = stored[kind][fact[2]]
    -- Of an event only that it is there matters, not where.
    if kind == 'event' then
      if not text then return false end
    elseif (text or nil) ~= expected then return false end
  end
  return true
end
local function change(kind, field, text)
  stored[kind][field] = text
  collect('HSET', HASHES[kind], field, text)
end
local came = {}
-- What names the body that an event came in.
local function rawRefOf(id)
  if came[id] then return came[id] end
  local partition, position = string.match(redis.call('HGET', B .. ':index', id) or '', '^(%d+)-(%d+)$')
  local entry = partition and redis.call('XRANGE', B .. ':e:' .. partition, position, position)[1]
  return entry and entry[2][8] or ''
end
local function isKept(ref, again)
  return again and string.sub(rawRefOf(again), -#ref) == ref
end
local function store(delivery, first)
  if not stands(delivery.facts) then return 0 end
  for _, event in ipairs(delivery.events) do
    if stored.event[event[2]] then return event[2] end
  end
  local raw = delivery.raw
  if raw and not isKept(raw[1], delivery.again) then
    keepRaw(raw[1], raw[2], ARGV[first], #delivery.events)
  end
  for i, event in ipairs(delivery.events) do
    append(event[1], 'event', event[2], raw[1], ARGV[first + i])
    stored.event[event[2]], came[event[2]] = '=', raw[1]
  end
  for _, key in ipairs(delivery.firsts) do change('first', key[1], key[2]) end
  for _, key in ipairs(delivery.seen) do collect('ZADD', ':seen', at, key) end
  for _, one in ipairs(delivery.incidents) do
    change('incident', one[1], one[2])
    -- Not collected: of several changes in one script the last one counts.
    if one[3] == 'closed' then redis.call('ZADD', B .. ':closed', at, one[1])
    elseif one[3] == 'reopened' then redis.call('ZREM', B .. ':closed', one[1]) end
  end
  for _, one in ipairs(delivery.signatures) do
    local expires = num(tonumber(at) + one[3])
    -- Others of the batch rest on the text as it was decided.
    stored.signature[one[1]] = one[2]
    collect('HSET', ':signature', one[1], '{"expiresAtMs":' .. expires .. string.match(one[2], ',.*$'))
    collect('ZADD', ':expiry', expires, one[1])
  end
  return 1
end
local deliveries, outcomes, from = cjson.decode(ARGV[2]), {}, 3
fetch(deliveries)
for i, delivery in ipairs(deliveries) do
  outcomes[i] = store(delivery, from)
  if delivery.raw then from = from + 1 + #delivery.events end
end
finish()
return outcomes
`);

/** 2: field, 3: what is told of it, 4: reference, 5: content type, 6: bytes, 7: how many are kept. */
export const REFUSE = script(`${ENTRIES}
local field, ref = ARGV[2], ARGV[4]
local order = tick()
local stored = redis.call('HGET', B .. ':refusal', field)
local count = stored and tonumber(string.match(stored, '^%d+')) or 0
keepRaw(ref, ARGV[5], ARGV[6], stored and 0 or 1)
redis.call('HSET', B .. ':refusal', field, (count + 1) .. ' ' .. at .. ' ' .. ARGV[3])
redis.call('ZADD', B .. ':refusals', num(order), field)
finish()
while redis.call('ZCARD', B .. ':refusals') > tonumber(ARGV[7]) do
  local gone = redis.call('ZPOPMIN', B .. ':refusals')[1]
  local told = cjson.decode(string.match(redis.call('HGET', B .. ':refusal', gone), '^%S+ %S+ (.*)$'))
  redis.call('HDEL', B .. ':refusal', gone)
  if redis.call('HINCRBY', B .. ':raw:' .. told.rawRef, 'uses', -1) <= 0 then dropRaw(told.rawRef) end
end
return 1
`);

/** 2: how many at most. What is told of the newest. */
export const REFUSALS = script(`
local fields = redis.call('ZREVRANGE', B .. ':refusals', 0, tonumber(ARGV[2]) - 1)
if ARGV[2] == '0' or #fields == 0 then return {} end
local told = {}
for i, field in ipairs(fields) do told[i] = redis.call('HGET', B .. ':refusal', field) end
return told
`);

/** 2: id. The event's text. */
export const EVENT = script(`
local partition, position = string.match(redis.call('HGET', B .. ':index', ARGV[2]) or '', '^(%d+)-(%d+)$')
if not partition then return false end
local entry = redis.call('XRANGE', B .. ':e:' .. partition, position, position)[1]
if not entry or entry[2][2] ~= 'event' then return false end
return entry[2][10]
`);

const PLACE = `
local place = B .. ':place:' .. ARGV[2] .. ':' .. ARGV[3]
local function field(name) return redis.call('HGET', place, name) end
`;

/** 2, 3: place, 4: holder, 5: lease. The fence, nothing while another holds it. */
export const LEASE = script(`${PLACE}
local at, same = now(), field('holder') == ARGV[4]
if not same and tonumber(field('until') or '-inf') > at then return false end
local fence = same and field('fence') or num(tick())
redis.call('HSET', place, 'holder', ARGV[4], 'fence', fence, 'until', num(at + tonumber(ARGV[5])))
return fence
`);

/** 2, 3: place, 4: how many at most. Entries as position, kind and body; for the rules, that of verdicts is empty. */
export const READ = script(`${PLACE}
if ARGV[4] == '0' then return {} end
local after = tonumber(field('position') or 0)
local entries = redis.call('XRANGE', B .. ':e:' .. ARGV[3], num(after + 1) .. '-0', '+', 'COUNT', ARGV[4])
local answer = {}
for i, entry in ipairs(entries) do
  local isMade = ARGV[2] == 'rules' and entry[2][2] == 'verdict'
  answer[i] = {entry[1], entry[2][2], isMade and '[]' or entry[2][10]}
end
return answer
`);

/**
 * 2, 3: place, 4: fence, 5, 6: positions of the first and last entry, 7, 8: key and text of verdicts, if any. 1 when
 * it moved, 0 when it was done before, -1 when that is refused.
 */
export const COMMIT = script(`${ENTRIES}${PLACE}
if not field('holder') or field('fence') ~= ARGV[4] then return -1 end
local position = tonumber(field('position') or 0)
if tonumber(ARGV[6]) <= position then return 0 end
if tonumber(ARGV[5]) <= position then return -1 end
redis.call('HSET', place, 'position', ARGV[6])
if ARGV[7] then addEntry(ARGV[3], 'verdict', ARGV[7], '', ARGV[8]) end
finish()
return 1
`);

/** 2: reader, 3: partitions. Entries written and not yet passed. */
export const LAG = script(`
local lag = 0
for partition = 0, tonumber(ARGV[3]) - 1 do
  local written = tonumber(redis.call('HGET', B .. ':heads', partition) or 0)
  local position = tonumber(redis.call('HGET', B .. ':place:' .. ARGV[2] .. ':' .. partition, 'position') or 0)
  lag = lag + math.max(0, written - position)
end
return lag
`);
