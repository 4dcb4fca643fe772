import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";
import { accepting, REDIS, type RedisServer } from "./redis.ts";
import { tempFolder } from "./sqlite.ts";

/** A sentinel that watches one master, called `whale`, and promotes its replica within a second of its end. */
export interface Sentinel {
  port: number;
  end(): Promise<void>;
}

/** Starts a sentinel and waits until it knows the replica. */
export async function startSentinel(master: RedisServer, replica: RedisServer): Promise<Sentinel> {
  const folder = tempFolder();
  const port = await freePort();
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${folder.path}`,
    `sentinel monitor whale 127.0.0.1 ${master.port} 1`,
    "sentinel down-after-milliseconds whale 300",
    "sentinel failover-timeout whale 2000",
  ];
  const file = join(folder.path, "sentinel.conf");
  writeFileSync(file, lines.join("\n"));
  const running = spawn(REDIS, [file, "--sentinel"], { stdio: ["ignore", "pipe", "inherit"] });
  await accepting(running, "+monitor master whale");
  const watcher = new Redis({ host: "127.0.0.1", port });
  while (!String(await watcher.call("SENTINEL", "REPLICAS", "whale")).includes(String(replica.port)));
  watcher.disconnect();
  const end = async () => {
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
    folder.remove();
  };
  return { port, end };
}

/** Resolves once a server says so of its replication. */
export async function says(server: RedisServer, what: RegExp): Promise<void> {
  const client = new Redis({ host: "127.0.0.1", port: server.port });
  client.on("error", () => undefined);
  while (!what.test(await client.info("replication")));
  client.disconnect();
}
