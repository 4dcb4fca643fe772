import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { WorkerOptions } from "node:worker_threads";

/** MB. What these threads throw away, they throw away soon; three such spaces are its young generation. */
const SEMI_SPACE = 4;

/**
 * What a thread of this adapter is started with. It gets no environment, since it needs none and secrets may be in
 * it, but for the place where compiled code is kept: to compile anew takes each thread half a second and 40 MB.
 */
export function threadOptions(workerData: unknown): WorkerOptions {
  // The process is started with a size of its own, and that would go before a thread's `resourceLimits`. It has read it.
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE}`);
  // The runtime names the folder of its own version, within the one that it is to be given.
  const compiled = getCompileCacheDir();
  return { workerData, env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) } };
}
