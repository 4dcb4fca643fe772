import {
  afterRequest,
  type Breaker,
  CLOSED_BREAKER,
  type RequestOutcome,
  startsFailing,
} from "../../core/clusters/index.ts";
import type { Clock, Logger } from "../../core/ports/index.ts";

/** The breakers of all clusters, fed by what becomes of real requests. */
export interface Breakers {
  note(cluster: string, outcome: RequestOutcome): void;
  isOpen(cluster: string): boolean;
  failedStarts(cluster: string): number;
  /** Called when one opens: that cluster is worth a look. */
  onOpen(listener: (cluster: string) => void): void;
}

export function createBreakers({ clock, log }: { clock: Clock; log: Logger }): Breakers {
  const all = new Map<string, Breaker>();
  const listeners: ((cluster: string) => void)[] = [];
  const of = (cluster: string) => all.get(cluster) ?? CLOSED_BREAKER;
  return {
    note: (cluster, outcome) => {
      const before = of(cluster);
      const after = afterRequest(before, outcome, clock.nowMs());
      all.set(cluster, after);
      if (after.isOpen === before.isOpen) return;
      const { isOpen, failures } = after;
      log[isOpen ? "warn" : "info"]({ cluster, isOpen, failures }, "the breaker of a cluster turned");
      if (after.isOpen) for (const listener of listeners) listener(cluster);
    },
    isOpen: (cluster) => of(cluster).isOpen,
    failedStarts: (cluster) => startsFailing(of(cluster), clock.nowMs()),
    onOpen: (listener) => void listeners.push(listener),
  };
}
