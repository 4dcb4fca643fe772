import type { Journal, Queue, StorePorts } from "../../core/ports/index.ts";
import { redisAudit } from "./audit.ts";
import { type RedisStoreConfig, type RedisStoreOptions, readConfig } from "./config.ts";
import { redisConfigStore } from "./config-store.ts";
import { type Client, connectionName, makeClient, readiness } from "./connection.ts";
import { readSettings, type ServerSettings, type Warning, warningsOf } from "./durability.ts";
import { type Engine, engineOf } from "./engine.ts";
import { callError } from "./errors.ts";
import { redisInbox } from "./inbox.ts";
import { redisJournal } from "./journal.ts";
import { appender } from "./journal-append.ts";
import { redisLeases } from "./leases.ts";
import { meet } from "./meet.ts";
import { redisOutbox } from "./outbox.ts";
import { endOwnLeases } from "./own-leases.ts";
import { META_TAG } from "./partitions.ts";
import { redisReplays } from "./replays.ts";
import { replicasOf } from "./replicas.ts";
import { script } from "./script.ts";
import { requireInForce } from "./standing.ts";
import { redisState } from "./state.ts";
import { redisTasks } from "./tasks.ts";
import { redisThrottle } from "./throttle.ts";
import { wakeCalls } from "./wake.ts";

/** The store on Redis: all ports over one server or cluster, for any number of processes. */
export interface RedisStore extends StorePorts {
  /**
   * Called after writes of this process or another that may have given a queue new work. A call may get lost
   * between processes: whoever waits must also look by itself from time to time.
   */
  onWrite(listener: (what: Queue) => void): void;
  /**
   * Makes a small durable write and reads the server's settings anew. Rejects as every write would now, and with
   * `store.bad_settings` when the server may throw data away, `store.not_in_force` when the data moved elsewhere.
   */
  check(): Promise<void>;
  /** Which promise is reduced to what by the server's settings, as last read. */
  warnings(): Warning[];
  /** Bytes that the server had in use, as last read. */
  sizeBytes(): number;
  /** Waits for the calls under way and ends the connections. Later calls fail with `store.closed`. */
  close(): Promise<void>;
}

const CHECK = script(`
return redis.call('HINCRBY', B, 'checks', 1)
`);

/**
 * Connects to the servers and opens the store on them. Throws `store.unreachable`, `store.bad_settings` (the server
 * may evict keys), `store.newer_version`, `store.not_in_force`, `store.refused` (for example a wrong password) or `store.bad_option`.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const config = readConfig(options);
  const client = makeClient(config, connectionName(config.prefix, "store"));
  const subscriber = makeClient(config, connectionName(config.prefix, "store"));
  try {
    await readiness(client, config)();
    return await storeOver({ client, subscriber }, config);
  } catch (cause) {
    client.disconnect();
    subscriber.disconnect();
    throw callError(cause);
  }
}

interface Clients {
  client: Client;
  subscriber: Client;
}

async function storeOver({ client, subscriber }: Clients, config: RedisStoreConfig): Promise<RedisStore> {
  const replicas = replicasOf(client, config.replicaTimeoutMs);
  const channel = `${config.prefix}wake`;
  const calls = wakeCalls({ publisher: client, subscriber }, channel, config.log);
  const engine = engineOf(client, config, { replicas, wake: calls.wake });
  let settings: (ServerSettings | null)[] = [];
  const look = async (): Promise<void> => {
    settings = await readSettings(client);
    await replicas.refresh();
  };
  await look();
  const partitions = await meet(engine);
  await requireInForce(engine);
  if (config.holder !== undefined) await takeUp(engine, config.holder);
  const deliveries = appender(engine, partitions);
  await listen(subscriber, channel, config);
  return {
    ...portsOver(engine, redisJournal(engine, partitions, deliveries)),
    onWrite: calls.onWrite,
    check: () => check(engine, look),
    warnings: () => warningsOf(settings, replicas.lost()),
    sizeBytes: () => settings.reduce((sum, one) => sum + (one?.usedBytes ?? 0), 0),
    close: async () => {
      await deliveries.finish();
      await engine.close();
      calls.close();
      client.disconnect();
    },
  };
}

function portsOver(engine: Engine, journal: Journal) {
  return {
    journal,
    inbox: redisInbox(engine),
    tasks: redisTasks(engine),
    outbox: redisOutbox(engine),
    throttle: redisThrottle(engine),
    audit: redisAudit(engine),
    configs: redisConfigStore(engine),
    replays: redisReplays(engine),
    leases: redisLeases(engine),
    state: redisState(engine),
  };
}

async function takeUp(engine: Engine, holder: string): Promise<void> {
  const freed = await endOwnLeases(engine, holder);
  if (freed > 0) engine.config.log.info({ freed }, "what the process before held is free");
}

async function listen(subscriber: Client, channel: string, config: RedisStoreConfig): Promise<void> {
  await readiness(subscriber, config)();
  await subscriber.subscribe(channel);
}

async function check(engine: Engine, look: () => Promise<void>): Promise<void> {
  await engine.write(CHECK, META_TAG);
  await requireInForce(engine);
  try {
    await look();
  } catch (cause) {
    throw callError(cause);
  }
}
