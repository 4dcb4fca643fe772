import type { ConfigStore, Recorded } from "../../core/ports/index.ts";
import {
  type ConfigChange,
  type ConfigName,
  type ConfigVersion,
  nextVersion,
} from "../../core/versions/index.ts";
import type { Engine } from "./engine.ts";
import { CONFIG_TAG } from "./partitions.ts";
import { script } from "./script.ts";

/** 2: kind, 3: name, 4: the newest version as it must be, 5: the version. Whether it was added. */
const RECORD = script(`
local newest, versions = B .. ':newest:' .. ARGV[2], B .. ':v:' .. ARGV[2] .. ':' .. ARGV[3]
if (redis.call('HGET', newest, ARGV[3]) or '') ~= ARGV[4] then return 0 end
redis.call('RPUSH', versions, ARGV[5])
redis.call('HSET', newest, ARGV[3], ARGV[5])
return 1
`);

/** The versions of the configuration over Redis. */
export function redisConfigStore(engine: Engine): ConfigStore {
  const base = engine.base(CONFIG_TAG);
  const listOf = ({ kind, name }: ConfigName): string => `${base}:v:${kind}:${name}`;
  return {
    record: (change) => record(engine, change),
    versions: async (of) => {
      const texts = await engine.command<string[]>("LRANGE", [listOf(of), 0, -1]);
      return texts.map(versionOf).reverse();
    },
    version: async (of, no) => {
      // An index below 0 would count from the end.
      if (!(no >= 1)) return null;
      const text = await engine.command<string | null>("LINDEX", [listOf(of), Math.floor(no) - 1]);
      return text === null ? null : versionOf(text);
    },
    latest: async (kind) => {
      const texts = await engine.command<string[]>("HVALS", [`${base}:newest:${kind}`]);
      return texts.map(versionOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

function versionOf(text: string): ConfigVersion {
  return JSON.parse(text) as ConfigVersion;
}

/** Tries again behind the version that another added first. */
async function record(engine: Engine, change: ConfigChange): Promise<Recorded> {
  const { kind, name } = change;
  for (;;) {
    const field = [`${engine.base(CONFIG_TAG)}:newest:${kind}`, name];
    const newest = (await engine.command<string | null>("HGET", field)) ?? "";
    const latest = newest === "" ? null : versionOf(newest);
    const version = nextVersion(latest, change);
    if (version === null) return { outcome: "same", version: latest };
    const args = [kind, name, newest, JSON.stringify(version)];
    if ((await engine.write<number>(RECORD, CONFIG_TAG, args)) === 1) return { outcome: "recorded", version };
  }
}
