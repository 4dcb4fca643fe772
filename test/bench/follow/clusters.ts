import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** One simulated cluster, in a process of its own. */
export interface SimulatedCluster {
  name: string;
  url: string;
  /** Makes executions that run, one for each request id. Resolves with their ids. */
  seed(requestIds: readonly string[]): Promise<string[]>;
  end(ids: readonly string[]): Promise<void>;
  /** How many requests it was sent. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

const MAIN = join(import.meta.dirname, "../../../fixtures/simulators/stackstorm/main.ts");

/** Starts a simulator. Its heartbeats come often, so that its stream is soon relied on. */
export async function startCluster(name: string, apiKey: string): Promise<SimulatedCluster> {
  const args = [MAIN, "--port", "0", "--api-key", apiKey, "--heartbeat-ms", "2000"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await addressOf(child);
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    const sent = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(url + path, sent);
    if (!answer.ok) throw new Error(`${name} answered ${answer.status} to ${path}`);
    return answer.json();
  };
  return {
    ...{ name, url },
    seed: async (requestIds) =>
      (await call("/sim/executions", { action: "disk.cleanup", requestIds })) as string[],
    end: async (ids) => void (await call("/sim/ends", { ids })),
    requests: async () => {
      const counts = Object.values((await call("/sim/requests")) as Record<string, number>);
      return counts.reduce((sum, count) => sum + count, 0);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("a simulator says nothing");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error("a simulator ended before it listened");
}
