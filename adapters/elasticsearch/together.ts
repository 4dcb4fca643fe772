import { isChatOpsError } from "../../core/errors.ts";
import type { Batch } from "./join.ts";

type Write = (batch: Batch) => Promise<void>;

interface Group {
  batches: Batch[];
  done: Promise<void>;
}

/**
 * Lets batches that come in one turn of the event loop share their requests, of which each costs as much as many
 * documents. When the cluster refuses part of them, each is written alone: one partition holds up none of the others.
 */
export function together(write: Write): Write {
  let open: Group | null = null;
  const start = (): Group => {
    const batches: Batch[] = [];
    const done = new Promise((resolve) => setImmediate(resolve)).then(() => {
      open = null;
      return write(joined(batches));
    });
    return { batches, done };
  };
  return async (batch) => {
    open ??= start();
    const { batches, done } = open;
    batches.push(batch);
    try {
      await done;
    } catch (thrown) {
      if (batches.length === 1 || !isRefused(thrown)) throw thrown;
      await write(batch);
    }
  };
}

function joined(batches: readonly Batch[]): Batch {
  return {
    events: batches.flatMap(({ events }) => events),
    verdicts: batches.flatMap(({ verdicts }) => verdicts),
  };
}

function isRefused(thrown: unknown): boolean {
  return isChatOpsError(thrown) && thrown.code === "elasticsearch.refused";
}
