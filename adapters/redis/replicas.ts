import type { Client } from "./connection.ts";
import { unreplicatedError } from "./errors.ts";
import { mastersOf } from "./masters.ts";

/** Whether there are replicas, and their confirmation of writes. */
export interface Replicas {
  /** Asks the masters how many replicas are connected. */
  refresh(): Promise<void>;
  /** Whether there were replicas once, and a master has none now. */
  lost(): boolean;
  /**
   * Settles once a replica has every write that was answered before; at once when there is none. Rejects with
   * `store.not_replicated` when none confirms in time, and asks anew whether there are any.
   */
  confirm(): Promise<void>;
}

type Node = Pick<Client, "call">;

/** Watches the replicas behind a client. Confirmations asked for in one turn share one `WAIT`. */
export function replicasOf(client: Client, timeoutMs: number): Replicas {
  let fewest = 0;
  let most = 0;
  let shared: Promise<void> | null = null;
  const refresh = async (): Promise<void> => {
    const counts = await Promise.all(mastersOf(client).map(connectedReplicas));
    fewest = Math.min(...counts);
    most = Math.max(most, fewest);
  };
  const waitAll = async (): Promise<void> => {
    const counts = await Promise.all(mastersOf(client).map((node) => node.call("WAIT", 1, timeoutMs)));
    if (counts.every((count) => Number(count) >= 1)) return;
    await refresh();
    if (fewest > 0) throw unreplicatedError();
  };
  const confirm = (): Promise<void> => {
    if (fewest === 0) return Promise.resolve();
    shared ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        shared = null;
        waitAll().then(resolve, reject);
      });
    });
    return shared;
  };
  return { refresh, lost: () => most > 0 && fewest === 0, confirm };
}

async function connectedReplicas(node: Node): Promise<number> {
  const info = String(await node.call("INFO", "replication"));
  return Number(/^connected_slaves:(\d+)/m.exec(info)?.[1] ?? 0);
}
