import type { Engine } from "../engine.ts";
import { META_TAG } from "../partitions.ts";
import type { TransferTable } from "./table.ts";

/** The number of partitions goes along, so that the order within them does too. */
export const settings: TransferTable<"settings"> = {
  read: async (engine) => {
    const body = { partitions: await partitionsOf(engine) };
    return { records: [{ kind: "settings", key: "journal", body }], next: null };
  },
  write: async (engine, [record]) => {
    if (record) await engine.command("HSET", [engine.base(META_TAG), "partitions", record.body.partitions]);
  },
};

/** Of the journal; of one that was never opened, the number that it would get. */
export async function partitionsOf(engine: Engine): Promise<number> {
  const stored = await engine.command<string | null>("HGET", [engine.base(META_TAG), "partitions"]);
  return stored === null ? engine.config.partitions : Number(stored);
}
