import type { Fault } from "./errors.ts";

/** What the worker thread is asked. Answers come in the order of the questions, each with its id. */
export interface WorkerRequest {
  id: number;
  op: string;
  input: unknown;
}

/** What the worker thread answers. */
export type WorkerReply = { id: number; ok: true; output: unknown } | { id: number; ok: false; fault: Fault };
