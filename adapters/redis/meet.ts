import type { Engine } from "./engine.ts";
import { newerError } from "./errors.ts";
import { META_TAG } from "./partitions.ts";
import { script } from "./script.ts";

/** Of the keys and what they hold. Another version has another prefix. */
const SCHEMA_VERSION = 1;

/** 2: version, 3: partitions. The version and the number of partitions that the data has. */
const MEET = script(`
redis.call('HSETNX', B, 'version', ARGV[2])
redis.call('HSETNX', B, 'partitions', ARGV[3])
return redis.call('HMGET', B, 'version', 'partitions')
`);

/** The number of partitions is fixed by the first opening: another would tear the order of what is stored. */
export async function meet(engine: Engine): Promise<number> {
  const { config } = engine;
  const [version = "", stored = ""] = await engine.run<string[]>(MEET, META_TAG, [
    SCHEMA_VERSION,
    config.partitions,
  ]);
  if (version !== String(SCHEMA_VERSION)) throw newerError(version, SCHEMA_VERSION);
  const partitions = Number(stored);
  if (partitions !== config.partitions) {
    config.log.warn(
      { stored: partitions, asked: config.partitions },
      "the journal keeps its number of partitions",
    );
  }
  return partitions;
}
