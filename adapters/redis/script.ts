import { createHash } from "node:crypto";

/** The text of a Lua script. */
export interface Source {
  text: string;
  /** What the server knows it by once it was sent. */
  sha: string;
}

/** A Lua script that runs on the keys of one hash tag, or of several in one call, one after the other. */
export interface Script {
  /** For one call. */
  single: Source;
  /** For several calls that leave as one, each as it would be alone. */
  joint: Source;
}

/**
 * Before each script, which is run once for each hash tag: `B` is the beginning of every key it may touch, all of one hash tag; `ARGV[1]` is the
 * caller's time, empty for the server's own. Numbers travel as text with 17 digits, which gives back the very
 * same number. `tick` grows with each call whatever the clock does; it numbers things and fences claims.
 */
const PRELUDE = `
local B, AT, SERVER, LAST
local function num(x) return string.format('%.17g', x) end
-- The server's clock stands still while a script runs.
local function server()
  if not SERVER then
    local t = redis.call('TIME')
    SERVER = tonumber(t[1]) * 1000000 + tonumber(t[2])
  end
  return SERVER
end
local function now()
  if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
  return math.floor(server() / 1000)
end
local function tick(atLeast)
  local at = atLeast or server()
  LAST = LAST or tonumber(redis.call('GET', B .. ':tick') or 0)
  if at <= LAST then at = LAST + 1 end
  LAST = at
  redis.call('SET', B .. ':tick', num(at))
  return at
end
local function micros() return num(server()) end
-- What only this hash tag is given: how many, then these, tag after tag, from ARGV[first] on.
local function own(first)
  local from = AT or first
  AT = from + tonumber(ARGV[from]) + 1
  return from + 1, AT - 1
end
local function memberOf(key) return string.format('%016d', tick()) .. ':' .. key end
local function keyOf(member) return string.sub(member, 18) end
local function scoreOf(zset, member) return tonumber(redis.call('ZSCORE', zset, member) or '-inf') end
-- Up to max members, in the order of a sorted set, whose scores in the two others have passed, and their scores in it.
local function passed(zset, due, held, max)
  local found, ranks, at, from = {}, {}, now(), 0
  while #found < max do
    local scored = redis.call('ZRANGE', zset, from, from + 99, 'WITHSCORES')
    if #scored == 0 then break end
    local page = {}
    for i = 1, #scored, 2 do page[#page + 1] = scored[i] end
    local dues, untils = redis.call('ZMSCORE', due, unpack(page)), redis.call('ZMSCORE', held, unpack(page))
    for i, member in ipairs(page) do
      local ready = not dues[i] or tonumber(dues[i]) <= at
      if ready and (not untils[i] or tonumber(untils[i]) <= at) and #found < max then
        found[#found + 1] = member
        ranks[#found] = scored[2 * i]
      end
    end
    if #page < 100 then break end
    from = from + 100
  end
  return found, ranks
end
-- The lowest score among the members that nobody holds. It is among the first few as a rule: more are read only then.
local function lowest(zset, held)
  local at, from, most = now(), 0, 4
  while true do
    local page = redis.call('ZRANGE', zset, from, from + most - 1, 'WITHSCORES')
    if #page == 0 then return false end
    local members = {}
    for i = 1, #page, 2 do members[#members + 1] = page[i] end
    local untils = redis.call('ZMSCORE', held, unpack(members))
    for i = 1, #members do
      if not untils[i] or tonumber(untils[i]) <= at then return page[2 * i] end
    end
    from, most = from + most, 100
  end
end
`;

const SINGLE = `
local answers = {}
for i, key in ipairs(KEYS) do
  B, LAST = key, nil
  answers[i] = work() or false
end
return answers
`;

/**
 * Of each key: how many arguments, then these. One that fails does so alone; the first one as the whole script, before
 * another began, so that a server that takes no writes at all says so as it does to a single call.
 */
const JOINT = `
local answers, from = {}, 1
for i, key in ipairs(KEYS) do
  local count = tonumber(ALL[from])
  ARGV = {unpack(ALL, from + 1, from + count)}
  from = from + count + 1
  B, AT, LAST = key, nil, nil
  if i == 1 then answers[i] = work() or false
  else
    local ok, answer = pcall(work)
    if not ok and type(answer) ~= 'table' then answer = redis.error_reply('ERR ' .. answer) end
    answers[i] = answer or false
  end
end
return answers
`;

/** Makes a script of its body. Its answer is one for each hash tag, in their order. */
export function script(body: string): Script {
  const text = `${PRELUDE}
local function work()
${body}
end
`;
  return {
    single: sourceOf(`${text}${SINGLE}`),
    joint: sourceOf(`local ALL, ARGV = ARGV, nil\n${text}${JOINT}`),
  };
}

function sourceOf(text: string): Source {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}
