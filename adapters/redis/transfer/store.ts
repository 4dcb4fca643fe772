import type { TransferStore } from "../../../core/ports/index.ts";
import type { StoreKind, TransferKind, TransferRecordOf } from "../../../core/transfer/index.ts";
import { type RedisStoreConfig, type RedisStoreOptions, readConfig } from "../config.ts";
import { type Client, connectionName, makeClient, readiness } from "../connection.ts";
import { readSettings } from "../durability.ts";
import { type ClosableEngine, type Engine, engineOf } from "../engine.ts";
import { callError } from "../errors.ts";
import { meet } from "../meet.ts";
import { JOURNAL_TAG, META_TAG } from "../partitions.ts";
import { replicasOf } from "../replicas.ts";
import { readStanding, writeStanding } from "../standing.ts";
import { entry } from "./entries.ts";
import { delivery, incident, place, READERS, raw, refusal, signature } from "./journal.ts";
import { connectionsOf, keysOf } from "./keys.ts";
import { HOLDERS } from "./queue-scripts.ts";
import { audit, state, version } from "./records.ts";
import { partitionsOf, settings } from "./settings.ts";
import type { TransferTable } from "./table.ts";
import { callback, message, replay, task } from "./tasks.ts";
import { bucket, grant } from "./throttle.ts";

const TABLES: { readonly [K in StoreKind]: TransferTable<K> } = {
  ...{ settings, raw, entry, place, delivery, incident, signature, refusal, callback },
  ...{ bucket, grant, task, message, audit, version, replay, state },
};

function tableOf(kind: TransferKind): TransferTable<TransferKind> | undefined {
  // The table is that of the kind itself, which the compiler cannot follow.
  return Object.hasOwn(TABLES, kind) ? (TABLES[kind as StoreKind] as TransferTable<TransferKind>) : undefined;
}

/**
 * Connects to the servers to read and write the store as records; also one that a transfer has left or not finished.
 * Throws as `openRedisStore` does, but for `store.not_in_force`.
 */
export async function openRedisTransfer(options: RedisStoreOptions): Promise<TransferStore> {
  const config = readConfig(options);
  const client = makeClient(config, connectionName(config.prefix, "transfer"));
  try {
    await readiness(client, config)();
    // Refuses servers that may throw data away.
    await readSettings(client);
    const replicas = replicasOf(client, config.replicaTimeoutMs);
    await replicas.refresh();
    const engine = engineOf(client, config, { replicas, wake: () => undefined });
    await meet(engine);
    return transferOver(client, engine, config);
  } catch (cause) {
    client.disconnect();
    throw callError(cause);
  }
}

function transferOver(client: Client, engine: ClosableEngine, config: RedisStoreConfig): TransferStore {
  const { prefix } = config;
  const content = { prefix, but: engine.base(META_TAG) };
  return {
    read: async (kind, after, limit) => {
      return (await tableOf(kind)?.read(engine, { after, limit })) ?? { records: [], next: null };
    },
    write: async (records) => {
      const [first] = records;
      if (first) await tableOf(first.kind)?.write(engine, records as TransferRecordOf<TransferKind>[]);
    },
    isEmpty: async () => (await keysOf(client, content).next()).done === true,
    clear: async () => {
      for await (const { node, keys } of keysOf(client, content)) {
        await Promise.all(keys.map((key) => node.call("UNLINK", key)));
      }
    },
    standing: () => readStanding(engine),
    stand: (standing) => writeStanding(engine, standing),
    holders: async () => [
      ...(await leaseHolders(engine)),
      ...(await connectionsOf(client, connectionName(prefix, "store"))),
    ],
    close: async () => {
      await engine.close();
      client.disconnect();
    },
  };
}

async function leaseHolders(engine: Engine): Promise<string[]> {
  const partitions = await partitionsOf(engine);
  const holders = await engine.run<string[]>(HOLDERS, JOURNAL_TAG, [partitions, ...Object.keys(READERS)]);
  return [...new Set(holders)].map((holder) => `reader ${holder}`);
}
