import type { Audit } from "./audit.ts";
import type { ConfigStore } from "./config-store.ts";
import type { Inbox } from "./inbox.ts";
import type { Journal } from "./journal.ts";
import type { Leases } from "./leases.ts";
import type { ReplayStore } from "./replay-store.ts";
import type { StateStore } from "./state-store.ts";
import type { Outbox, TaskStore } from "./task-store.ts";
import type { ThrottleStore } from "./throttle-store.ts";

/** A queue that may have got new work, or the shared state, which may have changed. */
export type Queue = "journal" | "inbox" | "tasks" | "outbox" | "replays" | "state";

/** The ports that one store provides together, so that a process never mixes two of them. */
export interface StorePorts {
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
}
