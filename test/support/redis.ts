import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { openRedisStore, type RedisStoreOptions } from "../../adapters/redis/index.ts";
import type { Harness } from "../contract/harness.ts";
import { movableClock } from "./clock.ts";
import { silentLog } from "./log.ts";
import { tempFolder } from "./sqlite.ts";

const REDIS = "/usr/bin/redis-server";

/** What a suite on a real server says of itself where there is none. */
export const NO_REDIS = !existsSync(REDIS) && "redis-server is missing";

/** A real server on a free port of this machine, with a folder of its own. */
export interface RedisServer {
  port: number;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Stops it, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

const DURABLE = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

/** Starts a server that syncs each write, with these settings more. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = tempFolder();
  const port = await freePort();
  let running: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const at = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder.path];
    running = spawn(REDIS, [...at, ...DURABLE, ...settings], { stdio: ["ignore", "pipe", "inherit"] });
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
    signal: (signal) => void running?.kill(signal),
    remove: async () => {
      if (running) await kill();
      folder.remove();
    },
  };
}

/** Resolves once the server says that it takes connections; it also tells why it does not start. */
async function accepting(server: ChildProcess): Promise<void> {
  let said = "";
  for await (const chunk of server.stdout ?? []) {
    said += String(chunk);
    if (said.includes("Ready to accept connections")) break;
  }
  if (!said.includes("Ready to accept connections")) throw new Error(`redis-server did not start: ${said}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
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
