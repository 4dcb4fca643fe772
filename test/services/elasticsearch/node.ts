import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../support/free-port.ts";
import type { Prepared } from "./prepare.ts";

/** A running node on loopback. */
export interface ElasticsearchNode {
  url: string;
  port: number;
  /** Ends it at once, as a power cut does. Its data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and deletes its data. */
  close(): Promise<void>;
}

const JAVA = [
  ...["-Xms768m", "-Xmx768m", "-XX:+UseSerialGC", "-Des.networkaddress.cache.ttl=60"],
  // The JDK's HTTP server else holds answers back for 40 ms, and closes idle connections after 30 s.
  ...["-Dsun.net.httpserver.nodelay=true", "-Dsun.net.httpserver.idleInterval=3600"],
];
const SETTINGS = [
  // Lets tests delete their indices by a wildcard.
  "action.destructive_requires_name=false",
  // On a machine whose disk is nine tenths full, no index would get its shards. Tests say themselves when it is full.
  "cluster.routing.allocation.disk.threshold_enabled=false",
];
const MAIN = "org.elasticsearch.node.LoopbackNode";

/** Starts a node on a free port with an empty folder. `settings` are further ones, as `name=value`. */
export async function startElasticsearch(
  prepared: Prepared,
  settings: readonly string[] = [],
): Promise<ElasticsearchNode> {
  if (prepared.outcome !== "ready") throw new Error(prepared.reason);
  const home = mkdtempSync(join(tmpdir(), "whale-elasticsearch-"));
  const port = await freePort();
  const start = () =>
    launch([...JAVA, "-cp", prepared.classPath, MAIN, home, `${port}`, ...SETTINGS, ...settings]);
  let child = await start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    kill: () => ended(child),
    restart: async () => {
      child = await start();
    },
    close: async () => {
      await ended(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function launch(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn("java", args, { stdio: ["pipe", "pipe", "pipe"] });
  const heard: string[] = [];
  child.stderr.on("data", (bytes: Buffer) => heard.push(String(bytes)));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== "listening") continue;
    child.stdout.resume();
    return child;
  }
  throw new Error(`Elasticsearch ended before it listened: ${heard.join("").slice(0, 2000)}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}
