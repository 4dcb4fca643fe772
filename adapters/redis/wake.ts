import { randomUUID } from "node:crypto";
import { errorText } from "../../core/errors.ts";
import type { Logger, Queue } from "../../core/ports/index.ts";
import type { Client } from "./connection.ts";

const QUEUES: Record<Queue, true> = {
  journal: true,
  inbox: true,
  tasks: true,
  outbox: true,
  replays: true,
  state: true,
};

type Listener = (what: Queue) => void;

/** Tells this process and the others which queues have new work. */
export interface WakeCalls {
  /** Announces at the end of this turn, each queue once. */
  wake(what: Queue): void;
  onWrite(listener: Listener): void;
  close(): void;
}

/**
 * Wake-up calls over a channel. They may get lost: whoever waits for work also looks by itself from time to time.
 */
export function wakeCalls(
  clients: { publisher: Client; subscriber: Client },
  channel: string,
  log: Logger,
): WakeCalls {
  const self = randomUUID();
  const listeners: Listener[] = [];
  let marked = new Set<Queue>();
  const tellAll = (what: Queue): void => {
    for (const listener of listeners) tell(listener, what, log);
  };
  const flush = (): void => {
    const queues = [...marked];
    marked = new Set();
    for (const what of queues) tellAll(what);
    // A call that gets lost costs the others a moment: they look by themselves.
    clients.publisher.publish(channel, `${self} ${queues.join(" ")}`).catch(() => undefined);
  };
  clients.subscriber.on("message", (_: string, message: string) => {
    const [from, ...queues] = message.split(" ");
    if (from !== self) for (const what of queues) if (isQueue(what)) tellAll(what);
  });
  return {
    wake: (what) => {
      if (marked.size === 0) queueMicrotask(flush);
      marked.add(what);
    },
    onWrite: (listener) => void listeners.push(listener),
    close: () => clients.subscriber.disconnect(),
  };
}

function isQueue(text: string): text is Queue {
  return Object.hasOwn(QUEUES, text);
}

/** What is stored stays stored, and the other listeners hear of it, whatever one listener does. */
function tell(listener: Listener, what: Queue, log: Logger): void {
  try {
    listener(what);
  } catch (cause) {
    log.error({ queue: what, reason: errorText(cause) }, "a listener of the store failed");
  }
}
