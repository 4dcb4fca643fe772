import type {
  Audit,
  ConfigStore,
  Inbox,
  Journal,
  Leases,
  Queue,
  Receipt,
  ReplayStore,
  StateStore,
  ThrottleStore,
} from "../../../core/ports/index.ts";
import { readConfig, type SqliteStoreOptions } from "../config.ts";
import { type PackedEntries, unpackedEntries } from "../journal-packed.ts";
import { packedDelivery, textBatch } from "../journal-text.ts";
import { type OutboxRows, outboxOver } from "../outbox.ts";
import { type SqliteStore, storeBytes, tell } from "../store.ts";
import { type TaskRows, tasksOver } from "../task-rows.ts";
import { type StoreClient, startClient } from "./client.ts";
import { knownState } from "./known-state.ts";
import { knownTasks } from "./known-tasks.ts";
import type { Served } from "./protocol.ts";

/** The embedded store in a thread of its own, so that neither a sync of the disk nor a sweep holds up the process. */
export type StoreThread = Omit<SqliteStore, "journal" | "taskRows" | "outboxRows"> & {
  journal: Journal;
};

export interface StoreThreadOptions extends SqliteStoreOptions {
  /** The thread has ended by itself: nothing can be stored any more, and the process should end too. */
  onCrash?: (error: Error) => void;
}

/** As `openStore`, in a thread. Rejects as that throws. */
export async function openStoreThread(options: StoreThreadOptions): Promise<StoreThread> {
  const { clock, log, dataDir, partitions, dedupeWindowMs } = readConfig(options);
  const listeners: ((queue: Queue) => void)[] = [];
  let open = false;
  const client = await startClient(
    { dataDir, partitions, dedupeWindowMs },
    {
      ...{ clock, log },
      onWake: (queue) => {
        for (const listener of listeners) tell(listener, queue, log);
      },
      onEnd: (error) => {
        if (open) options.onCrash?.(error);
      },
    },
  );
  open = true;
  return {
    ...portsOver(client),
    onWrite: (listener) => void listeners.push(listener),
    check: async () => void (await client.ask("store", "check", [])),
    sizeBytes: () => storeBytes(dataDir),
    close: () => {
      open = false;
      return client.close();
    },
  };
}

/** Complete by their types: a method that is not listed does not compile. */
const JOURNAL: Methods<Omit<Journal, "partitions" | "append" | "commit" | "read">> = {
  ...{
    refuse: true,
    lease: true,
    lag: true,
    trim: true,
    event: true,
    incident: true,
    raw: true,
    refusals: true,
  },
};
const INBOX: Methods<Inbox> = {
  insert: true,
  claim: true,
  done: true,
  postpone: true,
  isDone: true,
  trim: true,
};
const TASKS: Methods<TaskRows> = {
  ...{ make: true, get: true, findByPrefix: true, list: true, countByState: true },
  ...{ claimDue: true, move: true, nextDueAtMs: true, trim: true },
};
const OUTBOX: Methods<OutboxRows> = {
  ...{ add: true, claim: true, settle: true, replace: true, behind: true, postpone: true },
  ...{ depth: true, list: true, oldest: true, nextDueAtMs: true },
};
const THROTTLE: Methods<ThrottleStore> = { take: true, show: true, trim: true };
const AUDIT: Methods<Audit> = { append: true, read: true, verify: true };
const CONFIGS: Methods<ConfigStore> = { record: true, versions: true, version: true, latest: true };
const REPLAYS: Methods<ReplayStore> = {
  ...{ create: true, get: true, list: true, claim: true, save: true, trim: true },
};
const LEASES: Methods<Leases> = { acquire: true, release: true, held: true };
const STATE: Methods<StateStore> = { get: true, list: true, put: true, remove: true, version: true };

type Methods<Port> = Record<keyof Port, true>;

function portsOver(client: StoreClient) {
  const { isOpen } = client;
  const tasks = tasksOver(remote<TaskRows>(client, "taskRows", TASKS), knownTasks(isOpen));
  return {
    journal: journalOver(client),
    inbox: remote<Inbox>(client, "inbox", INBOX),
    tasks,
    outbox: outboxOver(remote<OutboxRows>(client, "outboxRows", OUTBOX), tasks),
    throttle: remote<ThrottleStore>(client, "throttle", THROTTLE),
    audit: remote<Audit>(client, "audit", AUDIT),
    configs: remote<ConfigStore>(client, "configs", CONFIGS),
    replays: remote<ReplayStore>(client, "replays", REPLAYS),
    leases: remote<Leases>(client, "leases", LEASES),
    state: knownState(remote<StateStore>(client, "state", STATE), isOpen),
  };
}

/** A port whose methods are asked of the thread. All of them are asynchronous and take and give plain data. */
function remote<Port>(client: StoreClient, served: Served, methods: Methods<Port>): Port {
  const entries = Object.keys(methods).map((method) => {
    return [method, (...args: unknown[]) => client.ask(served, method, args)] as const;
  });
  return Object.fromEntries(entries) as Port;
}

function journalOver(client: StoreClient): Journal {
  return {
    ...remote<Omit<Journal, "partitions" | "append" | "commit" | "read">>(client, "journal", JOURNAL),
    partitions: client.partitions,
    append: async (delivery) => {
      const packed = packedDelivery(delivery);
      return (await client.ask("journal", "append", packed, delivery.drafts.length)) as Receipt[];
    },
    commit: async (place, batch) =>
      (await client.ask("journal", "commitText", [place, textBatch(batch)])) as boolean,
    read: async (place, limit) =>
      unpackedEntries((await client.ask("journal", "readPacked", [place, limit])) as PackedEntries),
  };
}
