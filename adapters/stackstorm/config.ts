import type { Cluster } from "../../core/clusters/index.ts";
import { ChatOpsError } from "../../core/errors.ts";
import { badConfig } from "./errors.ts";

/** How the client behaves. Every field has a default. */
export interface StackStormOptions {
  /** How long one read may take, in milliseconds. Default 30 000. */
  requestTimeoutMs: number;
  /** How long a start may take, in milliseconds; above the 90 s at which nginx gives up. Default 95 000. */
  startTimeoutMs: number;
  /** How long a registration of packs may take, in milliseconds: it reads all their files. Default 300 000. */
  registerTimeoutMs: number;
  /** How long each request of a look at a cluster may take, in milliseconds. Default 10 000. */
  probeTimeoutMs: number;
  /** A run of ours that was not taken up for so long counts as stuck. Default 60 000. */
  stuckAfterMs: number;
  /** One that is older than this is lost, and says nothing of the queue as it is now. Default 900 000. */
  stuckWindowMs: number;
  /** How far the clocks of cluster and process may differ when a start is looked for. Default 300 000. */
  clockSkewMs: number;
  /** Results above this many bytes are left out of `get`. Default 100 000. */
  maxResultBytes: number;
  /** Answers above this many bytes are refused. Default 16 000 000. */
  maxResponseBytes: number;
  /** Life asked for a token of a password login, in seconds. Default 3 600. */
  tokenTtlSeconds: number;
  /** A stream that brings no byte for so long is dropped. Above two heartbeats of 25 s. Default 60 000. */
  streamSilenceMs: number;
  /** A stream that lives for so long counts as connected although nothing came yet. Default 1 000. */
  streamSettleMs: number;
  /** First and shortest pause before a stream is opened again, in milliseconds. Default 1 000. */
  streamBackoffMinMs: number;
  /** Longest pause before a stream is opened again, in milliseconds. Default 60 000. */
  streamBackoffMaxMs: number;
  /** A stream with a single line above this many bytes is dropped. Default 32 000 000. */
  maxStreamLineBytes: number;
}

/** What holds where nothing else is said. */
export const STACKSTORM_DEFAULTS: StackStormOptions = {
  requestTimeoutMs: 30_000,
  startTimeoutMs: 95_000,
  registerTimeoutMs: 300_000,
  probeTimeoutMs: 10_000,
  stuckAfterMs: 60_000,
  stuckWindowMs: 900_000,
  clockSkewMs: 300_000,
  maxResultBytes: 100_000,
  maxResponseBytes: 16_000_000,
  tokenTtlSeconds: 3_600,
  streamSilenceMs: 60_000,
  streamSettleMs: 1_000,
  streamBackoffMinMs: 1_000,
  streamBackoffMaxMs: 60_000,
  maxStreamLineBytes: 32_000_000,
};

// What `max_result_size` takes: StackStorm answers 400 outside of 1 … 14 MB.
const MAX_RESULT_LIMIT_BYTES = 14 * 1024 * 1024;

/** Fills in the defaults. Throws `stackstorm.bad_config`, naming field and value, on a bad number. */
export function readOptions(given: Partial<StackStormOptions> = {}): StackStormOptions {
  const options = { ...STACKSTORM_DEFAULTS, ...given };
  for (const [field, value] of Object.entries(options)) {
    const isWhole = Number.isSafeInteger(value) && value >= (field === "clockSkewMs" ? 0 : 1);
    if (!isWhole) throw badOption(field, value, "must be a whole number above 0");
  }
  if (options.maxResultBytes > MAX_RESULT_LIMIT_BYTES) {
    throw badOption("maxResultBytes", options.maxResultBytes, `must not be above ${MAX_RESULT_LIMIT_BYTES}`);
  }
  if (options.streamBackoffMaxMs < options.streamBackoffMinMs) {
    throw badOption("streamBackoffMaxMs", options.streamBackoffMaxMs, "must not be below streamBackoffMinMs");
  }
  return options;
}

function badOption(field: string, value: unknown, problem: string): ChatOpsError {
  return new ChatOpsError(`StackStorm client: ${field} is ${String(value)} but ${problem}`, {
    code: "stackstorm.bad_config",
    reached: "no",
  });
}

/** Throws `stackstorm.bad_config` on credentials that no header can carry. Never repeats them. */
export function checkCredentials({ auth, name }: Cluster): void {
  if (auth.kind === "apiKey") {
    if (/^[\x21-\x7e]+$/.test(auth.apiKey)) return;
    throw badConfig(name, "auth.apiKey", "must be of visible ASCII characters, without spaces");
  }
  if (auth.user === "" || auth.user.includes(":")) {
    throw badConfig(name, "auth.user", "must not be empty or hold a colon");
  }
  if (auth.password === "") throw badConfig(name, "auth.password", "must not be empty");
}

/** Throws `stackstorm.bad_config` when two clusters share a name. */
export function checkNames(clusters: readonly Cluster[]): void {
  const seen = new Set<string>();
  for (const { name } of clusters) {
    if (seen.has(name)) throw badConfig(name, "name", "is used twice");
    seen.add(name);
  }
}
