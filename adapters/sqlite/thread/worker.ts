import { parentPort, workerData } from "node:worker_threads";
import type { Logger, ReaderPlace } from "../../../core/ports/index.ts";
import type { PackedEntries } from "../journal-packed.ts";
import { unpackedDelivery } from "../journal-text.ts";
import { openStore, type SqliteStore } from "../store.ts";
import { type Asking, type Call, faultOf, type Reply, type Telling } from "./protocol.ts";

/** What the thread is started with. */
export interface WorkerOptions {
  dataDir: string;
  partitions?: number;
  dedupeWindowMs?: number;
  nowMs: number;
}

const { nowMs: startedMs, ...options } = workerData as WorkerOptions;
const tell = (telling: Telling, handedOver: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(telling, handedOver);
const line =
  (level: Extract<Telling, { kind: "log" }>["level"]) =>
  (fields: object, message: string): void =>
    tell({ kind: "log", level, fields: plain(fields), message });
const log: Logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };

/** The process's time as of what it asked last: the thread has no clock of its own. */
let nowMs = startedMs;
let replies: Reply[] = [];
/** Memory in them that goes to the process itself, not a copy of it. */
let handedOver: ArrayBuffer[] = [];

/** Fields that can travel: an error object would lose what is not its message. */
function plain(fields: object): object {
  return JSON.parse(JSON.stringify(fields)) as object;
}

function serve(store: SqliteStore): void {
  store.onWrite((queue) => tell({ kind: "wake", queue }));
  parentPort?.on("message", (asking: Asking) => {
    nowMs = asking.nowMs;
    for (const call of asking.calls) void answer(store, call);
  });
}

async function answer(store: SqliteStore, call: Call): Promise<void> {
  const [id] = call;
  try {
    const value = await carryOut(store, call);
    // With its reply and not before: a message that goes out meanwhile would take the memory along.
    if (isRead(call)) handedOver.push((value as PackedEntries).bodies.buffer as ArrayBuffer);
    reply([id, true, value]);
  } catch (thrown) {
    reply([id, false, faultOf(thrown)]);
  }
}

/** Answers of one commit go together: they come in one run of microtasks. */
function reply(one: Reply): void {
  if (replies.length === 0) queueMicrotask(send);
  replies.push(one);
}

function send(): void {
  tell({ kind: "replies", replies }, handedOver);
  replies = [];
  handedOver = [];
}

type Method = (...args: readonly unknown[]) => unknown;

function carryOut(store: SqliteStore, call: Call): unknown {
  const [, served, method, args] = call;
  if (served === "store") return method === "close" ? store.close() : store.check();
  if (served === "journal" && method === "append") {
    return store.journal.appendText(unpackedDelivery(args));
  }
  if (isRead(call)) {
    return store.journal.readPacked(...(args as [ReaderPlace, number]));
  }
  const port = store[served] as unknown as Record<string, Method>;
  return port[method]?.(...args);
}

function isRead([, served, method]: Call): boolean {
  return served === "journal" && method === "readPacked";
}

function start(): void {
  try {
    const store = openStore({ ...options, clock: { nowMs: () => nowMs }, log });
    serve(store);
    tell({ kind: "open", partitions: store.journal.partitions });
  } catch (thrown) {
    tell({ kind: "refused", fault: faultOf(thrown) });
  }
}

start();
