import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { openRedisStore, type RedisStoreOptions } from "../../adapters/redis/index.ts";
import type { Harness } from "../contract/harness.ts";
import { movableClock } from "./clock.ts";
import { freePort } from "./free-port.ts";
import { silentLog } from "./log.ts";
import { tempFolder } from "./sqlite.ts";

/** The real program. */
export const REDIS = "/usr/bin/redis-server";

/** What a suite on a real server says of itself where there is none. */
export const NO_REDIS = !existsSync(REDIS) && "redis-server is missing";

/** A real server on a free port of this machine, with a folder of its own. */
export interface RedisServer {
  port: number;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same data; lets one go on that was halted. */
  start(): Promise<void>;
  /** Halts it, as a machine that hangs. */
  halt(): void;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

const DURABLE = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
const AT_ONCE = ["--repl-diskless-sync-delay", "0"];

/** Starts a server that syncs each write, with these settings more. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = tempFolder();
  const port = await freePort();
  let running: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    if (running) return void running.kill("SIGCONT");
    const at = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder.path];
    running = spawn(REDIS, [...at, ...DURABLE, ...AT_ONCE, ...settings], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await accepting(running);
  };
  const kill = async (): Promise<void> => {
    const gone = running && once(running, "exit");
    running?.kill("SIGKILL");
    await gone;
    running = null;
  };
  await start();
  return {
    port,
    kill,
    start,
    halt: () => void running?.kill("SIGSTOP"),
    remove: async () => {
      if (running) await kill();
      folder.remove();
    },
  };
}

/** Resolves once the server says that it takes connections; it also tells why it does not start. */
export async function accepting(server: ChildProcess, sign = "Ready to accept connections"): Promise<void> {
  let said = "";
  for await (const chunk of server.stdout ?? []) {
    said += String(chunk);
    if (said.includes(sign)) return;
  }
  throw new Error(`redis-server did not start: ${said}`);
}

let stores = 0;

/** Options of an empty store on a server; each has keys of its own. */
export function redisOptions(
  server: Pick<RedisServer, "port">,
  options: Partial<RedisStoreOptions> = {},
): RedisStoreOptions {
  stores += 1;
  const servers = { kind: "standalone" as const, host: "127.0.0.1", port: server.port };
  return { servers, log: silentLog, prefix: `t${stores}:`, ...options };
}

/** An empty store on a server, over a clock that the test moves. */
export async function redisHarness(
  server: Pick<RedisServer, "port">,
  options: Partial<RedisStoreOptions> = {},
): Promise<Harness> {
  const clock = movableClock();
  const store = await openRedisStore(redisOptions(server, { clock, ...options }));
  return { ...store, clock };
}
