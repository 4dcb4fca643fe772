import { ChatOpsError } from "../../core/errors.ts";
import { type StoreStanding, standingFault, UNTOUCHED } from "../../core/transfer/index.ts";
import { serversText } from "./config.ts";
import type { Engine } from "./engine.ts";
import { META_TAG } from "./partitions.ts";
import { script } from "./script.ts";

/** 2: the mark, or empty for none. */
const STAND = script(`
if ARGV[2] == '' then return redis.call('HDEL', B, 'standing') end
return redis.call('HSET', B, 'standing', ARGV[2])
`);

/** What a transfer has made of the store. */
export async function readStanding(engine: Engine): Promise<StoreStanding> {
  const text = await engine.command<string | null>("HGET", [engine.base(META_TAG), "standing"]);
  return text === null ? UNTOUCHED : (JSON.parse(text) as StoreStanding);
}

/** Marks the store, durably when it returns. */
export async function writeStanding(engine: Engine, standing: StoreStanding): Promise<void> {
  const untouched = standing.state === "in_force" && standing.transferId === null;
  await engine.write(STAND, META_TAG, [untouched ? "" : JSON.stringify(standing)]);
}

/** Throws `store.not_in_force` for a store that a transfer has left or not finished. */
export async function requireInForce(engine: Engine): Promise<void> {
  const { servers, prefix } = engine.config;
  const name = `Redis at ${serversText(servers)}, prefix ${prefix}`;
  const fault = standingFault(await readStanding(engine), name);
  if (fault !== null) throw new ChatOpsError(fault, { code: "store.not_in_force", reached: "no" });
}
