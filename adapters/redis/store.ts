import type {
  Audit,
  ConfigStore,
  Inbox,
  Journal,
  Leases,
  Outbox,
  ReplayStore,
  StateStore,
  TaskStore,
  ThrottleStore,
} from "../../core/ports/index.ts";
import { redisAudit } from "./audit.ts";
import { type RedisStoreConfig, type RedisStoreOptions, readConfig } from "./config.ts";
import { redisConfigStore } from "./config-store.ts";
import { type Client, makeClient, readiness } from "./connection.ts";
import { readSettings, type ServerSettings, type Warning, warningsOf } from "./durability.ts";
import { type Engine, engineOf, type Queue } from "./engine.ts";
import { callError, newerError } from "./errors.ts";
import { redisInbox } from "./inbox.ts";
import { redisJournal } from "./journal.ts";
import { appender } from "./journal-append.ts";
import { redisLeases } from "./leases.ts";
import { redisOutbox } from "./outbox.ts";
import { endOwnLeases } from "./own-leases.ts";
import { META_TAG } from "./partitions.ts";
import { redisReplays } from "./replays.ts";
import { replicasOf } from "./replicas.ts";
import { script } from "./script.ts";
import { redisState } from "./state.ts";
import { redisTasks } from "./tasks.ts";
import { redisThrottle } from "./throttle.ts";
import { wakeCalls } from "./wake.ts";

/** The store on Redis: all ports over one server or cluster, for any number of processes. */
export interface RedisStore {
  journal: Journal;
  inbox: Inbox;
  tasks: TaskStore;
  outbox: Outbox;
  throttle: ThrottleStore;
  audit: Audit;
  configs: ConfigStore;
  replays: ReplayStore;
  leases: Leases;
  state: StateStore;
  /**
   * Called after writes of this process or another that may have given a queue new work. A call may get lost
   * between processes: whoever waits must also look by itself from time to time.
   */
  onWrite(listener: (what: Queue) => void): void;
  /**
   * Makes a small durable write and reads the server's settings anew. Rejects as every write would now, and with
   * `store.bad_settings` when the server may throw data away.
   */
  check(): Promise<void>;
  /** Which promise is reduced to what by the server's settings, as last read. */
  warnings(): Warning[];
  /** Bytes that the server had in use, as last read. */
  sizeBytes(): number;
  /** Waits for the calls under way and ends the connections. Later calls fail with `store.closed`. */
  close(): Promise<void>;
}

/** Of the keys and what they hold. Another version has another prefix. */
const SCHEMA_VERSION = 1;

/** 2: version, 3: partitions. The version and the number of partitions that the data has. */
const MEET = script(`
redis.call('HSETNX', B, 'version', ARGV[2])
redis.call('HSETNX', B, 'partitions', ARGV[3])
return redis.call('HMGET', B, 'version', 'partitions')
`);

const CHECK = script(`
return redis.call('HINCRBY', B, 'checks', 1)
`);

/**
 * Connects to the servers and opens the store on them. Throws `store.unreachable`, `store.bad_settings` (the server
 * may evict keys), `store.newer_version`, `store.refused` (for example a wrong password) or `store.bad_option`.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const config = readConfig(options);
  const client = makeClient(config);
  const subscriber = makeClient(config);
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

/** The number of partitions is fixed by the first opening: another would tear the order of what is stored. */
async function meet(engine: Engine): Promise<number> {
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
  try {
    await look();
  } catch (cause) {
    throw callError(cause);
  }
}
