import { Worker } from "node:worker_threads";
import { errorText } from "../../../core/errors.ts";
import type { Logger } from "../../../core/ports/index.ts";
import { threadOptions } from "../thread-options.ts";
import { closedError, crashedError, faultError, timeoutError } from "./errors.ts";
import type { WorkerReply, WorkerRequest } from "./protocol.ts";

/** How a worker thread is started and asked. */
export interface WorkerClientOptions {
  url: URL;
  workerData: unknown;
  timeoutMs: number;
  log: Logger;
}

/** Questions to one worker thread. */
export interface WorkerClient {
  /**
   * Asks and waits. Throws a `ChatOpsError`: the worker's own, `archive.timeout`, `archive.crashed` when the
   * worker ended meanwhile (the next question starts a new one) or `archive.closed`.
   */
  ask(op: string, input?: unknown): Promise<unknown>;
  /** Lets the worker finish what it was asked, close its file, and ends it. A second call does nothing. */
  close(): Promise<void>;
}

interface Waiting {
  op: string;
  resolve: (output: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

interface State {
  options: WorkerClientOptions;
  worker: Worker | null;
  waiting: Map<number, Waiting>;
  lastId: number;
  closing: Promise<void> | null;
}

/** Makes the client; the worker starts with the first question. */
export function createWorkerClient(options: WorkerClientOptions): WorkerClient {
  const state: State = { options, worker: null, waiting: new Map(), lastId: 0, closing: null };
  return {
    ask: async (op, input) => {
      if (state.closing) throw closedError();
      return ask(state, op, input);
    },
    close: () => {
      state.closing ??= close(state);
      return state.closing;
    },
  };
}

function ask(state: State, op: string, input: unknown): Promise<unknown> {
  const { timeoutMs } = state.options;
  state.lastId += 1;
  const id = state.lastId;
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      // The answer may still come; without an entry nobody takes it.
      state.waiting.delete(id);
      reject(timeoutError(op, timeoutMs));
    };
    state.waiting.set(id, { op, resolve, reject, timer: setTimeout(giveUp, timeoutMs) });
    send(state, { id, op, input });
  });
}

function send(state: State, request: WorkerRequest): void {
  try {
    state.worker ??= started(state);
    state.worker.postMessage(request);
  } catch (cause) {
    // The input holds what no thread can be sent, or no thread can be had.
    take(state, request.id)?.reject(
      faultError({ code: "archive.failed", message: errorText(cause), retryable: false }),
    );
  }
}

function started(state: State): Worker {
  const { url, workerData, log } = state.options;
  const worker = new Worker(url, threadOptions(workerData));
  let fatal: unknown;
  worker.on("message", (reply: WorkerReply) => settle(state, reply));
  worker.on("error", (error) => {
    fatal = error;
  });
  worker.on("exit", (exitCode) => {
    if (state.worker !== worker) return;
    state.worker = null;
    log.error({ err: fatal, exitCode, waiting: state.waiting.size }, "archive worker ended");
    failAll(state, fatal);
  });
  return worker;
}

function settle(state: State, reply: WorkerReply): void {
  const waiting = take(state, reply.id);
  if (reply.ok) waiting?.resolve(reply.output);
  else waiting?.reject(faultError(reply.fault));
}

function failAll(state: State, cause: unknown): void {
  for (const id of [...state.waiting.keys()]) {
    const waiting = take(state, id);
    waiting?.reject(crashedError(waiting.op, cause));
  }
}

function take(state: State, id: number): Waiting | undefined {
  const waiting = state.waiting.get(id);
  clearTimeout(waiting?.timer);
  state.waiting.delete(id);
  return waiting;
}

async function close(state: State): Promise<void> {
  if (!state.worker) return;
  try {
    // Answered after everything that was asked before it.
    await ask(state, "close", undefined);
  } catch (thrown) {
    state.options.log.warn({ err: thrown }, "archive worker did not close its file");
  }
  const worker = state.worker;
  state.worker = null;
  await worker?.terminate();
  failAll(state, undefined);
}
