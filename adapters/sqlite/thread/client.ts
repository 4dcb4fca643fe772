import { Worker } from "node:worker_threads";
import type { Clock, Logger, Queue } from "../../../core/ports/index.ts";
import { closedError } from "../errors.ts";
import { threadOptions } from "../thread-options.ts";
import { type Asking, crashedError, faultError, type Reply, type Served, type Telling } from "./protocol.ts";
import { type WaitingList, waitingList } from "./waiting.ts";
import type { WorkerOptions } from "./worker.ts";

/** What the client reports beside answers. */
export interface ClientEvents {
  onWake: (queue: Queue) => void;
  /** The thread has ended, asked to or not. */
  onEnd: (error: Error) => void;
}

/** Questions to the store's thread. */
export interface StoreClient {
  partitions: number;
  /**
   * Asks about so many rows, together with what else is asked in this turn; from some rows on at once, so that the
   * thread begins while the process goes on with its turn. Rejects with the thread's own error.
   */
  ask(served: Served, method: string, args: readonly unknown[], rows?: number): Promise<unknown>;
  /** Whether it still answers. */
  isOpen(): boolean;
  /** Ends the thread after everything that was asked. A second call does nothing. */
  close(): Promise<void>;
}

/** Half of what 64 connections bring in one turn. Fewer mean more transactions, more mean that the thread waits. */
const ROWS_AT_ONCE = 32;

// The same file as source and as built program, beside this one.
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/** Starts the thread and waits until its files are open; rejects with why they are not. */
export async function startClient(
  options: Omit<WorkerOptions, "nowMs">,
  given: ClientEvents & { clock: Clock; log: Logger },
): Promise<StoreClient> {
  const { clock, log } = given;
  const workerData: WorkerOptions = { ...options, nowMs: clock.nowMs() };
  const worker = new Worker(WORKER, threadOptions(workerData));
  const waiting = waitingList();
  const opened = Promise.withResolvers<number>();
  const end: { error: Error | null } = { error: null };
  onEnd(worker, (error) => {
    end.error = error;
    waiting.rejectAll(error);
    opened.reject(error);
    given.onEnd(error);
  });
  worker.on("message", (telling: Telling) => hear(telling, { waiting, opened, log, onWake: given.onWake }));
  const partitions = await opened.promise.catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return { partitions, ...asker(worker, { waiting, clock, end }) };
}

function onEnd(worker: Worker, ended: (error: Error) => void): void {
  let cause: unknown = "no reason given";
  worker.on("error", (error) => {
    cause = error;
  });
  worker.on("exit", () => ended(crashedError(cause)));
}

interface Hearing {
  waiting: WaitingList;
  opened: PromiseWithResolvers<number>;
  log: Logger;
  onWake: (queue: Queue) => void;
}

function hear(telling: Telling, { waiting, opened, log, onWake }: Hearing): void {
  switch (telling.kind) {
    case "replies":
      for (const reply of telling.replies) settle(waiting, reply);
      break;
    case "wake":
      onWake(telling.queue);
      break;
    case "open":
      opened.resolve(telling.partitions);
      break;
    case "refused":
      opened.reject(faultError(telling.fault));
      break;
    case "log":
      log[telling.level]({ ...telling.fields }, telling.message);
      break;
    default:
      telling satisfies never;
  }
}

function settle(waiting: WaitingList, [id, ok, value]: Reply): void {
  const one = waiting.take(id);
  if (ok) one?.resolve(value);
  else one?.reject(faultError(value));
}

function asker(
  worker: Worker,
  { waiting, clock, end }: { waiting: WaitingList; clock: Clock; end: { error: Error | null } },
): Pick<StoreClient, "ask" | "isOpen" | "close"> {
  let asking: Asking | null = null;
  let rowsAsked = 0;
  let closing: Promise<void> | null = null;
  const send = (): void => {
    if (asking) worker.postMessage(asking);
    asking = null;
    rowsAsked = 0;
  };
  const ask: StoreClient["ask"] = (served, method, args, rows = 1) => {
    if (end.error) return Promise.reject(end.error);
    return new Promise((resolve, reject) => {
      const id = waiting.add({ resolve, reject });
      if (!asking) setImmediate(send);
      asking ??= { nowMs: clock.nowMs(), calls: [] };
      asking.calls.push([id, served, method, args]);
      rowsAsked += rows;
      if (rowsAsked >= ROWS_AT_ONCE) send();
    });
  };
  return {
    isOpen: () => closing === null && end.error === null,
    ask: (...call) => (closing ? Promise.reject(closedError()) : ask(...call)),
    close: () => {
      // A thread that is gone has nothing left to close.
      closing ??= end.error ? Promise.resolve() : closeWorker(worker, ask);
      return closing;
    },
  };
}

async function closeWorker(worker: Worker, ask: StoreClient["ask"]): Promise<void> {
  await ask("store", "close", []);
  await worker.terminate();
}
