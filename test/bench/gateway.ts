import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import type { GatewayOrders } from "./gateway/process.ts";
import { median, percentile } from "./stats.ts";

const KEY = "bench-key-0123456789";
const CONNECTIONS = 8;

/** GETs of one execution through the gateway, held against a bare Koa reverse proxy to the same simulator, in turn. */
export const gateway: Bench = async ({ quick, print }) => {
  const children: ChildProcess[] = [];
  const start = async (role: GatewayOrders["role"], origin = ""): Promise<string> => {
    const child = fork(join(import.meta.dirname, "gateway/process.ts"));
    children.push(child);
    child.send({ role, origin, key: KEY } satisfies GatewayOrders);
    return String((await once(child, "message"))[0]);
  };
  try {
    const origin = await start("simulator");
    const id = await anExecution(origin);
    const paths = `/st2/api/v1/executions/${id}`;
    const urls = {
      own: (await start("gateway", origin)) + paths,
      bare: (await start("bare", origin)) + paths,
    };
    const [rounds, blockMs] = quick ? [2, 300] : [9, 1_000];
    await block(urls.own, 500);
    await block(urls.bare, 500);
    const [ratios, added]: [number[], number[]] = [[], []];
    const rates = { own: [] as number[], bare: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const own = await block(urls.own, blockMs);
      const bare = await block(urls.bare, blockMs);
      rates.own.push((own.length * 1000) / blockMs);
      rates.bare.push((bare.length * 1000) / blockMs);
      ratios.push(own.length / bare.length);
      added.push(percentile(own, 0.99) - percentile(bare, 0.99));
    }
    const [ownRate, bareRate] = [Math.round(median(rates.own)), Math.round(median(rates.bare))];
    print(`gateway ${ownRate}/s, bare Koa proxy ${bareRate}/s, ${CONNECTIONS} connections, ${rounds} rounds`);
    const rounded = (value: number) => Math.round(value * 1000) / 1000;
    const figures = { proxyRatio: rounded(median(ratios)), addedP99Ms: rounded(median(added)) };
    return { bench: "gateway", ...figures, ownPerSecond: ownRate, barePerSecond: bareRate };
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
};

async function anExecution(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/v1/executions`, {
    method: "POST",
    headers: { "st2-api-key": KEY, "content-type": "application/json" },
    body: JSON.stringify({ action: "core.noop" }),
  });
  return String(((await answer.json()) as { id: string }).id);
}

/** The latencies, in milliseconds, of what was answered within a time. */
async function block(url: string, forMs: number): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies: number[] = [];
  const untilMs = performance.now() + forMs;
  const one = async () => {
    while (performance.now() < untilMs) {
      const beganMs = performance.now();
      await get(url, agent);
      latencies.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  agent.destroy();
  return latencies;
}

function get(url: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = http.get(url, { agent, headers: { "x-auth-token": KEY } }, (answer) => {
      answer.resume();
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`a GET was answered with ${answer.statusCode}`));
      });
    });
    sent.on("error", reject);
  });
}
