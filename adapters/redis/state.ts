import type {
  StateChange,
  StateDocument,
  StateKind,
  StateOutcome,
  StateStore,
} from "../../core/ports/index.ts";
import type { Arg, Engine } from "./engine.ts";
import { joined } from "./joined.ts";
import { STATE_TAG } from "./partitions.ts";
import { script } from "./script.ts";

/**
 * The documents of a kind are one hash `k:<kind>`, by name: revision, space, body. The revision is the store's
 * `tick`, which grows also where a replica took over that had missed the last changes.
 *
 * 2: kind, 3: name, 4: expected revision, empty for none, 5: body, empty to remove it. 1 and the revision, or 0 and
 * what is stored.
 */
const CHANGE = script(`
local documents, name = B .. ':k:' .. ARGV[2], ARGV[3]
local stored = redis.call('HGET', documents, name) or ''
if string.match(stored, '^%S*') ~= ARGV[4] then return {0, stored} end
local revision = num(tick())
if ARGV[5] == '' then redis.call('HDEL', documents, name)
else redis.call('HSET', documents, name, revision .. ' ' .. ARGV[5]) end
return {1, revision}
`);

/** Shared documents over Redis. */
export function redisState(engine: Engine): StateStore {
  const base = engine.base(STATE_TAG);
  return {
    get: async (kind, name) => {
      const stored = await engine.command<string | null>("HGET", [`${base}:k:${kind}`, name]);
      return stored === null ? null : documentOf(name, stored);
    },
    list: async <Kind extends StateKind>(kind: Kind) => {
      const flat = await engine.command<string[]>("HGETALL", [`${base}:k:${kind}`]);
      const found: StateDocument<Kind>[] = [];
      for (let i = 0; i < flat.length; i += 2) found.push(documentOf(flat[i] ?? "", flat[i + 1] ?? ""));
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    put: (change) => put(engine, change),
    remove: async (kind, name, expected) => {
      const [done] = await changeNow(engine, [kind, name, expected, ""]);
      return done === 1;
    },
    version: joined(async () => Number((await engine.command<string | null>("GET", [`${base}:tick`])) ?? 0)),
  };
}

function documentOf<Kind extends StateKind>(name: string, stored: string): StateDocument<Kind> {
  const space = stored.indexOf(" ");
  return { name, revision: Number(stored.slice(0, space)), body: JSON.parse(stored.slice(space + 1)) };
}

async function changeNow(engine: Engine, args: readonly Arg[]): Promise<[done: number, text: string]> {
  const answer = await engine.write<[number, string]>(CHANGE, STATE_TAG, args);
  if (answer[0] === 1) engine.wake("state");
  return answer;
}

async function put<Kind extends StateKind>(
  engine: Engine,
  { kind, name, expected, body }: StateChange<Kind>,
): Promise<StateOutcome<Kind>> {
  const json = JSON.stringify(body);
  const [done, text] = await changeNow(engine, [kind, name, expected ?? "", json]);
  if (done === 1) return { outcome: "stored", document: documentOf(name, `${text} ${json}`) };
  return { outcome: "conflict", current: text === "" ? null : documentOf(name, text) };
}
