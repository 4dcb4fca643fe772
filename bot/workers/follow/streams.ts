import { errorText } from "../../../core/errors.ts";
import type { Executor, Hint, Logger } from "../../../core/ports/index.ts";

/** Who is told of what the streams say. */
export interface StreamHearer {
  hint(hint: Hint): void;
  proven(isAlive: boolean): void;
}

export interface StreamsDeps {
  executor: Pick<Executor, "watch">;
  hearerOf: (cluster: string) => StreamHearer;
  log: Logger;
}

/** The event streams that this process has open: one a cluster. */
export interface Streams {
  /** Opens those that are missing, and closes those that are wanted no longer. */
  keep(clusters: readonly string[]): void;
  /** Closes all. */
  stop(): Promise<void>;
}

/** Makes the streams; none is open. */
export function createStreams({ executor, hearerOf, log }: StreamsDeps): Streams {
  const open = new Map<string, AbortController>();
  const watches = new Set<Promise<void>>();

  const watch = (cluster: string) => {
    const abort = new AbortController();
    open.set(cluster, abort);
    const hearer = hearerOf(cluster);
    const watching = executor
      .watch(cluster, hearer.hint, abort.signal, hearer.proven)
      .catch((error: unknown) => log.error({ cluster, reason: errorText(error) }, "a stream was given up"))
      .finally(() => {
        hearer.proven(false);
        watches.delete(watching);
        // It was not we who ended it: the next look opens it anew.
        if (open.get(cluster) === abort) open.delete(cluster);
      });
    watches.add(watching);
  };
  const keep = (clusters: readonly string[]) => {
    for (const [cluster, abort] of open) {
      if (clusters.includes(cluster)) continue;
      open.delete(cluster);
      abort.abort();
    }
    for (const cluster of clusters) if (!open.has(cluster)) watch(cluster);
  };
  return {
    keep,
    stop: async () => {
      keep([]);
      await Promise.all(watches);
    },
  };
}
