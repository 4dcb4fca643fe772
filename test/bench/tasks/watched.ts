import type { Making, Move } from "../../../core/ports/index.ts";
import type { BenchStore } from "./store.ts";

/** What is seen of a store's durable writes. */
export interface Watcher {
  made?: (making: Making) => void;
  moved?: (move: Move) => void;
  /** A callback was stored. */
  clicked?: (key: string, body: string) => void;
  /** The end of this task was journaled. */
  ended?: (taskId: string, body: string) => void;
  /** Tasks were picked up that were due so many milliseconds before. */
  claimed?: (lateMs: number) => void;
}

/** The same store, with someone who is told of each write once it is durable. */
export function watched(store: BenchStore, watcher: Watcher): BenchStore {
  const { tasks, inbox, journal } = store;
  return {
    ...store,
    tasks: {
      ...tasks,
      make: async (making) => {
        const made = await tasks.make(making);
        watcher.made?.(making);
        return made;
      },
      move: async (move) => {
        const outcome = await tasks.move(move);
        if (outcome === "moved") watcher.moved?.(move);
        return outcome;
      },
      claimDue: async (holder, max, leaseMs) => {
        const claims = await tasks.claimDue(holder, max, leaseMs);
        for (const { task } of claims) watcher.claimed?.(Date.now() - (task.dueAtMs ?? 0));
        return claims;
      },
    },
    inbox: {
      ...inbox,
      insert: async (item) => {
        const outcome = await inbox.insert(item);
        watcher.clicked?.(item.key, JSON.stringify(item.payload));
        return outcome;
      },
    },
    journal: {
      ...journal,
      append: async (delivery) => {
        const receipts = await journal.append(delivery);
        for (const { event } of delivery.drafts) {
          watcher.ended?.(String(event.detail["task"]), JSON.stringify(event));
        }
        return receipts;
      },
    },
  };
}
